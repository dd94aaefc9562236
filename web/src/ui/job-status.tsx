import type { JobStatus } from "@/api/client";
import { useNow } from "@/lib/clock";
import { formatDuration } from "@/lib/format";
import { hasEnded, type JobView } from "@/live/job";

import { Badge, type Tone } from "./badge";

export const STATUSES: Readonly<Record<JobStatus, { label: string; tone: Tone }>> = {
  pending: { label: "Queued", tone: "neutral" },
  running: { label: "Running", tone: "accent" },
  waiting: { label: "Asks you", tone: "warning" },
  completed: { label: "Done", tone: "success" },
  failed: { label: "Failed", tone: "danger" },
  cancelled: { label: "Cancelled", tone: "neutral" },
};

export function JobStatusBadge({ status }: { status: JobStatus }) {
  const { label, tone } = STATUSES[status];
  return <Badge tone={tone}>{label}</Badge>;
}

/** How long a job has taken, or takes so far: from its start, or from its submission while it waits for a worker. */
export function Elapsed({ job }: { job: JobView }) {
  const ended = hasEnded(job);
  const now = useNow(!ended);
  const from = job.startedAt ?? job.createdAt;
  if (!from) return <>—</>;
  if (ended && job.completedAt) return <>{formatDuration(Date.parse(job.completedAt) - Date.parse(from))}</>;
  return <>{formatDuration(Math.floor((now - Date.parse(from)) / 1000) * 1000)}</>;
}
