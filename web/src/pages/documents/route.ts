import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { z } from "zod";

import { rootRoute } from "@/app/root";

const search = z.object({
  conversation: z.uuid().optional().catch(undefined),
  document: z.uuid().optional().catch(undefined),
});

export const documentsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/documents",
  validateSearch: search,
  component: lazyRouteComponent(() => import("./DocumentsPage"), "DocumentsPage"),
});
