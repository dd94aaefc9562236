import { queryOptions, useQuery } from "@tanstack/react-query";

import { api, body } from "@/api/client";

/** How to sign in at this installation, and who does the work there. */
export const aboutQuery = queryOptions({
  queryKey: ["about"],
  queryFn: () => body(api.GET("/v1/about")),
  staleTime: Infinity,
  retry: true,
});

/** Whether no model is configured, so that deterministic engines do the work. */
export function useOffline(): boolean {
  return useQuery(aboutQuery).data?.mode === "offline";
}
