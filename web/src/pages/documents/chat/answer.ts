import { z } from "zod";

import type { JobView } from "@/live/job";

/** What a chat job gives, read leniently: whatever a later version adds or leaves out must not hide the answer. */
const source = z.object({
  n: z.number(),
  type: z.enum(["document", "chat_history"]).catch("document"),
  document_id: z.string().nullish(),
  conversation_id: z.string().nullish(),
  version: z.number().nullish(),
  filename: z.string().catch(""),
  page: z.number().nullish(),
  start: z.number().nullish(),
  end: z.number().nullish(),
  quote: z.string().catch(""),
});

const side = z.object({
  quota: z.number(),
  tokens: z.number(),
  share: z.number(),
  best: z.number().nullish(),
  gate: z.number(),
  found: z.number().catch(0),
  kept: z.number().catch(0),
});

const retrieved = z.object({
  id: z.string(),
  type: z.enum(["document", "chat_history"]).catch("document"),
  title: z.string().catch(""),
  tokens: z.number(),
  similarity: z.number().nullish(),
  fate: z.string(),
});

const ledger = z.object({
  queries: z.array(z.string()).catch([]),
  window: z.number().catch(0),
  summary: z.number().catch(0),
  budget: z.number().catch(0),
  documents: side,
  chat: side,
  passages: z.array(retrieved).catch([]),
});

const answered = z.object({
  answer: z.string(),
  found: z.boolean().catch(true),
  sources: z.array(source).catch([]),
  mode: z.enum(["model", "offline"]).nullable().catch(null),
  model: z.string().nullish(),
  ledger: ledger.nullable().catch(null),
  notes: z.array(z.string()).catch([]),
  left_out: z.array(z.string()).catch([]),
  uncited: z.number().catch(0),
  dropped_markers: z.number().catch(0),
});

export type Source = z.infer<typeof source>;
export type Ledger = z.infer<typeof ledger>;
export type Side = z.infer<typeof side>;
export type Answered = z.infer<typeof answered>;

/** The result of a chat job; `undefined` of one that has none. */
export const readAnswered = (result: unknown): Answered | undefined => answered.safeParse(result).data;

const partial = z.object({ text: z.string() });

/** An answer as it is shown, whole or as far as it has come. */
export interface Answer {
  readonly status: "writing" | "complete" | "stopped" | "failed";
  readonly text: string;
  readonly sources: readonly Source[];
  /** False where nothing relevant was found. */
  readonly found: boolean;
  readonly offline: boolean;
  readonly problem: { title: string; detail: string } | null;
}

/** The answer of a job that is followed. What streams is its latest message: a corrected answer is a new one. */
export function answerOf(job: JobView): Answer {
  const written = job.messages.at(-1)?.text ?? "";
  const kept = partial.safeParse(job.partial).data?.text ?? "";
  const known = { sources: [], found: true, offline: job.mode === "offline", problem: null };
  if (job.status === "cancelled") return { ...known, status: "stopped", text: kept || written };
  if (job.status === "failed") return { ...known, status: "failed", text: kept, problem: job.problem };
  if (job.status !== "completed") return { ...known, status: "writing", text: written };
  const result = readAnswered(job.result);
  if (!result) return { ...known, status: "complete", text: written };
  const { answer, sources, found, mode } = result;
  return { ...known, status: "complete", text: answer, sources, found, offline: mode === "offline" };
}
