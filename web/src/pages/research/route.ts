import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { z } from "zod";

import { rootRoute } from "@/app/root";

const search = z.object({
  /** The dataset to ask about. */
  dataset: z.string().optional().catch(undefined),
  /** Which of the earlier questions are listed. */
  about: z.string().optional().catch(undefined),
  status: z.enum(["pending", "running", "completed", "failed", "cancelled"]).optional().catch(undefined),
});

export const researchRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/research/{-$job}",
  validateSearch: search,
  component: lazyRouteComponent(() => import("./ResearchPage"), "ResearchPage"),
});
