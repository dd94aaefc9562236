import { z } from "zod";

/**
 * What comes over the socket, checked before anything else sees it: the gateway's frames (`docs/events.md`) and the
 * words of the socket itself. Members that are not listed are dropped; a frame of an unknown type is not one of ours.
 */

const usage = z.object({
  calls: z.number().default(0),
  tokens_in: z.number().default(0),
  tokens_out: z.number().default(0),
  cost: z.number().nullish(),
});

const problem = z.object({ code: z.string(), title: z.string(), detail: z.string() });
const mode = z.enum(["model", "offline"]).nullish();
const json = z.unknown().optional();

const asked = z.object({
  question_id: z.string(),
  prompt: z.string(),
  schema: z.record(z.string(), json).default({}),
  options: z.array(z.string()).nullish(),
  default: json,
  required: z.boolean().default(false),
  expires_at: z.string(),
});

const step = z.object({
  key: z.string(),
  name: z.string(),
  status: z.enum(["started", "retrying", "completed", "failed"]),
  attempt: z.number().default(1),
  seconds: z.number().nullish(),
  problem: problem.nullish(),
  usage: usage.nullish(),
});

const source = z.object({
  id: z.string(),
  title: z.string(),
  url: z.string().nullish(),
  snippet: z.string().default(""),
});

const artifact = z.object({ id: z.string(), name: z.string(), media_type: z.string(), data: json });

function frame<Type extends string, Data extends z.ZodType>(type: Type, data: Data) {
  return z.object({
    type: z.literal(type),
    job: z.string(),
    epoch: z.number().default(1),
    /** `null` for ephemeral events, which nobody misses. */
    seq: z.number().nullable().default(null),
    time: z.string(),
    data,
  });
}

export const jobEvent = z.discriminatedUnion("type", [
  frame("job.accepted", z.object({ kind: z.string(), run_at: z.string().nullish() })),
  frame("job.started", z.object({ attempt: z.number(), mode, model: z.string().nullish() })),
  frame("job.step", step),
  frame("job.progress", z.object({ fraction: z.number(), stage: z.string() })),
  frame("message.delta", z.object({ message_id: z.string(), delta: z.string(), offset: z.number() })),
  frame("source.added", source),
  frame("artifact.added", artifact),
  frame("question.asked", asked),
  frame(
    "question.answered",
    z.object({ question_id: z.string(), answer_id: z.string(), value: json, declined: z.boolean().default(false) }),
  ),
  frame("question.expired", z.object({ question_id: z.string(), default_used: z.boolean(), default: json })),
  frame("job.completed", z.object({ result: json, usage: usage.prefault({}), mode, model: z.string().nullish() })),
  frame("job.failed", z.object({ problem, partial: json, usage: usage.prefault({}) })),
  frame("job.cancelled", z.object({ partial: json, usage: usage.prefault({}) })),
]);

export type JobEvent = z.infer<typeof jobEvent>;
export type Step = z.infer<typeof step>;
export type Source = z.infer<typeof source>;
export type Artifact = z.infer<typeof artifact>;
export type OpenQuestion = z.infer<typeof asked>;
export type JobUsage = z.infer<typeof usage>;
export type JobProblem = z.infer<typeof problem>;

const signal = z.discriminatedUnion("type", [
  z.object({ type: z.literal("hello"), user: z.string() }),
  z.object({
    type: z.literal("subscribed"),
    job: z.string(),
    epoch: z.number(),
    from: z.number(),
    to: z.number(),
    recovered: z.boolean(),
  }),
  z.object({ type: z.literal("unsubscribed"), job: z.string() }),
  z.object({ type: z.literal("gap"), job: z.string(), from: z.number(), to: z.number() }),
  z.object({ type: z.literal("reconnect"), after_ms: z.number() }),
  z.object({ type: z.literal("error"), code: z.string(), detail: z.string().default(""), request: json }),
]);

export type Signal = z.infer<typeof signal>;
export type Frame = JobEvent | Signal;

const anyFrame = z.union([jobEvent, signal]);

/** The frame in a text; `undefined` for what is none of ours, such as an event of a later version. */
export function readFrame(text: string): Frame | undefined {
  try {
    return anyFrame.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

const FINAL: ReadonlySet<string> = new Set(["job.completed", "job.failed", "job.cancelled"]);

export const isJobEvent = (frame: Frame): frame is JobEvent => frame.type.includes(".");
export const isFinal = (event: JobEvent): boolean => FINAL.has(event.type);
