import { infiniteQueryOptions, keepPreviousData, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, body, type JobStatus, type Schemas } from "@/api/client";
import { useStore } from "@/lib/store";
import { useLive } from "@/live/context";
import { hasEnded, type JobView } from "@/live/job";

import { SCHEDULES } from "../ask/submit";

export type Schedule = Schemas["Schedule"];

export interface PastFilter {
  /** The table they are about. */
  about?: string | undefined;
  /** Questions that wait for an answer are under way, too. */
  status?: Exclude<JobStatus, "waiting"> | undefined;
}

const AT_ONCE = 20;

/** Your questions, newest first. The key begins like that of every list of jobs, so that a new one renews it. */
export const pastQuery = ({ about, status }: PastFilter) =>
  infiniteQueryOptions({
    queryKey: ["jobs", "list", "research", { about, status }],
    queryFn: ({ pageParam }) =>
      body(
        api.GET("/deep-research/jobs", {
          params: { query: { dataset_id: about, status, limit: AT_ONCE, cursor: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });

export type PastJob = Schemas["ResearchJob"];

const STATUSES: readonly string[] = ["pending", "running", "waiting", "completed", "failed", "cancelled"];
const isStatus = (status: string): status is JobStatus => STATUSES.includes(status);

interface Standing {
  status: JobStatus;
  /** From 0 to 1. */
  progress: number;
}

/** How a listed job stands: as its events say, as soon as there are any, for a job that had not ended. */
export function useStanding(job: PastJob): Standing {
  const live = useLive();
  useStore(live.revision);
  const listed = isStatus(job.status) ? job.status : "running";
  const known: JobView | undefined = hasEnded({ status: listed }) ? undefined : live.peek(job.job_id);
  if (known && known.seq > 0) return known;
  return { status: job.question ? "waiting" : listed, progress: job.progress_percentage / 100 };
}

/** Your schedules, newest first. */
export const schedulesQuery = infiniteQueryOptions({
  queryKey: [...SCHEDULES, "list"],
  queryFn: ({ pageParam }) =>
    body(api.GET("/deep-research/schedules", { params: { query: { limit: AT_ONCE, cursor: pageParam } } })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});

export function useDeleteSchedule() {
  const queries = useQueryClient();
  return useMutation<unknown, Error, string>({
    mutationFn: (schedule) =>
      body(api.DELETE("/deep-research/schedules/{schedule}", { params: { path: { schedule } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: SCHEDULES }),
  });
}
