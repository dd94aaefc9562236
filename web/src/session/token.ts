import { createStore } from "@/lib/store";

const KEY = "parley-token";

interface Session {
  token: string | null;
  /** Why there is no token any more, if there was one. */
  ended: "signed-out" | "expired" | null;
}

/** Who is signed in, for this browser: tabs share it, and signing out in one signs out in all. */
export const session = createStore<Session>({ token: read(), ended: null });

export function signIn(token: string): void {
  write(token);
  session.set({ token, ended: null });
}

export function signOut(ended: "signed-out" | "expired" = "signed-out"): void {
  if (session.get().token === null) return;
  write(null);
  session.set({ token: null, ended });
}

/** The value of the Authorization header, if somebody is signed in. */
export function bearer(): string | null {
  const { token } = session.get();
  return token === null ? null : `Bearer ${token}`;
}

/** Take over what another tab did. */
export function followOtherTabs(): () => void {
  const changed = (event: StorageEvent) => {
    if (event.key === KEY) session.set({ token: event.newValue, ended: event.newValue ? null : "signed-out" });
  };
  addEventListener("storage", changed);
  return () => removeEventListener("storage", changed);
}

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function write(token: string | null): void {
  try {
    if (token === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, token);
  } catch {
    // Without storage the session lasts as long as the page.
  }
}
