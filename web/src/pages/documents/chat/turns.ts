import type { Schemas } from "@/api/client";

import type { Answer } from "./answer";

type Said = Schemas["SaidMessage"];

/** One question, and its answer if that was complete when the conversation was read; if not, its job is followed. */
export interface Turn {
  readonly job: string;
  readonly question: string;
  readonly askedAt: string;
  readonly answer: Answer | null;
}

/** The turns of a conversation, oldest first, from its pages, newest first. */
export function turnsOf(pages: readonly { readonly messages: readonly Said[] }[]): readonly Turn[] {
  const turns = new Map<string, Turn>();
  for (const message of pages.toReversed().flatMap((page) => page.messages)) {
    const { job_id: job } = message;
    const known = turns.get(job) ?? { job, question: "", askedAt: message.created_at, answer: null };
    turns.set(
      job,
      message.role === "user" ? { ...known, question: message.content } : { ...known, answer: said(message) },
    );
  }
  return [...turns.values()];
}

const ENDS = { completed: "complete", cancelled: "stopped", failed: "failed" } as const;

function said(message: Said): Answer | null {
  const { status, content, sources, found, mode, error } = message;
  if (status !== "completed" && status !== "cancelled" && status !== "failed") return null;
  return {
    status: ENDS[status],
    text: content,
    sources: sources ?? [],
    found: found ?? true,
    offline: mode === "offline",
    problem: error ?? null,
  };
}
