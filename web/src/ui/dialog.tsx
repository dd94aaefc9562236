import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useRef } from "react";

import { cn } from "@/lib/cn";

import { Button } from "./button";

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  /** Buttons, the one that does it last. */
  footer?: ReactNode;
  className?: string;
}

/** A modal dialog: focus goes in, stays in, and returns to where it was; Escape closes it. */
export function Dialog({ open, onOpenChange, title, description, children, footer, className }: DialogProps) {
  const opener = useRef<Element | null>(null);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-[rgb(20_16_12/0.45)]" />
        <Radix.Content
          {...(description ? {} : { "aria-describedby": undefined })}
          onOpenAutoFocus={() => (opener.current = document.activeElement)}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            returnFocus(opener.current);
          }}
          className={cn(
            "fixed inset-x-3 bottom-3 z-50 mx-auto flex max-h-[calc(100dvh-1.5rem)] max-w-lg appear flex-col gap-4 overflow-y-auto rounded-2xl border border-line bg-raised p-5 shadow-floating sm:top-[12vh] sm:bottom-auto sm:max-h-[76vh]",
            className,
          )}
        >
          <header className="pr-10">
            <Radix.Title className="text-lg leading-snug font-semibold text-balance wrap-anywhere">{title}</Radix.Title>
            {description && <Radix.Description className="mt-1 text-sm text-muted">{description}</Radix.Description>}
          </header>
          {children}
          {footer && <footer className="flex flex-wrap justify-end gap-2">{footer}</footer>}
          {/* Last, so that the focus goes to what the dialog is for. */}
          <Radix.Close asChild>
            <Button variant="ghost" size="icon-sm" aria-label="Close" className="absolute top-4 right-4">
              <X aria-hidden />
            </Button>
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Back to what opened the dialog, or to the page if that is gone. */
function returnFocus(opener: Element | null): void {
  const target = opener?.isConnected && opener !== document.body ? opener : document.getElementById("main");
  if (target instanceof HTMLElement) target.focus({ preventScroll: true });
}

interface ConfirmProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description: string;
  /** What the button that does it says. */
  action: string;
  onConfirm: () => void;
}

/** Asks before something that cannot be undone. */
export function Confirm({ open, onOpenChange, title, description, action, onConfirm }: ConfirmProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={title}
      description={description}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Keep it</Button>
          <Button
            variant="danger"
            onClick={() => {
              onOpenChange(false);
              onConfirm();
            }}
          >
            {action}
          </Button>
        </>
      }
    />
  );
}
