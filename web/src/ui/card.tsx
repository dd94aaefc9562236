import { type ComponentProps, type ReactNode, useId } from "react";

import { cn } from "@/lib/cn";

interface CardProps extends Omit<ComponentProps<"section">, "title"> {
  title?: ReactNode;
  description?: ReactNode;
  /** Buttons beside the title. */
  actions?: ReactNode;
}

/** A raised part of the page; with a title it is a landmark of that name. */
export function Card({ title, description, actions, className, children, ...props }: CardProps) {
  const id = useId();
  return (
    <section
      aria-labelledby={title ? id : undefined}
      className={cn("rounded-2xl border border-line bg-raised p-4 shadow-raised sm:p-5", className)}
      {...props}
    >
      {(title != null || actions != null) && (
        <header className="mb-4 flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
          <div className="min-w-0">
            {title && (
              <h2 id={id} className="text-base font-semibold">
                {title}
              </h2>
            )}
            {description && <p className="mt-0.5 text-sm text-muted">{description}</p>}
          </div>
          {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </header>
      )}
      {children}
    </section>
  );
}
