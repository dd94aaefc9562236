import { cn } from "@/lib/cn";

/** The shape of what is loading. One on a page says so to screen readers, by its label. */
export function Skeleton({ className, label }: { className?: string; label?: string }) {
  return (
    <div
      role={label ? "status" : undefined}
      aria-hidden={label ? undefined : true}
      className={cn("animate-pulse rounded-lg bg-sunken", className)}
    >
      {label && <span className="sr-only">{label}</span>}
    </div>
  );
}
