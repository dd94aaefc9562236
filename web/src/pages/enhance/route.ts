import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { rootRoute } from "@/app/root";

export const enhanceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/enhance/{-$job}",
  component: lazyRouteComponent(() => import("./EnhancePage"), "EnhancePage"),
});
