import { Link } from "@tanstack/react-router";
import { type ReactNode, type SubmitEvent, useState } from "react";
import { toast } from "sonner";

import { asProblem } from "@/api/problem";
import { jobLink } from "@/app/sections";
import { useNow } from "@/lib/clock";
import { formatDuration } from "@/lib/format";
import type { OpenQuestion } from "@/live/events";
import { useAnswer } from "@/live/hooks";
import type { Asking } from "@/live/jobs";
import { Button, ErrorNote, Field, Input, Textarea } from "@/ui";

import { postponeQuestion } from "./choosing";
import { consequence, longest, optionsOf, replyKind } from "./reply";

const ANSWERED = 409;
const CLOSED = 410;

/** Ways to answer a question, what went wrong with that, and how long it is still open. */
export function QuestionForm({ job, question }: Asking) {
  const answer = useAnswer();
  const problem = answer.error ? asProblem(answer.error) : null;
  const give = (reply: { value?: unknown }) =>
    answer.mutate(
      { job: job.id, question: question.question_id, ...reply },
      { onError: (error) => isOver(asProblem(error).status) && postponeQuestion(question.question_id) },
    );
  return (
    <div className="flex flex-col gap-4">
      <AnswerForm question={question} job={job} busy={answer.isPending} onAnswer={(value) => give({ value })}>
        <Button onClick={() => give({})} disabled={answer.isPending}>
          Cancel
        </Button>
      </AnswerForm>
      {problem && <ErrorNote error={problem} />}
      <Countdown question={question} />
    </div>
  );
}

function isOver(status: number): boolean {
  if (status === ANSWERED) toast("This question has been answered elsewhere.");
  if (status === CLOSED) toast("The answer came too late: the question is closed.");
  return status === ANSWERED || status === CLOSED;
}

interface AnswerFormProps extends Asking {
  busy: boolean;
  onAnswer: (value: unknown) => void;
  /** The button that declines, beside the one that submits. */
  children: ReactNode;
}

function AnswerForm({ question, job, busy, onAnswer, children }: AnswerFormProps) {
  const [text, setText] = useState("");
  const kind = replyKind(question);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onAnswer(kind === "number" ? Number(text) : text.trim());
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Choices question={question} kind={kind} busy={busy} onAnswer={onAnswer} />
      {kind === "text" && (
        <Field label="Your answer">
          <Textarea
            value={text}
            onChange={(event) => setText(event.target.value)}
            maxLength={longest(question)}
            className="min-h-20"
            required
          />
        </Field>
      )}
      {kind === "number" && (
        <Field label="Your answer">
          <Input type="number" step="any" value={text} onChange={(event) => setText(event.target.value)} required />
        </Field>
      )}
      {kind === "page" && <p className="text-sm">This needs more room than a dialog has.</p>}
      <div className="flex flex-wrap items-center justify-end gap-2">
        {children}
        {kind === "page" && (
          <Button asChild variant="primary">
            <Link {...jobLink(job)}>Open the job</Link>
          </Button>
        )}
        {(kind === "text" || kind === "number") && (
          <Button type="submit" variant="primary" busy={busy} disabled={text.trim() === ""}>
            Submit
          </Button>
        )}
      </div>
    </form>
  );
}

interface ChoicesProps {
  question: OpenQuestion;
  kind: ReturnType<typeof replyKind>;
  busy: boolean;
  onAnswer: (value: unknown) => void;
}

/** Answers that are one click away. */
function Choices({ question, kind, busy, onAnswer }: ChoicesProps) {
  const choices =
    kind === "yes-no"
      ? [
          { label: "Yes", value: true },
          { label: "No", value: false },
        ]
      : optionsOf(question).map((option) => ({ label: option, value: option }));
  if (choices.length === 0 || kind === "page") return null;
  return (
    <div role="group" aria-label="Answers" className="flex flex-wrap gap-2">
      {choices.map(({ label, value }) => (
        <Button
          key={label}
          onClick={() => onAnswer(value)}
          disabled={busy}
          className="h-auto min-h-10 max-w-full py-2 text-left whitespace-normal"
        >
          {label}
        </Button>
      ))}
    </div>
  );
}

function Countdown({ question }: { question: OpenQuestion }) {
  const left = Date.parse(question.expires_at) - useNow();
  return (
    <p className="text-xs text-muted">
      <span role="timer">{left > 0 ? `${formatDuration(left)} left to answer.` : "The time to answer is over."}</span>{" "}
      {consequence(question)}
    </p>
  );
}
