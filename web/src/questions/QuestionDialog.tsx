import { kindLabel } from "@/app/sections";
import type { Asking } from "@/live/jobs";
import { Dialog } from "@/ui";

import { postponeQuestion, useQuestionToShow } from "./choosing";
import { QuestionForm } from "./QuestionForm";

/** The question of whichever job asks. It closes by itself once it is answered, here or in another tab. */
export function QuestionDialog() {
  const asking = useQuestionToShow();
  return asking ? <AskingDialog key={asking.question.question_id} {...asking} /> : null;
}

/** Closing it leaves the question open, for later. */
function AskingDialog({ job, question }: Asking) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && postponeQuestion(question.question_id)}
      title={question.prompt}
      description={`${kindLabel(job.kind)} asks`}
    >
      <QuestionForm job={job} question={question} />
    </Dialog>
  );
}
