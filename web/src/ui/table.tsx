import type { ComponentProps } from "react";

import { cn } from "@/lib/cn";

interface TableProps extends ComponentProps<"table"> {
  /** What the table holds, for screen readers. */
  label: string;
}

/** A table that scrolls sideways inside its own frame, so that the page never does; reachable by keyboard for that. */
export function Table({ label, className, ...props }: TableProps) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable without a mouse
    <div role="region" aria-label={label} tabIndex={0} className="relative overflow-x-auto rounded-lg">
      <table aria-label={label} className={cn("w-full border-collapse text-left text-sm", className)} {...props} />
    </div>
  );
}

export function Th({ className, ...props }: ComponentProps<"th">) {
  return (
    <th
      scope="col"
      className={cn("border-b border-line px-3 py-2 text-xs font-medium whitespace-nowrap text-muted", className)}
      {...props}
    />
  );
}

export function Td({ className, ...props }: ComponentProps<"td">) {
  return <td className={cn("border-b border-line px-3 py-2.5 align-middle", className)} {...props} />;
}
