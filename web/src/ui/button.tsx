import { cva, type VariantProps } from "class-variance-authority";
import { LoaderCircle } from "lucide-react";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";

import { cn } from "@/lib/cn";

const button = cva(
  "inline-flex shrink-0 items-center justify-center gap-2 rounded-lg text-sm font-medium whitespace-nowrap transition-colors disabled:opacity-55 aria-disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary: "bg-accent text-on-accent enabled:hover:bg-accent-strong",
        secondary: "border border-line bg-raised text-ink shadow-raised enabled:hover:border-line-strong",
        ghost: "text-ink enabled:hover:bg-sunken",
        danger: "border border-danger bg-transparent text-danger enabled:hover:bg-danger-soft",
        link: "h-auto px-0 text-accent underline-offset-4 hover:underline",
      },
      size: { sm: "h-8 px-3", md: "h-10 px-4", icon: "size-10", "icon-sm": "size-8" },
    },
    compoundVariants: [{ variant: "link", size: ["sm", "md"], className: "h-auto px-0" }],
    defaultVariants: { variant: "secondary", size: "md" },
  },
);

interface ButtonProps extends ComponentProps<"button">, VariantProps<typeof button> {
  /** Give the look to the one child, such as a link. */
  asChild?: boolean;
  /** The action is under way: it cannot be started again, and says so. */
  busy?: boolean;
}

export function Button({ variant, size, asChild, busy = false, className, children, disabled, ...props }: ButtonProps) {
  const look = cn(button({ variant, size }), className);
  if (asChild) return <Slot.Root className={look}>{children}</Slot.Root>;
  return (
    <button
      type="button"
      className={look}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      {...props}
    >
      {busy && <LoaderCircle aria-hidden className="animate-spin" />}
      {children}
    </button>
  );
}
