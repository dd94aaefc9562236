import type { JobSnapshot, JobStatus } from "@/api/client";

import type { Artifact, JobEvent, JobProblem, JobUsage, OpenQuestion, Source, Step } from "./events";

/**
 * A job as the page shows it, and how each event changes it. Pure: the same events give the same view in whatever
 * order and however often they come, so a replay after a reconnect needs no special case.
 */
export interface JobView {
  readonly id: string;
  readonly epoch: number;
  /** The last event of the log that this view holds; the cursor to go on from. */
  readonly seq: number;
  readonly kind: string | null;
  readonly status: JobStatus;
  /** From 0 to 1. */
  readonly progress: number;
  readonly stage: string | null;
  readonly mode: "model" | "offline" | null;
  readonly model: string | null;
  readonly attempt: number;
  readonly input: unknown;
  /** In the order in which they first appeared; one entry per key, as it was last heard of. */
  readonly steps: readonly Step[];
  /** Streamed text, the latest message last; a new attempt is a new message. */
  readonly messages: readonly Message[];
  readonly sources: readonly Source[];
  readonly artifacts: readonly Artifact[];
  readonly question: OpenQuestion | null;
  /** What became of questions that are no longer open, by question. */
  readonly settled: Readonly<Record<string, Settled>>;
  readonly result: unknown;
  readonly partial: unknown;
  readonly problem: JobProblem | null;
  readonly usage: JobUsage;
  /** What to ask support about. */
  readonly traceId: string | null;
  readonly createdAt: string | null;
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  /** Whether some events of the log could not be had: what they said may be missing here. */
  readonly incomplete: boolean;
  /** Events that came before those in front of them. */
  readonly early: readonly JobEvent[];
}

export interface Message {
  readonly id: string;
  readonly text: string;
  /** Pieces that came before those in front of them, by where they begin. */
  readonly early: Readonly<Record<number, string>>;
}

export interface Settled {
  readonly outcome: "answered" | "declined" | "expired";
  readonly value: unknown;
}

const FINAL: ReadonlySet<JobStatus> = new Set(["completed", "failed", "cancelled"]);
const NOTHING: JobUsage = { calls: 0, tokens_in: 0, tokens_out: 0, cost: null };

export const hasEnded = (job: { readonly status: JobStatus }): boolean => FINAL.has(job.status);

/** A job of which nothing is known but its id. */
export function unknownJob(id: string, epoch = 1): JobView {
  return {
    id,
    epoch,
    seq: 0,
    kind: null,
    status: "pending",
    progress: 0,
    stage: null,
    mode: null,
    model: null,
    attempt: 0,
    input: undefined,
    steps: [],
    messages: [],
    sources: [],
    artifacts: [],
    question: null,
    settled: {},
    result: undefined,
    partial: undefined,
    problem: null,
    usage: NOTHING,
    traceId: null,
    createdAt: null,
    startedAt: null,
    completedAt: null,
    incomplete: false,
    early: [],
  };
}

/** The view after one more event. An event that was seen before changes nothing; one that is early waits for its turn. */
export function apply(view: JobView, event: JobEvent): JobView {
  if (event.job !== view.id || event.epoch < view.epoch) return view;
  const current = event.epoch > view.epoch ? unknownJob(view.id, event.epoch) : view;
  if (event.seq === null) return hasEnded(current) ? current : change(current, event);
  if (event.seq <= current.seq) return current;
  if (event.seq > current.seq + 1) return hold(current, event);
  return release({ ...change(current, event), seq: event.seq });
}

/** Go on behind events that could not be had. */
export function skip(view: JobView, to: number): JobView {
  return to <= view.seq ? view : release({ ...view, seq: to, incomplete: true });
}

/** What is worth keeping over a reload: the view with its cursor. Text that streams is sent again by the gateway. */
export function settledPart(view: JobView): JobView {
  return { ...view, early: [], messages: hasEnded(view) ? view.messages : [] };
}

/**
 * What to show of a job whose events are still coming in: what no event carries, such as its input, from the snapshot,
 * and everything else from whichever of the two is ahead. Only for showing: events go on to be applied to `view`.
 */
export function withSnapshot(view: JobView, snapshot: JobSnapshot): JobView {
  const known = {
    ...view,
    input: snapshot.input,
    kind: snapshot.kind,
    traceId: snapshot.trace_id ?? null,
    createdAt: snapshot.created_at,
  };
  if (snapshot.epoch < view.epoch || snapshot.seq <= view.seq) return known;
  return {
    ...known,
    status: snapshot.status,
    progress: snapshot.progress,
    stage: snapshot.stage ?? null,
    mode: snapshot.mode ?? null,
    model: snapshot.model ?? null,
    attempt: snapshot.attempts,
    question: snapshot.question ? openQuestion(snapshot.question) : null,
    result: snapshot.result ?? undefined,
    partial: snapshot.partial ?? undefined,
    problem: snapshot.error ?? null,
    usage: snapshot.usage,
    startedAt: snapshot.started_at ?? null,
    completedAt: snapshot.completed_at ?? null,
  };
}

