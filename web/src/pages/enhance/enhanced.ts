import { z } from "zod";

/** What the enhancer takes and gives, as far as the page shows it. */

const input = z.object({
  task: z.string().default(""),
  lazy_prompt: z.string(),
  use_web_search: z.boolean().default(false),
});

const enhanced = z.object({
  result: z.string(),
  changed: z.boolean().default(true),
  summary: z.string().default(""),
  rationale: z
    .array(z.object({ element: z.string(), start: z.number(), end: z.number(), reason: z.string() }))
    .default([]),
  diff: z.array(z.object({ op: z.enum(["equal", "insert", "delete"]), text: z.string() })).default([]),
  checklist: z.array(z.object({ element: z.string(), before: z.boolean(), after: z.boolean() })).default([]),
  question: z
    .object({
      question: z.string(),
      answer: z.string().nullish(),
      outcome: z.enum(["answered", "declined", "defaulted"]),
    })
    .nullish(),
  sources: z
    .array(z.object({ id: z.string(), title: z.string(), url: z.string().nullish(), snippet: z.string().default("") }))
    .default([]),
  lost: z.array(z.string()).default([]),
  notes: z.array(z.string()).default([]),
  mode: z.enum(["model", "offline"]),
  model: z.string().nullish(),
});

export type EnhanceInput = z.infer<typeof input>;
export type Enhanced = z.infer<typeof enhanced>;
export type Rationale = Enhanced["rationale"][number];

export const readInput = (value: unknown): EnhanceInput | undefined => input.safeParse(value).data;
export const readEnhanced = (value: unknown): Enhanced | undefined => enhanced.safeParse(value).data;

export interface Span {
  text: string;
  /** Which reason the span is there for; none for what lies between. */
  reason: number | null;
}

/**
 * The prompt cut where reasons begin and end, in order and without a gap. Offsets count code points, which is what the
 * enhancer counts; a reason that overlaps one before it keeps what is left of its span.
 */
export function spansOf(prompt: string, rationale: readonly Rationale[]): Span[] {
  const points = Array.from(prompt);
  const ordered = rationale.map((reason, number) => ({ ...reason, number })).sort((a, b) => a.start - b.start);
  const spans: Span[] = [];
  let at = 0;
  const cut = (end: number, reason: number | null) => {
    if (end <= at) return;
    spans.push({ text: points.slice(at, end).join(""), reason });
    at = end;
  };
  for (const { start, end, number } of ordered) {
    cut(Math.min(start, points.length), null);
    cut(Math.min(end, points.length), number);
  }
  cut(points.length, null);
  return spans;
}
