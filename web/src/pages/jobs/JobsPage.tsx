import { getRouteApi } from "@tanstack/react-router";
import { ListChecks } from "lucide-react";

import { type JobFilter, useJobs } from "@/live/hooks";
import { Button, EmptyState, ErrorNote, PageHeader, Skeleton } from "@/ui";

import { Filters } from "./Filters";
import { JobDialog } from "./JobDialog";
import { JobTable } from "./JobTable";
import { NotifyButton } from "./NotifyButton";

const route = getRouteApi("/jobs/{-$job}");

/** Every job of the user, newest first, those that run live; one of them opened on top. */
export function JobsPage() {
  const filter = route.useSearch();
  const { job } = route.useParams();
  return (
    <>
      <PageHeader
        title="Jobs"
        description="Everything you have set going, here or elsewhere. It goes on without this page."
        actions={<NotifyButton />}
      />
      <Filters {...filter} />
      <JobList {...filter} />
      {job !== undefined && <JobDialog id={job} />}
    </>
  );
}

function JobList(filter: JobFilter) {
  const { jobs, problem, isLoading, hasMore, isLoadingMore, loadMore, retry } = useJobs(filter);
  const isFiltered = filter.kind !== undefined || filter.status !== undefined;
  if (isLoading) return <Skeleton className="h-72" label="Loading your jobs" />;
  if (problem && jobs.length === 0) return <ErrorNote error={problem} onRetry={retry} />;
  if (jobs.length === 0) return <NoJobs isFiltered={isFiltered} />;
  return (
    <>
      {problem && <ErrorNote error={problem} onRetry={retry} className="mb-4" />}
      <JobTable jobs={jobs} />
      {hasMore && (
        <div className="mt-4 flex justify-center">
          <Button onClick={loadMore} busy={isLoadingMore}>
            Show older jobs
          </Button>
        </div>
      )}
    </>
  );
}

function NoJobs({ isFiltered }: { isFiltered: boolean }) {
  return isFiltered ? (
    <EmptyState icon={ListChecks} title="No job is like that">
      Choose another kind or status to see more.
    </EmptyState>
  ) : (
    <EmptyState icon={ListChecks} title="No jobs yet">
      Enhance a prompt, research a dataset or upload a document: whatever takes a while shows up here.
    </EmptyState>
  );
}
