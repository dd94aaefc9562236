import { useQuery } from "@tanstack/react-query";

import { useStore } from "@/lib/store";
import { aboutQuery } from "@/session/about";
import { SignIn } from "@/session/SignIn";
import { session } from "@/session/token";
import { Skeleton } from "@/ui";

import { Shell } from "./Shell";

/** The pages, for whoever may see them. */
export function App() {
  const about = useQuery(aboutQuery);
  const { token } = useStore(session);
  if (!about.data) return <Starting waiting={about.failureCount > 0} />;
  return about.data.auth === "off" || token !== null ? <Shell key={token} /> : <SignIn />;
}

function Starting({ waiting }: { waiting: boolean }) {
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-4 px-4">
      <Skeleton className="h-8 w-40" label="Starting" />
      <Skeleton className="h-40 w-full" />
      {waiting && <p role="status">Parley does not answer. Trying again…</p>}
    </main>
  );
}
