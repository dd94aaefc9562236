import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { z } from "zod";

import { rootRoute } from "@/app/root";

const place = z.int().nonnegative().optional().catch(undefined);

const search = z.object({
  conversation: z.uuid().optional().catch(undefined),
  /** The document that is opened on top, and the passage of it that is shown: characters of one of its versions. */
  document: z.uuid().optional().catch(undefined),
  version: place,
  start: place,
  end: place,
  page: place,
});

export const documentsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/documents",
  validateSearch: search,
  component: lazyRouteComponent(() => import("./DocumentsPage"), "DocumentsPage"),
});
