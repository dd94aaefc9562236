import { z } from "zod";

import type { OpenQuestion } from "@/live/events";

/** One part of the question while its owner edits it; `id` tells parts with the same words apart. */
export interface Part {
  readonly id: number;
  readonly text: string;
}

export interface Limits {
  readonly most: number;
  readonly longest: number;
}

const planQuestion = z.object({
  schema: z.object({
    type: z.literal("array"),
    items: z.object({ type: z.literal("string"), maxLength: z.number().default(4000) }),
    maxItems: z.number().default(8),
  }),
  default: z.array(z.string()).catch([]),
});

/** The plan a job asks about; `undefined` for any other question. */
export function readPlan(
  question: OpenQuestion | null | undefined,
): { parts: readonly Part[]; limits: Limits } | undefined {
  const read = planQuestion.safeParse(question).data;
  if (!read) return undefined;
  return {
    parts: read.default.map((text, id) => ({ id, text })),
    limits: { most: read.schema.maxItems, longest: read.schema.items.maxLength },
  };
}

export type Edit =
  | { type: "add" }
  | { type: "reword"; id: number; text: string }
  | { type: "remove"; id: number }
  | { type: "move"; id: number; by: -1 | 1 };

export function edited(parts: readonly Part[], edit: Edit): readonly Part[] {
  switch (edit.type) {
    case "add":
      return [...parts, { id: Math.max(-1, ...parts.map((part) => part.id)) + 1, text: "" }];
    case "reword":
      return parts.map((part) => (part.id === edit.id ? { ...part, text: edit.text } : part));
    case "remove":
      return parts.filter((part) => part.id !== edit.id);
    case "move":
      return moved(parts, edit);
  }
}

function moved(parts: readonly Part[], { id, by }: { id: number; by: -1 | 1 }): readonly Part[] {
  const from = parts.findIndex((part) => part.id === id);
  const part = parts[from];
  const to = from + by;
  if (!part || to < 0 || to >= parts.length) return parts;
  return parts.toSpliced(from, 1).toSpliced(to, 0, part);
}

/** The plan to go on with: parts without words are no parts. */
export const answerOf = (parts: readonly Part[]): readonly string[] =>
  parts.map((part) => part.text.trim()).filter((text) => text !== "");
