import { getRouteApi, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { jobLink, kindLabel } from "@/app/sections";
import { cn } from "@/lib/cn";
import { formatCost, formatMoment, formatNumber } from "@/lib/format";
import { useJob } from "@/live/hooks";
import type { Step } from "@/live/events";
import { hasEnded, type JobView } from "@/live/job";
import { useInlineQuestion } from "@/questions/choosing";
import { QuestionForm } from "@/questions/QuestionForm";
import {
  Badge,
  Button,
  CopyButton,
  Dialog,
  Elapsed,
  ErrorNote,
  JobStatusBadge,
  Progress,
  Skeleton,
  type Tone,
} from "@/ui";

import { aboutJob } from "./about";

const route = getRouteApi("/jobs/{-$job}");

/** One job in full, over the list; its address can be shared. */
export function JobDialog({ id }: { id: string }) {
  const navigate = route.useNavigate();
  const { job, problem, retry } = useJob(id);
  const close = () => void navigate({ to: "/jobs/{-$job}", params: { job: undefined }, search: true });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && close()}
      title={job ? aboutJob(job) || kindLabel(job.kind) : "Job"}
      description={job ? kindLabel(job.kind) : undefined}
      className="max-w-2xl"
    >
      {problem && <ErrorNote error={problem} onRetry={problem.temporary ? retry : undefined} />}
      {job ? <JobDetails job={job} /> : !problem && <Skeleton className="h-56" label="Loading the job" />}
    </Dialog>
  );
}

function JobDetails({ job }: { job: JobView }) {
  const link = jobLink(job);
  const asking = useInlineQuestion(job.id);
  return (
    <div className="flex flex-col gap-5">
      <div className="flex items-center gap-3">
        <JobStatusBadge status={job.status} />
        {job.mode === "offline" && <Badge>Offline</Badge>}
        {!hasEnded(job) && <Progress label="Progress" value={job.progress} />}
      </div>
      {job.problem && <ErrorNote error={job.problem} traceId={job.traceId ?? undefined} />}
      {asking && (
        <section aria-label="Question" className="flex flex-col gap-3 rounded-xl bg-sunken p-4">
          <p className="font-medium">{asking.question.prompt}</p>
          <QuestionForm {...asking} />
        </section>
      )}
      <Facts job={job} />
      {job.steps.length > 0 && <Steps steps={job.steps} />}
      {link.to !== "/jobs/{-$job}" && (
        <Button asChild variant="primary" className="self-end">
          <Link {...link}>Open the result</Link>
        </Button>
      )}
    </div>
  );
}

function Facts({ job }: { job: JobView }) {
  const { usage } = job;
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-3 text-sm sm:grid-cols-3">
      {job.stage && !hasEnded(job) && <Fact name="Stage">{job.stage}</Fact>}
      <Fact name="Submitted">{job.createdAt ? formatMoment(job.createdAt) : "—"}</Fact>
      <Fact name="Time">
        <Elapsed job={job} />
      </Fact>
      <Fact name="Cost">{formatCost(usage.cost)}</Fact>
      <Fact name="Model">{job.model ?? "none"}</Fact>
      <Fact name="Tokens">{`${formatNumber(usage.tokens_in)} in, ${formatNumber(usage.tokens_out)} out`}</Fact>
      <Fact name="Attempts">{formatNumber(job.attempt)}</Fact>
      <Handle name="Job" id={job.id} />
      {job.traceId !== null && <Handle name="Trace" id={job.traceId} />}
    </dl>
  );
}

/** An id to hand to support, or to a command. */
function Handle({ name, id }: { name: string; id: string }) {
  return (
    <Fact name={name} className="col-span-full">
      <span className="flex items-center gap-1">
        <code className="text-xs break-all">{id}</code>
        <CopyButton text={id} label={`Copy the id of the ${name.toLowerCase()}`} />
      </span>
    </Fact>
  );
}

function Fact({ name, className, children }: { name: string; className?: string; children: ReactNode }) {
  return (
    <div className={cn("min-w-0", className)}>
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="mt-0.5 wrap-anywhere">{children}</dd>
    </div>
  );
}

const STEP_TONES: Readonly<Record<Step["status"], Tone>> = {
  started: "accent",
  retrying: "warning",
  completed: "success",
  failed: "danger",
};

function Steps({ steps }: { steps: readonly Step[] }) {
  return (
    <section aria-label="Steps">
      <h3 className="mb-2 text-sm font-semibold">Steps</h3>
      <ol className="flex flex-col gap-2 text-sm">
        {steps.map((step) => (
          <li key={step.key} className="flex items-baseline gap-3">
            <span className="min-w-0 flex-1 wrap-anywhere">{step.name}</span>
            {step.seconds != null && (
              <span className="text-xs text-muted tabular-nums">{step.seconds.toFixed(2)} s</span>
            )}
            <Badge tone={STEP_TONES[step.status]}>{step.status}</Badge>
          </li>
        ))}
      </ol>
    </section>
  );
}
