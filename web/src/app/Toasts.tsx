import { Toaster } from "sonner";

import { useStore } from "@/lib/store";

import { theme } from "./theme";

export function Toasts() {
  return (
    <Toaster
      theme={useStore(theme)}
      position="bottom-right"
      offset={{ bottom: "1.5rem", right: "1.5rem" }}
      mobileOffset={{ bottom: "5rem" }}
      toastOptions={{
        style: {
          background: "var(--raised)",
          color: "var(--ink)",
          borderColor: "var(--line)",
          fontFamily: "inherit",
        },
        classNames: { description: "!text-muted", actionButton: "!bg-accent !text-on-accent" },
      }}
    />
  );
}
