import { cn } from "@/lib/cn";

export function Logo({ className }: { className?: string }) {
  return (
    <span className={cn("flex items-center gap-2.5 text-lg font-semibold tracking-tight", className)}>
      <svg viewBox="0 0 32 32" aria-hidden className="size-7">
        <rect width="32" height="32" rx="8" className="fill-accent" />
        <path d="M8 9h10a4 4 0 0 1 0 8h-4l-4 4v-4H8z" className="fill-on-accent" />
        <path
          d="M24 15v4a4 4 0 0 1-4 4h-3"
          fill="none"
          strokeWidth="2.5"
          strokeLinecap="round"
          className="stroke-on-accent"
        />
      </svg>
      Parley
    </span>
  );
}
