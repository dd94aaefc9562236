import { Link } from "@tanstack/react-router";

import { useNow } from "@/lib/clock";
import { formatAge } from "@/lib/format";
import { useJobs } from "@/live/hooks";
import type { JobView } from "@/live/job";
import { Button, Card, ErrorNote, JobStatusBadge, Skeleton } from "@/ui";

import { readInput } from "./enhanced";

/** Every prompt that was enhanced before, newest first; `shown` is the one on the page. */
export function History({ shown }: { shown: string | undefined }) {
  const { jobs, problem, isLoading, hasMore, isLoadingMore, loadMore, retry } = useJobs({ kind: "enhance" });
  if (!isLoading && !problem && jobs.length === 0) return null;
  return (
    <Card title="History">
      {isLoading && <Skeleton className="h-40" label="Loading your history" />}
      {problem && <ErrorNote error={problem} onRetry={retry} />}
      <ol className="-mx-2 flex max-h-96 flex-col overflow-y-auto">
        {jobs.map((job) => (
          <Entry key={job.id} job={job} isShown={job.id === shown} />
        ))}
      </ol>
      {hasMore && (
        <Button size="sm" className="mt-3" onClick={loadMore} busy={isLoadingMore}>
          Show older ones
        </Button>
      )}
    </Card>
  );
}

function Entry({ job, isShown }: { job: JobView; isShown: boolean }) {
  const now = useNow();
  return (
    <li>
      <Link
        to="/enhance/{-$job}"
        params={{ job: job.id }}
        aria-current={isShown ? "page" : undefined}
        className="flex items-center gap-3 rounded-lg px-2 py-2 -outline-offset-2 hover:bg-sunken aria-[current=page]:bg-accent-soft"
      >
        <span className="min-w-0 flex-1">
          <span className="block truncate text-sm">{readInput(job.input)?.lazy_prompt ?? "Prompt"}</span>
          {job.createdAt && <span className="block text-xs text-muted">{formatAge(job.createdAt, now)}</span>}
        </span>
        {job.status !== "completed" && <JobStatusBadge status={job.status} />}
      </Link>
    </li>
  );
}
