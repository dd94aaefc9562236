import { Check, Circle, Hand, LoaderCircle, Minus } from "lucide-react";

import { cn } from "@/lib/cn";
import { hasEnded, type JobView } from "@/live/job";
import { Progress } from "@/ui";

import { STAGES, stageNumber, type StageState, stageState } from "./stages";

/** The seven stages of a job, live; once it is done, nothing but the answer matters. */
export function Stages({ job, verbose }: { job: JobView; verbose: boolean }) {
  const reached = stageNumber(job.stage);
  const ended = hasEnded(job);
  if (job.status === "completed") return null;
  const course = { reached, ended, completed: false, verbose };
  return (
    <section aria-label="Stages" className="rounded-2xl border border-line bg-raised p-4 shadow-raised sm:p-5">
      {!ended && <Progress label="Progress" value={job.status === "pending" ? 0 : job.progress} className="mb-4" />}
      <ol className="grid gap-x-6 gap-y-2.5 sm:grid-cols-2 xl:grid-cols-4">
        {STAGES.map((name, at) => (
          <Stage key={name} name={name} state={stageState(at + 1, course)} asks={job.status === "waiting"} />
        ))}
      </ol>
      {job.status === "pending" && (
        <p className="mt-3 text-sm text-muted">It begins when its time has come and a worker is free.</p>
      )}
    </section>
  );
}

const SAID: Readonly<Record<StageState, string>> = {
  done: "done",
  now: "under way",
  later: "to come",
  "left out": "left out",
};

function Stage({ name, state, asks }: { name: string; state: StageState; asks: boolean }) {
  return (
    <li
      aria-current={state === "now" ? "step" : undefined}
      className={cn(
        "flex items-center gap-2.5 text-sm text-muted",
        state === "now" && "font-medium text-ink",
        state === "done" && "text-ink",
      )}
    >
      <StageIcon state={state} asks={asks} />
      <span className={state === "left out" ? "line-through" : undefined}>{name}</span>
      <span className="sr-only">: {state === "now" && asks ? "waits for you" : SAID[state]}</span>
    </li>
  );
}

function StageIcon({ state, asks }: { state: StageState; asks: boolean }) {
  const look = "size-4 shrink-0";
  if (state === "done") return <Check aria-hidden className={cn(look, "text-success")} />;
  if (state === "left out") return <Minus aria-hidden className={look} />;
  if (state === "later") return <Circle aria-hidden className={cn(look, "opacity-50")} />;
  if (asks) return <Hand aria-hidden className={cn(look, "text-warning")} />;
  return <LoaderCircle aria-hidden className={cn(look, "animate-spin text-accent")} />;
}
