import { api, body } from "@/api/client";
import { useSubmit } from "@/live/hooks";

import type { EnhanceInput } from "./enhanced";

/** Sends a prompt to be enhanced and gives the job's id. */
export function useEnhance() {
  return useSubmit<EnhanceInput>(async (input, headers) => {
    const accepted = await body(api.POST("/api/enhance", { body: { ...input, priority: "interactive" }, headers }));
    return accepted.task_id;
  });
}
