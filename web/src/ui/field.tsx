import { Checkbox as RadixCheckbox, Label, Switch as RadixSwitch } from "radix-ui";
import { Check, ChevronDown } from "lucide-react";
import { type ComponentProps, createContext, type ReactNode, use, useId } from "react";

import { cn } from "@/lib/cn";

interface Described {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}

const FieldContext = createContext<Described | null>(null);

/** The id and descriptions that the field around a control has for it. */
function useField(): Partial<Described> {
  return use(FieldContext) ?? {};
}

interface FieldProps {
  label: ReactNode;
  /** What to enter, in a few words. */
  hint?: ReactNode;
  /** What is wrong with what was entered. */
  error?: ReactNode;
  className?: string;
  /** One control: an `Input`, `Textarea` or `Select`. */
  children: ReactNode;
}

/** A control with its label, hint and error, tied together for screen readers. */
export function Field({ label, hint, error, className, children }: FieldProps) {
  const id = useId();
  const describedBy = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <div className={cn("flex flex-col gap-1.5", className)}>
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        <Label.Root htmlFor={id} className="text-sm font-medium">
          {label}
        </Label.Root>
        {hint && (
          <span id={`${id}-hint`} className="text-sm text-muted">
            {hint}
          </span>
        )}
      </div>
      <FieldContext
        value={{ id, "aria-describedby": describedBy || undefined, "aria-invalid": error ? true : undefined }}
      >
        {children}
      </FieldContext>
      {error && (
        <p id={`${id}-error`} role="alert" className="text-sm text-danger">
          {error}
        </p>
      )}
    </div>
  );
}

const control =
  "w-full rounded-lg border border-line-strong bg-raised px-3 text-base text-ink placeholder:text-muted disabled:opacity-55 aria-invalid:border-danger sm:text-sm";

export function Input({ className, ...props }: ComponentProps<"input">) {
  return <input {...useField()} className={cn(control, "h-10", className)} {...props} />;
}

/** Grows with its text where the browser can. */
export function Textarea({ className, ...props }: ComponentProps<"textarea">) {
  return (
    <textarea
      {...useField()}
      className={cn(control, "field-sizing-content max-h-[60vh] min-h-24 py-2 leading-6", className)}
      {...props}
    />
  );
}

/** The browser's own select: it works with every keyboard, screen reader and phone. */
export function Select({ className, children, ...props }: ComponentProps<"select">) {
  return (
    <div className="relative">
      <select {...useField()} className={cn(control, "h-10 appearance-none pr-9", className)} {...props}>
        {children}
      </select>
      <ChevronDown aria-hidden className="pointer-events-none absolute top-3 right-3 size-4 text-muted" />
    </div>
  );
}

interface ChoiceProps {
  label: ReactNode;
  hint?: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}

export function Checkbox({ label, hint, checked, onChange, disabled }: ChoiceProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5">
      <RadixCheckbox.Root
        id={id}
        checked={checked}
        onCheckedChange={(next) => onChange(next === true)}
        disabled={disabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="mt-0.5 grid size-5 shrink-0 place-items-center rounded-md border border-line-strong bg-raised data-[state=checked]:border-accent data-[state=checked]:bg-accent"
      >
        <RadixCheckbox.Indicator>
          <Check aria-hidden className="size-4 text-on-accent" />
        </RadixCheckbox.Indicator>
      </RadixCheckbox.Root>
      <ChoiceText id={id} label={label} hint={hint} />
    </div>
  );
}

export function Switch({ label, hint, checked, onChange, disabled }: ChoiceProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5">
      <RadixSwitch.Root
        id={id}
        checked={checked}
        onCheckedChange={onChange}
        disabled={disabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="mt-px h-5.5 w-9.5 shrink-0 rounded-full border border-line-strong bg-sunken p-0.5 transition-colors data-[state=checked]:border-accent data-[state=checked]:bg-accent"
      >
        <RadixSwitch.Thumb className="block size-4 rounded-full bg-line-strong transition-transform data-[state=checked]:translate-x-4 data-[state=checked]:bg-on-accent" />
      </RadixSwitch.Root>
      <ChoiceText id={id} label={label} hint={hint} />
    </div>
  );
}

function ChoiceText({ id, label, hint }: { id: string; label: ReactNode; hint: ReactNode }) {
  return (
    <div className="text-sm">
      <Label.Root htmlFor={id} className="font-medium">
        {label}
      </Label.Root>
      {hint && (
        <p id={`${id}-hint`} className="text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}
