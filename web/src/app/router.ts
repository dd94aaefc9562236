import { createRoute, createRouter, redirect } from "@tanstack/react-router";

import { documentsRoute } from "@/pages/documents/route";
import { enhanceRoute } from "@/pages/enhance/route";
import { jobsRoute } from "@/pages/jobs/route";
import { researchRoute } from "@/pages/research/route";

import { PageFailed, PagePending, rootRoute } from "./root";

const startRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/enhance/{-$job}" });
  },
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([startRoute, enhanceRoute, researchRoute, documentsRoute, jobsRoute]),
  defaultPreload: "intent",
  defaultPendingComponent: PagePending,
  defaultErrorComponent: PageFailed,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
