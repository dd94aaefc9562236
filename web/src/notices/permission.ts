import { useState } from "react";

export interface NotificationChoice {
  /** `unsupported` where the browser has none, or the page is not from a safe origin. */
  state: NotificationPermission | "unsupported";
  /** Call on a click: browsers refuse pages that ask unbidden. */
  ask: () => void;
}

/** Whether the browser may show notifications, and how to ask for it. */
export function useNotificationChoice(): NotificationChoice {
  const [state, setState] = useState(current);
  return {
    state,
    ask: () => void Notification.requestPermission().then(setState),
  };
}

function current(): NotificationChoice["state"] {
  return "Notification" in globalThis ? Notification.permission : "unsupported";
}
