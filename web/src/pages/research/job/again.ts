import type { Schemas } from "@/api/client";

import type { Work } from "../result/result";

/** The same question of the same table, the same way. */
export function again(work: Work): Schemas["ResearchRequest"] {
  return { ...followUp(work, work.question), review_plan: work.review_plan };
}

/** Another question of the same table. Its plan is not asked about: one click is to be enough. */
export function followUp(work: Work, question: string): Schemas["ResearchRequest"] {
  return {
    dataset_id: work.dataset,
    question,
    verbose: work.verbose ? 1 : 0,
    review_plan: false,
    priority: "interactive",
  };
}
