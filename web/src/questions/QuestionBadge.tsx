import { MessageCircleQuestion } from "lucide-react";

import { useOpenQuestions } from "@/live/hooks";
import { Button } from "@/ui";

import { chooseQuestion } from "./choosing";

/** How many questions wait, leading to the most urgent one. */
export function QuestionBadge() {
  const asking = useOpenQuestions();
  const [first] = asking;
  if (!first) return null;
  const words = asking.length === 1 ? "1 question" : `${asking.length} questions`;
  return (
    <Button
      size="sm"
      className="border-accent text-accent"
      aria-label={`${words} to answer`}
      onClick={() => chooseQuestion(first.question.question_id)}
    >
      <MessageCircleQuestion aria-hidden />
      <span className="max-sm:hidden">{words}</span>
      <span className="sm:hidden">{asking.length}</span>
    </Button>
  );
}
