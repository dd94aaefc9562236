import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { rootRoute } from "@/app/root";

export const researchRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/research/{-$job}",
  component: lazyRouteComponent(() => import("./ResearchPage"), "ResearchPage"),
});
