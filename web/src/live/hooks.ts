import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";

import { api, body, type JobSnapshot, type JobStatus } from "@/api/client";
import { asProblem, type Problem } from "@/api/problem";
import { createStore, useStore } from "@/lib/store";

import { tellOtherTabs } from "./channel";
import type { LinkState } from "./connection";
import { useLive } from "./context";
import { type JobView, unknownJob, withSnapshot } from "./job";
import type { Asking } from "./jobs";

const NO_JOB = createStore<JobView | undefined>(undefined);
const NO_PROBLEM = createStore<Problem | null>(null);

export interface FollowedJob {
  /** Undefined until something is known of it. */
  job: JobView | undefined;
  problem: Problem | null;
  retry: () => void;
}

/** One job, live: its snapshot, every event, streamed text. Follows it for as long as the component is mounted. */
export function useJob(id: string | null | undefined): FollowedJob {
  const live = useLive();
  const snapshot = useQuery({
    queryKey: ["jobs", "one", id],
    queryFn: () => body(api.GET("/v1/jobs/{job}", { params: { path: { job: id ?? "" } } })),
    enabled: Boolean(id),
  });
  useEffect(() => (id ? live.follow(id) : undefined), [live, id]);
  useEffect(() => (id ? live.view(id) : undefined), [live, id]);
  useEffect(() => {
    if (snapshot.data) live.meet(snapshot.data);
  }, [live, snapshot.data]);
  const job = useStore<JobView | undefined>(id ? live.shown(id) : NO_JOB);
  const refused = useStore(id ? live.problem(id) : NO_PROBLEM);
  const { refetch } = snapshot;
  const retry = useCallback(() => void refetch(), [refetch]);
  const known = job && (job.seq > 0 || job.createdAt !== null);
  return {
    job: known ? job : undefined,
    problem: known ? null : snapshot.error ? asProblem(snapshot.error) : refused,
    retry,
  };
}

export interface JobFilter {
  kind?: string | undefined;
  status?: JobStatus | undefined;
}

export interface JobList {
  jobs: readonly JobView[];
  problem: Problem | null;
  isLoading: boolean;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore: () => void;
  retry: () => void;
}

/** Your jobs, newest first, those that run followed live. */
export function useJobs(filter: JobFilter = {}): JobList {
  const pages = useInfiniteQuery({
    queryKey: ["jobs", "list", filter],
    queryFn: ({ pageParam }) =>
      body(api.GET("/v1/jobs", { params: { query: { ...filter, limit: 50, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const snapshots = useMemo(() => pages.data?.pages.flatMap((page) => page.jobs) ?? [], [pages.data]);
  const { refetch, fetchNextPage } = pages;
  return {
    jobs: useLiveViews(snapshots),
    problem: pages.error ? asProblem(pages.error) : null,
    isLoading: pages.isPending,
    hasMore: pages.hasNextPage,
    isLoadingMore: pages.isFetchingNextPage,
    loadMore: useCallback(() => void fetchNextPage(), [fetchNextPage]),
    retry: useCallback(() => void refetch(), [refetch]),
  };
}

/** The jobs of a list as they are now: a snapshot each, moved on by whatever events came since. */
function useLiveViews(snapshots: readonly JobSnapshot[]): readonly JobView[] {
  const live = useLive();
  useStore(live.revision);
  return snapshots.map((each) => withSnapshot(live.peek(each.id) ?? unknownJob(each.id), each));
}

/** Questions that wait for an answer, of all jobs, the most urgent first. */
export function useOpenQuestions(): readonly Asking[] {
  return useStore(useLive().questions);
}

/** Whether events come in. */
export function useLink(): LinkState {
  return useStore(useLive().connection.state);
}

/** One key per submission, however often it is sent: retries hand over the very same input. */
const keys = new WeakMap<object, string>();

function keyOf(input: object): string {
  const key = keys.get(input) ?? crypto.randomUUID();
  keys.set(input, key);
  return key;
}

/**
 * Submit work: `send` posts it with the given headers and returns the job's id, which is followed to its end from then
 * on, in every tab. What could not be sent may be sent again, `mutate(submit.variables)`, and counts once.
 */
export function useSubmit<Input extends object>(
  send: (input: Input, headers: { "Idempotency-Key": string }) => Promise<string>,
) {
  const live = useLive();
  const queries = useQueryClient();
  return useMutation<string, Error, Input>({
    mutationFn: (input) => send(input, { "Idempotency-Key": keyOf(input) }),
    onSuccess: (job) => {
      live.watch(job, { fresh: true });
      tellOtherTabs({ type: "submitted", job });
      void queries.invalidateQueries({ queryKey: ["jobs", "list"] });
    },
  });
}

/** Cancel a job by its id; what it had is kept as its `partial`. */
export function useCancel() {
  const live = useLive();
  return useMutation<JobSnapshot, Error, string>({
    mutationFn: (job) => body(api.POST("/v1/jobs/{job}/cancel", { params: { path: { job } } })),
    onSuccess: (snapshot) => live.meet(snapshot),
  });
}

export interface Reply {
  job: string;
  question: string;
  /** What was answered; nothing means that there will be no answer, and the job goes on without one. */
  value?: unknown;
}

/** Answer a job's question, or decline to. */
export function useAnswer() {
  const live = useLive();
  return useMutation<unknown, Error, Reply>({
    mutationFn: (reply) =>
      body(
        api.POST("/v1/jobs/{job}/questions/{question}/answer", {
          params: { path: { job: reply.job, question: reply.question } },
          body: "value" in reply ? { value: reply.value, declined: false } : { declined: true },
        }),
      ),
    onSuccess: (_accepted, { question }) => {
      live.closeQuestion(question);
      tellOtherTabs({ type: "answered", question });
    },
  });
}
