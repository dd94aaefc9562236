import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { MessagesSquare } from "lucide-react";

import { asProblem } from "@/api/problem";
import { useNow } from "@/lib/clock";
import { formatAge, formatMoment } from "@/lib/format";
import { hasEnded } from "@/live/job";
import { Button, Card, EmptyState, ErrorNote, JobStatusBadge, Progress, Skeleton } from "@/ui";

import { datasetQuery } from "../datasets/queries";
import { PastFilters } from "./PastFilters";
import { type PastFilter, type PastJob, pastQuery, useStanding } from "./queries";

const route = getRouteApi("/research/{-$job}");

/** What was asked before, those that run live. */
export function PastQuestions() {
  const { about, status } = route.useSearch();
  return (
    <Card title="Asked before" description="Answers stay, also when their table is gone.">
      <PastFilters about={about} status={status} />
      <PastList key={`${about ?? ""} ${status ?? ""}`} about={about} status={status} />
    </Card>
  );
}

function PastList({ about, status }: PastFilter) {
  const pages = useInfiniteQuery(pastQuery({ about, status }));
  if (pages.isPending) return <Skeleton className="h-40" label="Loading your questions" />;
  if (pages.error && !pages.data) {
    return (
      <ErrorNote error={asProblem(pages.error)} onRetry={() => void pages.refetch()} retrying={pages.isFetching} />
    );
  }
  const jobs = pages.data.pages.flatMap((page) => page.jobs);
  if (jobs.length === 0) return <NothingAsked isFiltered={about !== undefined || status !== undefined} />;
  return (
    <>
      <ul aria-label="Questions" className="-mx-2 flex flex-col">
        {jobs.map((job) => (
          <PastRow key={job.job_id} job={job} />
        ))}
      </ul>
      {pages.hasNextPage && (
        <Button size="sm" busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()} className="mt-3">
          Show older questions
        </Button>
      )}
    </>
  );
}

function PastRow({ job }: { job: PastJob }) {
  const now = useNow();
  const standing = useStanding(job);
  return (
    <li>
      <Link
        from="/research/{-$job}"
        to="/research/{-$job}"
        params={{ job: job.job_id }}
        search={(search) => search}
        className="flex items-start gap-3 rounded-lg px-2 py-2.5 hover:bg-sunken"
      >
        <span className="min-w-0 flex-1">
          <span className="line-clamp-2 text-sm font-medium wrap-anywhere">{job.main_question}</span>
          <span className="block truncate text-xs text-muted">
            <time dateTime={job.created_at} title={formatMoment(job.created_at)}>
              {formatAge(job.created_at, now)}
            </time>
            <DatasetName dataset={job.dataset_id} />
          </span>
          {!hasEnded(standing) && <Progress label="Progress" value={standing.progress} className="mt-2" />}
        </span>
        <JobStatusBadge status={standing.status} />
      </Link>
    </li>
  );
}

/** Nothing where the table has been deleted. */
export function DatasetName({ dataset }: { dataset: string | null }) {
  const { data } = useQuery({ ...datasetQuery(dataset ?? ""), enabled: dataset !== null, staleTime: Infinity });
  return data ? <> · {data.name}</> : null;
}

function NothingAsked({ isFiltered }: { isFiltered: boolean }) {
  return (
    <EmptyState icon={MessagesSquare} title={isFiltered ? "No question is like that" : "Nothing asked yet"}>
      {isFiltered
        ? "Choose another table or status to see more."
        : "Your first question shows up here, and stays with its answer."}
    </EmptyState>
  );
}
