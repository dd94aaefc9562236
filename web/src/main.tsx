import "./styles.css";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { asProblem } from "@/api/problem";
import { router } from "@/app/router";
import { Toasts } from "@/app/Toasts";
import { LiveContext } from "@/live/context";
import { LiveJobs } from "@/live/jobs";
import { followOtherTabs, session } from "@/session/token";
import { TooltipProvider } from "@/ui";

const MOST_TRIES = 3;

const queries = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 5_000, retry: (tries, error) => asProblem(error).temporary && tries < MOST_TRIES },
  },
});
const live = new LiveJobs();

followOtherTabs();
session.subscribe(() => {
  // What one person saw is nothing for the next.
  live.clear();
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "about" });
});

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <LiveContext value={live}>
        <TooltipProvider delayDuration={300}>
          <RouterProvider router={router} />
          <Toasts />
        </TooltipProvider>
      </LiveContext>
    </QueryClientProvider>
  </StrictMode>,
);
