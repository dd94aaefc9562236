import { describe, expect, it } from "vitest";

import { apply, unknownJob } from "@/live/job";
import type { JobEvent } from "@/live/events";

import { answerOf } from "./answer";
import { turnsOf } from "./turns";

const TIME = "2026-01-01T00:00:00Z";

function said(job: string, status: "completed" | "running" | "cancelled", answer?: string) {
  const known = { job_id: job, status, created_at: TIME };
  const question = { ...known, role: "user" as const, content: `${job}?` };
  return answer === undefined ? [question] : [question, { ...known, role: "assistant" as const, content: answer }];
}

const event = (type: string, seq: number | null, data: unknown) =>
  ({ type, job: "j", epoch: 1, seq, time: TIME, data }) as JobEvent;

describe("a conversation", () => {
  it("is in order across pages, and a turn that two pages hold is there once", () => {
    const newest = { messages: [...said("b", "completed", "B"), ...said("c", "running")] };
    const oldest = { messages: [...said("a", "completed", "A"), ...said("b", "completed", "B")] };
    const turns = turnsOf([newest, oldest]);
    expect(turns.map(({ question, answer }) => [question, answer?.text])).toEqual([
      ["a?", "A"],
      ["b?", "B"],
      ["c?", undefined],
    ]);
  });

  it("leaves an answer that is not complete to its job, however much of it is known", () => {
    expect(turnsOf([{ messages: said("a", "running", "Half of") }])[0]?.answer).toBeNull();
    expect(turnsOf([{ messages: said("a", "cancelled", "Half of") }])[0]?.answer).toMatchObject({
      status: "stopped",
      text: "Half of",
    });
  });
});

describe("an answer that is followed", () => {
  const started = apply(unknownJob("j"), event("job.started", 1, { attempt: 1, mode: "model" }));
  const writing = apply(started, event("message.delta", null, { message_id: "m", delta: "It doubled.", offset: 0 }));

  it("shows what was written last, and what was made of it in the end", () => {
    const again = apply(writing, event("message.delta", null, { message_id: "n", delta: "Revenue", offset: 0 }));
    expect(answerOf(again)).toMatchObject({ status: "writing", text: "Revenue" });
    const result = { answer: "Revenue was $5M [1].", found: true, sources: [{ n: 1, quote: "Revenue was $5M." }] };
    const done = answerOf(apply(again, event("job.completed", 2, { result, usage: {} })));
    expect(done).toMatchObject({ status: "complete", text: "Revenue was $5M [1].", sources: [{ n: 1 }] });
  });

  it("keeps what there was of it when it is stopped", () => {
    const partial = { text: "It doubled." };
    const stopped = answerOf(apply(writing, event("job.cancelled", 2, { partial, usage: {} })));
    expect(stopped).toMatchObject({ status: "stopped", text: "It doubled." });
  });
});
