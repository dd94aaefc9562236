import { CircleStop, Quote, RotateCw, SearchX } from "lucide-react";
import { memo } from "react";

import { useJob } from "@/live/hooks";
import { AnnounceText, Badge, Button, CopyButton, ErrorNote } from "@/ui";

import { type Answer, answerOf, type Source } from "./answer";
import { CitedText } from "./CitedText";
import { Ledger } from "./Ledger";
import { Sources } from "./Sources";
import type { Turn } from "./turns";

export interface TurnActions {
  readonly openSource: (source: Source) => void;
  readonly askAgain: (question: string) => void;
}

/** One question with its answer; memoised, as a list of thousands is rendered whenever it scrolls. */
export const TurnView = memo(function TurnView({ turn, actions }: { turn: Turn; actions: TurnActions }) {
  return (
    <article aria-label={`Question: ${turn.question}`} className="flex flex-col gap-4">
      <p className="ml-auto max-w-[85%] rounded-2xl rounded-br-md bg-accent-soft px-4 py-2.5 text-sm leading-6 wrap-anywhere whitespace-pre-wrap">
        {turn.question}
      </p>
      {turn.answer ? (
        <AnswerView answer={turn.answer} turn={turn} actions={actions} />
      ) : (
        <LiveAnswer turn={turn} actions={actions} />
      )}
    </article>
  );
});

/** An answer that is being written, or was while it was watched. */
function LiveAnswer({ turn, actions }: { turn: Turn; actions: TurnActions }) {
  const { job, problem, retry } = useJob(turn.job);
  if (problem) return <ErrorNote error={problem} onRetry={retry} />;
  if (!job) return <Thinking stage={null} />;
  const answer = answerOf(job);
  const isWriting = answer.status === "writing";
  return (
    <>
      {isWriting && answer.text === "" ? (
        <Thinking stage={job.stage} />
      ) : (
        <AnswerView answer={answer} turn={turn} actions={actions} />
      )}
      <AnnounceText text={answer.text} done={!isWriting} />
    </>
  );
}

function Thinking({ stage }: { stage: string | null }) {
  return (
    <p className="flex items-center gap-3 text-sm text-muted">
      <span aria-hidden className="flex gap-1">
        {[0, 150, 300].map((delay) => (
          <span
            key={delay}
            className="size-1.5 animate-pulse rounded-full bg-accent"
            style={{ animationDelay: `${delay}ms` }}
          />
        ))}
      </span>
      {stage ?? "Waiting for a worker"}…
    </p>
  );
}

function AnswerView({ answer, turn, actions }: { answer: Answer; turn: Turn; actions: TurnActions }) {
  const { status, text, sources, found, offline } = answer;
  const cite = { sources, open: actions.openSource };
  const isComplete = status === "complete";
  return (
    <div className="min-w-0">
      {isComplete && offline && found && (
        <Badge className="mb-2">
          <Quote aria-hidden />
          Quotations, no model
        </Badge>
      )}
      {found ? <CitedText text={text} streaming={status === "writing"} cite={cite} /> : <NotFound text={text} />}
      {status === "stopped" && <Stopped hasText={text !== ""} />}
      {status === "failed" && answer.problem && (
        <ErrorNote error={answer.problem} traceId={turn.job} onRetry={() => actions.askAgain(turn.question)} />
      )}
      {isComplete && <Sources {...cite} />}
      <div className="flex items-start justify-between gap-2">
        {isComplete ? <Ledger job={turn.job} /> : <span />}
        {isComplete && found && (
          <span className="mt-1.5">
            <CopyButton text={text} label="Copy the answer" />
          </span>
        )}
        {status === "stopped" && (
          <Button variant="ghost" size="sm" onClick={() => actions.askAgain(turn.question)}>
            <RotateCw aria-hidden />
            Ask again
          </Button>
        )}
      </div>
    </div>
  );
}

function NotFound({ text }: { text: string }) {
  return (
    <div className="flex gap-3 rounded-xl bg-warning-soft p-4 text-sm">
      <SearchX aria-hidden className="mt-0.5 size-4 shrink-0 text-warning" />
      <div>
        <p className="font-semibold">Not found in your documents</p>
        <p className="mt-0.5 wrap-anywhere">{text}</p>
        <p className="mt-1 text-muted">Ask in other words, or upload a document that says it.</p>
      </div>
    </div>
  );
}

function Stopped({ hasText }: { hasText: boolean }) {
  return (
    <p className="mt-2 flex items-center gap-2 text-xs text-muted">
      <CircleStop aria-hidden className="size-3.5" />
      {hasText ? "You stopped this answer here." : "You stopped this before anything was written."}
    </p>
  );
}
