import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { z } from "zod";

import { rootRoute } from "@/app/root";

const search = z.object({
  kind: z.string().optional().catch(undefined),
  status: z.enum(["pending", "running", "waiting", "completed", "failed", "cancelled"]).optional().catch(undefined),
});

export const jobsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/jobs/{-$job}",
  validateSearch: search,
  component: lazyRouteComponent(() => import("./JobsPage"), "JobsPage"),
});
