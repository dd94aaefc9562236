import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { api, body, type JobSnapshot, type JobStatus } from "@/api/client";

import { hearOtherTabs } from "./channel";
import { useLive } from "./context";

const UNFINISHED: readonly JobStatus[] = ["pending", "running", "waiting"];
/** The gateway announces nothing that was submitted elsewhere, by a schedule or another device: look now and then. */
const LOOK_EVERY = 30_000;

/** Follow every job of the user that has not ended, wherever it was submitted, so that no question goes unseen. */
export function useUnfinishedJobs(): void {
  const live = useLive();
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: ["jobs", "unfinished"],
    queryFn: async () => (await Promise.all(UNFINISHED.map(withStatus))).flat(),
    refetchInterval: LOOK_EVERY,
  });
  useEffect(() => {
    for (const job of data ?? []) {
      live.meet(job);
      live.watch(job.id);
    }
  }, [live, data]);
  useEffect(
    () =>
      hearOtherTabs((said) => {
        if (said.type === "answered") live.closeQuestion(said.question);
        else {
          live.watch(said.job, { fresh: true });
          void queries.invalidateQueries({ queryKey: ["jobs", "list"] });
        }
      }),
    [live, queries],
  );
}

async function withStatus(status: JobStatus): Promise<JobSnapshot[]> {
  return (await body(api.GET("/v1/jobs", { params: { query: { status, limit: 200 } } }))).jobs;
}
