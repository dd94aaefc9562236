import { z } from "zod";

import type { Schemas } from "@/api/client";
import type { JobView } from "@/live/job";

type Document = Schemas["Document"];

const ingested = z.object({
  chunks: z.number().nullable().catch(null),
  pages: z.number().nullable().catch(null),
  characters: z.number().nullable().catch(null),
  notes: z.array(z.string()).catch([]),
});

/** The document as the end of its job left it: that is seen here a moment before lists are. */
export function settled(document: Document, job: JobView | undefined): Document {
  const { processing_status: status } = document;
  if (!job || status === "completed" || status === "failed") return document;
  if (job.status === "completed") {
    return { ...document, processing_status: "completed", ...ingested.safeParse(job.result).data };
  }
  if (job.status !== "failed" && job.status !== "cancelled") return document;
  const reason = job.problem?.detail ?? "It was cancelled before it came to its end.";
  return {
    ...document,
    processing_status: "failed",
    processing_error: reason,
    error_code: job.problem?.code ?? "cancelled",
  };
}
