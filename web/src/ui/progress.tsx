import { Progress as Radix } from "radix-ui";

import { cn } from "@/lib/cn";

interface ProgressProps {
  label: string;
  /** From 0 to 1; without it something goes on of which nobody knows how long it takes. */
  value?: number | undefined;
  className?: string;
}

export function Progress({ label, value, className }: ProgressProps) {
  const percent = value === undefined ? null : Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <Radix.Root
      value={percent}
      aria-label={label}
      className={cn("h-1.5 w-full overflow-hidden rounded-full bg-sunken", className)}
    >
      <Radix.Indicator
        className={cn(
          "h-full rounded-full bg-accent transition-[width] duration-300",
          percent === null && "w-2/5 slide",
        )}
        style={percent === null ? undefined : { width: `${percent}%` }}
      />
    </Radix.Root>
  );
}