/** A question as a snapshot shows it, in the shape in which an event does. */
function openQuestion(question: NonNullable<JobSnapshot["question"]>): OpenQuestion {
  const { schema, default: fallback, options, required, ...rest } = question;
  return { ...rest, schema: { ...schema }, default: fallback ?? null, options: options ?? null, required };
}

function hold(view: JobView, event: JobEvent): JobView {
  if (view.early.some((held) => held.seq === event.seq)) return view;
  return { ...view, early: [...view.early, event].sort((one, other) => (one.seq ?? 0) - (other.seq ?? 0)) };
}

function release(view: JobView): JobView {
  const [next, ...rest] = view.early;
  if (next?.seq == null || next.seq > view.seq + 1) return view;
  return apply({ ...view, early: rest }, next);
}

function change(view: JobView, event: JobEvent): JobView {
  switch (event.type) {
    case "job.accepted":
      return { ...view, kind: event.data.kind, createdAt: view.createdAt ?? event.time };
    case "job.started":
      return {
        ...view,
        status: "running",
        attempt: event.data.attempt,
        mode: event.data.mode ?? view.mode,
        model: event.data.model ?? view.model,
        startedAt: view.startedAt ?? event.time,
      };
    case "job.step":
      return { ...view, steps: withStep(view.steps, event.data), usage: sum(view.usage, event.data.usage) };
    case "job.progress":
      return { ...view, progress: event.data.fraction, stage: event.data.stage };
    case "message.delta":
      return { ...view, messages: withDelta(view.messages, event.data) };
    case "source.added":
      return { ...view, sources: withItem(view.sources, event.data) };
    case "artifact.added":
      return { ...view, artifacts: withItem(view.artifacts, event.data) };
    case "question.asked":
      return { ...view, status: "waiting", question: event.data };
    case "question.answered":
      return settle(view, event.data.question_id, {
        outcome: event.data.declined ? "declined" : "answered",
        value: event.data.value,
      });
    case "question.expired":
      return settle(view, event.data.question_id, { outcome: "expired", value: event.data.default });
    case "job.completed":
      return {
        ...ended(view, event, "completed"),
        progress: 1,
        result: event.data.result,
        mode: event.data.mode ?? view.mode,
        model: event.data.model ?? view.model,
      };
    case "job.failed":
      return { ...ended(view, event, "failed"), problem: event.data.problem, partial: event.data.partial };
    case "job.cancelled":
      return { ...ended(view, event, "cancelled"), partial: event.data.partial };
  }
}

type FinalEvent = Extract<JobEvent, { type: "job.completed" | "job.failed" | "job.cancelled" }>;

function ended(view: JobView, event: FinalEvent, status: JobStatus): JobView {
  return { ...view, status, question: null, usage: event.data.usage, completedAt: event.time };
}

function settle(view: JobView, question: string, settled: Settled): JobView {
  const known = { ...view, settled: { ...view.settled, [question]: settled } };
  return view.question?.question_id === question ? { ...known, status: "running", question: null } : known;
}

function withStep(steps: readonly Step[], step: Step): readonly Step[] {
  const at = steps.findIndex((known) => known.key === step.key);
  if (at < 0) return [...steps, step];
  // The start of a step is ephemeral and may come behind its end.
  const known = steps[at];
  if (step.status === "started" && known && known.attempt >= step.attempt && known.status !== "started") return steps;
  return steps.with(at, step);
}

function withItem<Item extends { readonly id: string }>(items: readonly Item[], item: Item): readonly Item[] {
  const at = items.findIndex((known) => known.id === item.id);
  return at < 0 ? [...items, item] : items.with(at, item);
}

type Delta = Extract<JobEvent, { type: "message.delta" }>["data"];

function withDelta(messages: readonly Message[], delta: Delta): readonly Message[] {
  const at = messages.findIndex((message) => message.id === delta.message_id);
  const message = messages[at];
  if (message) return messages.with(at, extend(message, delta.offset, delta.delta));
  return [...messages, extend({ id: delta.message_id, text: "", early: {} }, delta.offset, delta.delta)];
}

/** The message with a piece of text at a place that may overlap what is there, or leave a hole that fills later. */
function extend(message: Message, offset: number, piece: string): Message {
  if (offset > message.text.length) return { ...message, early: { ...message.early, [offset]: piece } };
  const text = message.text + piece.slice(message.text.length - offset);
  const fitting = Object.keys(message.early)
    .map(Number)
    .find((early) => early <= text.length);
  if (fitting === undefined) return { ...message, text };
  const { [fitting]: next = "", ...early } = message.early;
  return extend({ ...message, text, early }, fitting, next);
}

function sum(usage: JobUsage, more: JobUsage | null | undefined): JobUsage {
  if (!more) return usage;
  const known = usage.calls === 0 ? more.cost : usage.cost != null && more.cost != null ? usage.cost + more.cost : null;
  return {
    calls: usage.calls + more.calls,
    tokens_in: usage.tokens_in + more.tokens_in,
    tokens_out: usage.tokens_out + more.tokens_out,
    cost: known ?? null,
  };
}
