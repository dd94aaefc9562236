import { createContext, use } from "react";

import type { LiveJobs } from "./jobs";

export const LiveContext = createContext<LiveJobs | null>(null);

/** The jobs this tab follows; the hooks in `hooks.ts` are what pages need. */
export function useLive(): LiveJobs {
  const live = use(LiveContext);
  if (!live) throw new Error("useLive needs a LiveProvider around it");
  return live;
}
