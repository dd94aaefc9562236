import { Link } from "@tanstack/react-router";
import { CircleStop, Info, MessageCircleQuestion } from "lucide-react";
import { toast } from "sonner";

import { asProblem } from "@/api/problem";
import { useCancel } from "@/live/hooks";
import { hasEnded, type JobView } from "@/live/job";
import { chooseQuestion } from "@/questions/choosing";
import { Button, Tooltip } from "@/ui";

export function JobActions({ job }: { job: JobView }) {
  const cancel = useCancel();
  const { question } = job;
  const stop = () =>
    cancel.mutate(job.id, {
      onError: (error) => toast.error("The job was not cancelled", { description: asProblem(error).message }),
    });
  return (
    <div className="flex items-center justify-end gap-1">
      {question && (
        <Tooltip text="Answer">
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label="Answer its question"
            onClick={() => chooseQuestion(question.question_id)}
          >
            <MessageCircleQuestion aria-hidden className="text-accent" />
          </Button>
        </Tooltip>
      )}
      {!hasEnded(job) && (
        <Tooltip text="Cancel">
          <Button variant="ghost" size="icon-sm" aria-label="Cancel this job" busy={cancel.isPending} onClick={stop}>
            {!cancel.isPending && <CircleStop aria-hidden />}
          </Button>
        </Tooltip>
      )}
      <Tooltip text="Details">
        <Button asChild variant="ghost" size="icon-sm">
          <Link to="/jobs/{-$job}" params={{ job: job.id }} search aria-label="Details">
            <Info aria-hidden />
          </Link>
        </Button>
      </Tooltip>
    </div>
  );
}
