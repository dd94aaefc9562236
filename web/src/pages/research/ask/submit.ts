import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, body, type Schemas } from "@/api/client";
import { useSubmit } from "@/live/hooks";

export const SCHEDULES = ["schedules"];

/** Ask a question about a dataset; gives the job's id. */
export function useAsk() {
  return useSubmit(async (request: Schemas["ResearchRequest"], headers) => {
    const accepted = await body(api.POST("/deep-research/jobs/submit", { body: request, headers }));
    return accepted.job_id;
  });
}

interface NewSchedule {
  request: Schemas["ScheduleRequest"];
  /** The same for every try to make the same schedule. */
  key: string;
}

/** Ask a question again and again. */
export function useSchedule() {
  const queries = useQueryClient();
  return useMutation<Schemas["Schedule"], Error, NewSchedule>({
    mutationFn: ({ request, key }) =>
      body(api.POST("/deep-research/schedules", { body: request, headers: { "Idempotency-Key": key } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: SCHEDULES }),
  });
}
