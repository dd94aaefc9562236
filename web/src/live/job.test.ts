import { describe, expect, test } from "vitest";

import type { JobSnapshot } from "@/api/client";

import { jobEvent, type JobEvent } from "./events";
import { apply, hasEnded, type JobView, settledPart, skip, unknownJob, withSnapshot } from "./job";

const JOB = "0199a7f0-0000-7000-8000-000000000001";
const QUESTION = "0199a7f0-0000-7000-8000-00000000000a";

/** An event as the socket brings it; without a `seq` it is ephemeral. */
function event(type: JobEvent["type"], seq: number | null, data: object, epoch = 1): JobEvent {
  return jobEvent.parse({
    type,
    job: JOB,
    epoch,
    seq,
    time: `2026-01-01T00:00:${String(seq ?? 0).padStart(2, "0")}Z`,
    data,
  });
}

const delta = (offset: number, text: string, message_id = "m1") =>
  event("message.delta", null, { message_id, offset, delta: text });

const LOG: readonly JobEvent[] = [
  event("job.accepted", 1, { kind: "enhance" }),
  event("job.started", 2, { attempt: 1, mode: "offline" }),
  event("job.step", 3, {
    key: "1",
    name: "find gaps",
    status: "completed",
    usage: { calls: 1, tokens_in: 10, tokens_out: 5, cost: 0.25 },
  }),
  event("question.asked", 4, { question_id: QUESTION, prompt: "For whom?", expires_at: "2026-01-02T00:00:00Z" }),
  event("question.answered", 5, { question_id: QUESTION, answer_id: "a", value: "children" }),
  event("job.started", 6, { attempt: 2 }),
  event("source.added", 7, { id: "s1", title: "A page" }),
  event("artifact.added", 8, { id: "plan", name: "plan.json", media_type: "application/json", data: { steps: 2 } }),
  event("job.progress", 9, { fraction: 0.5, stage: "Writing" }),
  event("job.completed", 10, {
    result: { text: "done" },
    usage: { calls: 2, tokens_in: 20, tokens_out: 9, cost: 0.5 },
  }),
];

const after = (events: readonly JobEvent[], from: JobView = unknownJob(JOB)) => events.reduce(apply, from);

