import { z } from "zod";

/** What research found, as its events and its result say it. What does not fit is shown as it is, never guessed. */

const cell = z.unknown();

const citation = z.object({ query_id: z.string(), row: z.number().int().nonnegative(), column: z.string() });

const statement = z.object({
  text: z.string(),
  numbers: z.array(z.object({ start: z.number(), end: z.number(), value: z.number(), citation })).default([]),
});

const detail = z.object({
  query_id: z.string(),
  question: z.string(),
  kind: z.string(),
  sql: z.string(),
  columns: z.array(z.string()).default([]),
  rows: z.array(z.array(cell)).default([]),
  row_count: z.number().default(0),
  chart: z.record(z.string(), z.unknown()).nullish(),
  error: z.string().nullish(),
});

const researched = z.object({
  direct_answer: z.string(),
  supporting_details: z.array(detail).default([]),
  follow_up_questions: z.array(z.string()).default([]),
  verbose_analysis: z.string().nullish(),
  answered: z.boolean(),
  answer: statement,
  findings: z.array(statement).default([]),
  plan: z.array(z.object({ id: z.string(), text: z.string(), kind: z.string().nullish() })).default([]),
  dropped: z.number().default(0),
  notes: z.array(z.string()).default([]),
  cached: z.boolean().default(false),
});

const partial = z.object({ supporting_details: z.array(detail) });

const work = z.object({
  dataset: z.string(),
  name: z.string().default(""),
  question: z.string(),
  verbose: z.boolean().default(false),
  review_plan: z.boolean().default(false),
});

export type Citation = z.infer<typeof citation>;
export type Statement = z.infer<typeof statement>;
export type Detail = z.infer<typeof detail>;
export type Researched = z.infer<typeof researched>;
/** The question as it was handed in. */
export type Work = z.infer<typeof work>;

export const readResearched = (result: unknown): Researched | undefined => researched.safeParse(result).data;
export const readWork = (input: unknown): Work | undefined => work.safeParse(input).data;

/** The queries that had been run when a job was cancelled or failed. */
export const readPartial = (found: unknown): readonly Detail[] =>
  partial.safeParse(found).data?.supporting_details ?? [];

const QUERY = "application/vnd.parley.query+json";

/** The queries that have been run so far, each as it was last heard of. */
export function queriesIn(artifacts: readonly { readonly media_type: string; readonly data?: unknown }[]): Detail[] {
  return artifacts.flatMap((artifact) => {
    const read = artifact.media_type === QUERY ? detail.safeParse(artifact.data).data : undefined;
    return read ? [read] : [];
  });
}
