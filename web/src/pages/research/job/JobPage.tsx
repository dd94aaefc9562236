import { Link } from "@tanstack/react-router";
import { ArrowLeft, Database } from "lucide-react";

import { useJob } from "@/live/hooks";
import { hasEnded, type JobView } from "@/live/job";
import { useInlineQuestion } from "@/questions/choosing";
import { Announce, Badge, Elapsed, ErrorNote, JobStatusBadge, PageHeader, Skeleton } from "@/ui";

import { queriesIn, readPartial, readResearched, readWork } from "../result/result";
import { Result } from "../result/Result";
import { Found } from "./Found";
import { JobActions } from "./JobActions";
import { readPlan } from "./plan";
import { PlanEditor } from "./PlanEditor";
import { Stages } from "./Stages";
import { spoken } from "./spoken";

/** One question from the first stage to its answer, live. */
export function JobPage({ id }: { id: string }) {
  const { job, problem, retry } = useJob(id);
  return (
    <>
      <BackLink dataset={readWork(job?.input)?.dataset} />
      {job ? (
        <JobShown job={job} />
      ) : (
        <>
          <PageHeader title="Research" />
          {problem ? (
            <ErrorNote error={problem} onRetry={problem.temporary ? retry : undefined} />
          ) : (
            <Skeleton className="h-72" label="Loading the question" />
          )}
        </>
      )}
    </>
  );
}

/** To the place to ask, with the same table chosen. */
function BackLink({ dataset }: { dataset: string | undefined }) {
  return (
    <Link
      from="/research/{-$job}"
      to="/research/{-$job}"
      params={{ job: undefined }}
      search={(search) => ({ ...search, dataset: search.dataset ?? dataset })}
      className="mb-3 inline-flex items-center gap-1.5 text-sm text-muted hover:text-ink"
    >
      <ArrowLeft aria-hidden className="size-4" />
      Ask something else
    </Link>
  );
}

function JobShown({ job }: { job: JobView }) {
  const work = readWork(job.input);
  const plan = readPlan(job.question);
  // Any other question is one for the dialog.
  const asking = useInlineQuestion(job.question && !plan ? undefined : job.id);
  return (
    <>
      <PageHeader
        title={work?.question ?? "Research"}
        description={<About job={job} name={work?.name} />}
        actions={work && <JobActions job={job} work={work} />}
      />
      <Announce>{spoken(job)}</Announce>
      <div className="flex flex-col gap-5">
        {job.problem && <ErrorNote error={job.problem} traceId={job.traceId ?? job.id} />}
        <Stages job={job} verbose={work?.verbose ?? false} />
        {asking && plan && (
          <PlanEditor key={asking.question.question_id} job={job.id} question={asking.question} plan={plan} />
        )}
        <Outcome job={job} />
      </div>
    </>
  );
}

function About({ job, name }: { job: JobView; name: string | undefined }) {
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
      <JobStatusBadge status={job.status} />
      {name && (
        <span className="flex items-center gap-1.5 wrap-anywhere">
          <Database aria-hidden className="size-3.5 shrink-0" />
          {name}
        </span>
      )}
      <span className="tabular-nums">
        <Elapsed job={job} />
      </span>
      {job.mode === "offline" && <Badge>Offline</Badge>}
      {job.model && <span>{job.model}</span>}
    </span>
  );
}

/** The result, or what there is of it. */
function Outcome({ job }: { job: JobView }) {
  const work = readWork(job.input);
  if (job.status === "completed") {
    const result = readResearched(job.result);
    if (result && work) return <Result result={result} work={work} />;
    return (
      <pre className="overflow-x-auto rounded-xl bg-sunken p-4 text-xs">{JSON.stringify(job.result, null, 2)}</pre>
    );
  }
  const kept = hasEnded(job) ? readPartial(job.partial) : [];
  const details = kept.length > 0 ? kept : queriesIn(job.artifacts);
  return <Found details={details} job={job} />;
}
