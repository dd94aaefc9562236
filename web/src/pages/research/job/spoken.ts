import type { JobView } from "@/live/job";

import { STAGES, stageNumber } from "./stages";

/** How a job stands, as a sentence for screen readers: one for each stage, and one for its end. */
export function spoken(job: JobView): string {
  switch (job.status) {
    case "completed":
      return "The answer is there.";
    case "failed":
      return `The research failed: ${job.problem?.title ?? "no reason is known"}.`;
    case "cancelled":
      return "The research was cancelled.";
    case "waiting":
      return "Parley waits for your answer.";
    case "pending":
      return "The question waits for a free worker.";
    case "running": {
      const number = stageNumber(job.stage);
      const stage = STAGES[number - 1];
      return stage ? `Stage ${number} of ${STAGES.length}: ${stage}.` : "The research has begun.";
    }
  }
}
