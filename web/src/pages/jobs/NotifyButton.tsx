import { Bell, BellOff, BellRing } from "lucide-react";

import { useNotificationChoice } from "@/notices/permission";
import { Button } from "@/ui";

/** Asks for the browser's permission to notify; a page may only do so on a click. */
export function NotifyButton() {
  const { state, ask } = useNotificationChoice();
  if (state === "unsupported") return null;
  if (state === "default") {
    return (
      <Button onClick={ask}>
        <Bell aria-hidden />
        Notify me
      </Button>
    );
  }
  const [Icon, words] =
    state === "granted"
      ? ([BellRing, "You are notified when this page is out of sight"] as const)
      : ([BellOff, "Notifications are blocked in the browser's settings"] as const);
  return (
    <p className="flex items-center gap-2 text-sm text-muted">
      <Icon aria-hidden className="size-4" />
      {words}
    </p>
  );
}
