import { CircleStop } from "lucide-react";
import { toast } from "sonner";

import { asProblem } from "@/api/problem";
import { useCancel } from "@/live/hooks";
import { hasEnded, type JobView } from "@/live/job";
import { chooseQuestion } from "@/questions/choosing";
import { Announce, AnnounceText, Button, Card, Elapsed, ErrorNote, JobStatusBadge, Progress } from "@/ui";

import { readEnhanced, readInput } from "./enhanced";
import { Result } from "./Result";
import { useEnhance } from "./submitting";

interface EnhanceJobProps {
  job: JobView;
  onSubmitted: (job: string) => void;
}

/** One enhancement from its submission to its end. */
export function EnhanceJob({ job, onSubmitted }: EnhanceJobProps) {
  const enhanced = readEnhanced(job.result);
  if (job.status === "completed" && enhanced) return <Result enhanced={enhanced} job={job} />;
  return hasEnded(job) ? <Ended job={job} onSubmitted={onSubmitted} /> : <Running job={job} />;
}

function Running({ job }: { job: JobView }) {
  const cancel = useCancel();
  const { question } = job;
  const written = job.messages.at(-1)?.text ?? "";
  const stop = () =>
    cancel.mutate(job.id, {
      onError: (error) => toast.error("The job was not cancelled", { description: asProblem(error).message }),
    });
  return (
    <Card
      title="Being written"
      actions={
        <>
          <JobStatusBadge status={job.status} />
          <span className="text-sm text-muted tabular-nums">
            <Elapsed job={job} />
          </span>
          <Button size="sm" onClick={stop} busy={cancel.isPending}>
            <CircleStop aria-hidden /> Cancel
          </Button>
        </>
      }
    >
      <Progress label="Progress" value={job.status === "pending" ? undefined : job.progress} />
      <p className="mt-2 text-sm text-muted">{job.stage ?? "Waiting for a free worker"}</p>
      {question && (
        <div className="mt-4 flex flex-wrap items-center justify-between gap-3 rounded-xl bg-warning-soft p-4">
          <p className="min-w-0 flex-1 text-sm font-medium">{question.prompt}</p>
          <Button variant="primary" size="sm" onClick={() => chooseQuestion(question.question_id)}>
            Answer
          </Button>
        </div>
      )}
      {written && <p className="mt-4 text-sm leading-7 wrap-anywhere whitespace-pre-wrap">{written}</p>}
      <AnnounceText text={written} done={false} />
    </Card>
  );
}

function Ended({ job, onSubmitted }: EnhanceJobProps) {
  const enhance = useEnhance();
  const input = readInput(job.input);
  const again = () => input && enhance.mutate({ ...input }, { onSuccess: onSubmitted });
  const written = job.messages.at(-1)?.text ?? "";
  return (
    <Card
      title={job.status === "cancelled" ? "You cancelled this" : "No prompt came of this"}
      actions={
        <Button size="sm" onClick={again} busy={enhance.isPending} disabled={!input}>
          Try again
        </Button>
      }
    >
      <Announce>{job.status === "cancelled" ? "Cancelled." : "The prompt could not be enhanced."}</Announce>
      {job.problem && <ErrorNote error={job.problem} traceId={job.traceId ?? undefined} />}
      {enhance.error && <ErrorNote error={enhance.error} className="mt-3" />}
      {written ? (
        <p className="text-sm leading-7 wrap-anywhere whitespace-pre-wrap text-muted">{written}</p>
      ) : (
        !job.problem && <p className="text-sm text-muted">Nothing had been written yet.</p>
      )}
    </Card>
  );
}