/** Always the same shuffles: each seed another one. */
function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  let state = seed;
  const random = () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  return items
    .map((item) => ({ item, at: random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}

describe("a whole log", () => {
  test("tells everything about the job", () => {
    const view = after(LOG);
    expect(view).toMatchObject({
      kind: "enhance",
      status: "completed",
      mode: "offline",
      attempt: 2,
      progress: 1,
      stage: "Writing",
      question: null,
      settled: { [QUESTION]: { outcome: "answered", value: "children" } },
      result: { text: "done" },
      usage: { calls: 2, cost: 0.5 },
      createdAt: "2026-01-01T00:00:01Z",
      startedAt: "2026-01-01T00:00:02Z",
      completedAt: "2026-01-01T00:00:10Z",
      incomplete: false,
      early: [],
      seq: 10,
    });
    expect(view.steps.map((step) => step.name)).toEqual(["find gaps"]);
    expect(view.sources.map((source) => source.id)).toEqual(["s1"]);
    expect(view.artifacts.map((artifact) => artifact.data)).toEqual([{ steps: 2 }]);
    expect(hasEnded(view)).toBe(true);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])("in any order gives the same view (shuffle %i)", (seed) => {
    expect(after(shuffled(LOG, seed))).toEqual(after(LOG));
  });

  test.each([1, 2, 3, 4])("with every event twice, in any order, gives the same view (shuffle %i)", (seed) => {
    expect(after(shuffled([...LOG, ...LOG], seed))).toEqual(after(LOG));
  });

  test.each(LOG.map((_, at) => at))("cut after event %i and sent again from the start gives the same view", (at) => {
    expect(after(LOG, after(LOG.slice(0, at)))).toEqual(after(LOG));
  });
});

describe("an event", () => {
  test("that was seen before leaves the very same view", () => {
    const view = after(LOG);
    expect(apply(view, LOG[3]!)).toBe(view);
  });

  test("behind a missing one waits for it", () => {
    const view = after([LOG[0]!, LOG[2]!, LOG[3]!]);
    expect(view).toMatchObject({ seq: 1, status: "pending", question: null, steps: [] });
    expect(apply(view, LOG[1]!)).toMatchObject({ seq: 4, status: "waiting", early: [] });
  });

  test("that waits twice is applied once", () => {
    const view = after([LOG[0]!, LOG[2]!, LOG[2]!, LOG[1]!]);
    expect(view.usage.calls).toBe(1);
  });

  test("of another job changes nothing", () => {
    const view = after(LOG.slice(0, 2));
    expect(apply(view, { ...LOG[2]!, job: QUESTION })).toBe(view);
  });

  test("of an older log changes nothing, of a newer one begins anew", () => {
    const second = event("job.accepted", 1, { kind: "enhance" }, 2);
    const view = apply(after(LOG), second);
    expect(view).toMatchObject({ epoch: 2, seq: 1, status: "pending", steps: [], result: undefined });
    expect(apply(view, LOG[1]!)).toBe(view);
  });
});

describe("events that could not be had", () => {
  test("are passed over, and the view says that it is incomplete", () => {
    const view = skip(after([LOG[0]!, LOG[6]!, LOG[7]!]), 6);
    expect(view).toMatchObject({ seq: 8, incomplete: true, early: [] });
    expect(view.sources).toHaveLength(1);
  });

  test("do not matter once they were seen", () => {
    const view = after(LOG);
    expect(skip(view, 4)).toBe(view);
  });
});

describe("a question", () => {
  const asked = after(LOG.slice(0, 4));

  test("waits until it is answered", () => {
    expect(asked).toMatchObject({ status: "waiting", question: { question_id: QUESTION, prompt: "For whom?" } });
  });

  test("that was declined is settled without a value", () => {
    const declined = event("question.answered", 5, { question_id: QUESTION, answer_id: "a", declined: true });
    expect(apply(asked, declined)).toMatchObject({
      status: "running",
      question: null,
      settled: { [QUESTION]: { outcome: "declined" } },
    });
  });

  test("that expired is settled with its default", () => {
    const expired = event("question.expired", 5, { question_id: QUESTION, default_used: true, default: "everyone" });
    expect(apply(asked, expired)).toMatchObject({
      question: null,
      settled: { [QUESTION]: { outcome: "expired", value: "everyone" } },
    });
  });

  test("ends with its job", () => {
    expect(apply(asked, event("job.cancelled", 5, { partial: "so far" }))).toMatchObject({
      status: "cancelled",
      question: null,
      partial: "so far",
    });
  });
});

describe("streamed text", () => {
  const pieces = [delta(0, "Once "), delta(5, "upon "), delta(10, "a "), delta(12, "time.")];
  const textOf = (view: JobView) => view.messages.map((message) => message.text);

  test.each([1, 2, 3, 4, 5])("comes together from pieces in any order (shuffle %i)", (seed) => {
    expect(textOf(after(shuffled([...pieces, ...pieces], seed)))).toEqual(["Once upon a time."]);
  });

  test("shows nothing behind a hole", () => {
    expect(textOf(after([delta(0, "Once "), delta(10, "a ")]))).toEqual(["Once "]);
  });

  test("goes on when all of it is sent again in one piece", () => {
    expect(textOf(after([delta(0, "Once "), delta(0, "Once upon a "), delta(12, "time.")]))).toEqual([
      "Once upon a time.",
    ]);
  });

  test("of a new attempt is a new message", () => {
    expect(textOf(after([...pieces, delta(0, "Again.", "m2")]))).toEqual(["Once upon a time.", "Again."]);
  });

  test("that comes behind the end of the job changes nothing", () => {
    const view = after(LOG);
    expect(apply(view, delta(0, "late"))).toBe(view);
  });
});

describe("a step", () => {
  const started = event("job.step", null, { key: "1", name: "search", status: "started" });
  const completed = event("job.step", 1, { key: "1", name: "search", status: "completed", seconds: 2 });

  test("is one entry from start to end", () => {
    expect(after([started, completed]).steps).toEqual([completed.data]);
  });

  test("whose start comes behind its end stays ended", () => {
    expect(after([completed, started]).steps).toEqual([completed.data]);
  });

  test("without a known price makes the cost of the job unknown", () => {
    const usage = { calls: 1, tokens_in: 1, tokens_out: 1, cost: null };
    const view = after([event("job.step", 1, { key: "1", name: "ask", status: "completed", usage })], unknownJob(JOB));
    expect(view.usage).toEqual(usage);
  });
});

describe("a snapshot", () => {
  const snapshot: JobSnapshot = {
    id: JOB,
    kind: "enhance",
    status: "completed",
    progress: 1,
    input: { lazy_prompt: "a poem" },
    result: { text: "done" },
    usage: { calls: 2, tokens_in: 20, tokens_out: 9, cost: 0.5 },
    epoch: 1,
    seq: 10,
    created_at: "2026-01-01T00:00:01Z",
    attempts: 2,
  };

  test("that is ahead of the events is what is shown", () => {
    const shown = withSnapshot(after(LOG.slice(0, 3)), snapshot);
    expect(shown).toMatchObject({ status: "completed", result: { text: "done" }, input: { lazy_prompt: "a poem" } });
    expect(shown.steps).toHaveLength(1);
  });

  test("that the events have overtaken adds only what they do not tell", () => {
    const shown = withSnapshot(after(LOG), { ...snapshot, status: "running", seq: 6, result: null });
    expect(shown).toMatchObject({ status: "completed", result: { text: "done" }, input: { lazy_prompt: "a poem" } });
  });
});

test("what is kept over a reload goes on where it was", () => {
  const before = after([...LOG.slice(0, 4), delta(0, "Once "), LOG[6]!]);
  const kept = settledPart(before);
  expect(kept).toMatchObject({ seq: 4, early: [], messages: [] });
  expect(after(LOG.slice(4), kept)).toEqual(after(LOG));
});
