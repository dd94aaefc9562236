import { useState } from "react";

import { hasEnded, type JobView } from "@/live/job";

import { Evidence } from "../result/Evidence";
import { Queries } from "../result/Queries";
import type { Detail } from "../result/result";

/** What has been found so far, or was until the job ended before its time. */
export function Found({ job, details }: { job: JobView; details: readonly Detail[] }) {
  const [query, setQuery] = useState<string | null>(null);
  if (details.length === 0) {
    if (!hasEnded(job) || job.problem) return null;
    return <p className="text-sm text-muted">It was cancelled before any query had run, so nothing was found.</p>;
  }
  return (
    <>
      <Queries
        details={details}
        onOpen={setQuery}
        title={hasEnded(job) ? "What was found until then" : "Found so far"}
        description={
          hasEnded(job)
            ? "The job ended before it could say what this means, but these results are whole."
            : "Results show here as their queries end; what they mean is said at the end."
        }
      />
      <Evidence trace={query === null ? null : { query }} details={details} onClose={() => setQuery(null)} />
    </>
  );
}
