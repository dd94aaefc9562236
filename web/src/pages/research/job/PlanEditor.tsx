import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { type SubmitEvent, useReducer, useRef, useState } from "react";

import { asProblem } from "@/api/problem";
import { useNow } from "@/lib/clock";
import { formatDuration } from "@/lib/format";
import type { OpenQuestion } from "@/live/events";
import { useAnswer } from "@/live/hooks";
import { Announce, Button, Card, ErrorNote } from "@/ui";

import { answerOf, edited, type Limits, type Part } from "./plan";
import { PlanPart } from "./PlanPart";

interface PlanEditorProps {
  job: string;
  question: OpenQuestion;
  plan: { parts: readonly Part[]; limits: Limits };
}

/** The plan a job asks about, to be changed or waved through. Nothing is lost by taking one's time: the job sleeps. */
export function PlanEditor({ job, question, plan }: PlanEditorProps) {
  const [parts, edit] = useReducer(edited, plan.parts);
  const [said, setSaid] = useState("");
  const list = useRef<HTMLOListElement>(null);
  const answer = useAnswer();
  const { most, longest } = plan.limits;
  const texts = answerOf(parts);
  const give = (reply: { value?: unknown }) => answer.mutate({ job, question: question.question_id, ...reply });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (texts.length > 0) give({ value: texts });
  };
  const move = (id: number, by: -1 | 1) => {
    edit({ type: "move", id, by });
    setSaid(`Moved to place ${parts.findIndex((part) => part.id === id) + 1 + by} of ${parts.length}`);
  };
  const remove = (id: number, at: number) => {
    edit({ type: "remove", id });
    setSaid(`Removed part ${at + 1}`);
    // What had the focus is gone: it goes to the list, from where the keyboard goes on.
    list.current?.focus();
  };
  return (
    <Card
      title={question.prompt}
      description="The job sleeps until you say so. You can leave this page and come back."
      className="border-warning"
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Announce>{said}</Announce>
        <ol ref={list} tabIndex={-1} aria-label="Parts of the question" className="flex flex-col gap-2 outline-none">
          {parts.map((part, at) => (
            <PlanPart
              key={part.id}
              part={part}
              number={at + 1}
              longest={longest}
              isNew={at >= plan.parts.length && part.text === ""}
              onReword={(text) => edit({ type: "reword", id: part.id, text })}
            >
              <IconButton
                label={`Move part ${at + 1} up`}
                icon={ArrowUp}
                disabled={at === 0}
                onClick={() => move(part.id, -1)}
              />
              <IconButton
                label={`Move part ${at + 1} down`}
                icon={ArrowDown}
                disabled={at === parts.length - 1}
                onClick={() => move(part.id, 1)}
              />
              <IconButton
                label={`Remove part ${at + 1}`}
                icon={Trash2}
                disabled={parts.length === 1}
                onClick={() => remove(part.id, at)}
              />
            </PlanPart>
          ))}
        </ol>
        <Button
          size="sm"
          variant="ghost"
          disabled={parts.length >= most}
          onClick={() => edit({ type: "add" })}
          className="-ml-3 self-start"
        >
          <Plus aria-hidden />
          {parts.length >= most ? `A plan has at most ${most} parts` : "Add a part"}
        </Button>
        {answer.error && <ErrorNote error={asProblem(answer.error)} />}
        <div className="flex flex-wrap items-center justify-end gap-2">
          <Countdown until={question.expires_at} />
          <Button disabled={answer.isPending} onClick={() => give({})}>
            Go on as it was
          </Button>
          <Button type="submit" variant="primary" busy={answer.isPending} disabled={texts.length === 0}>
            Go on with this plan
          </Button>
        </div>
      </form>
    </Card>
  );
}

interface IconButtonProps {
  label: string;
  icon: typeof ArrowUp;
  disabled: boolean;
  onClick: () => void;
}

function IconButton({ label, icon: Icon, disabled, onClick }: IconButtonProps) {
  return (
    <Button variant="ghost" size="icon-sm" aria-label={label} disabled={disabled} onClick={onClick}>
      <Icon aria-hidden />
    </Button>
  );
}

function Countdown({ until }: { until: string }) {
  const left = Date.parse(until) - useNow();
  return (
    <p role="timer" className="mr-auto text-xs text-muted">
      {left > 0 ? `${formatDuration(left)} left; after that it goes on as it was.` : "The time to answer is over."}
    </p>
  );
}
