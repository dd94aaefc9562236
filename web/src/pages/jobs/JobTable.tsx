import { Link } from "@tanstack/react-router";

import { jobLink, kindLabel } from "@/app/sections";
import { useNow } from "@/lib/clock";
import { formatAge, formatCost, formatMoment } from "@/lib/format";
import { hasEnded, type JobView } from "@/live/job";
import { Elapsed, JobStatusBadge, Progress, Table, Td, Th } from "@/ui";

import { aboutJob } from "./about";
import { JobActions } from "./JobActions";

/** A table where there is room for one, and a list of cards where there is not. */
export function JobTable({ jobs }: { jobs: readonly JobView[] }) {
  return (
    <>
      <div className="rounded-2xl border border-line bg-raised shadow-raised max-md:hidden">
        <Table label="Jobs">
          <thead>
            <tr>
              <Th className="pl-5">Job</Th>
              <Th>Status</Th>
              <Th className="w-44">Progress</Th>
              <Th className="text-right">Time</Th>
              <Th className="text-right">Cost</Th>
              <Th className="pr-5">
                <span className="sr-only">Actions</span>
              </Th>
            </tr>
          </thead>
          <tbody className="[&>tr:last-child>td]:border-b-0">
            {jobs.map((job) => (
              <JobRow key={job.id} job={job} />
            ))}
          </tbody>
        </Table>
      </div>
      <ul aria-label="Jobs" className="flex flex-col gap-3 md:hidden">
        {jobs.map((job) => (
          <JobCard key={job.id} job={job} />
        ))}
      </ul>
    </>
  );
}

function JobRow({ job }: { job: JobView }) {
  return (
    <tr>
      <Td className="max-w-md pl-5">
        <JobName job={job} />
      </Td>
      <Td>
        <JobStatusBadge status={job.status} />
      </Td>
      <Td>
        <JobProgress job={job} />
      </Td>
      <Td className="text-right whitespace-nowrap tabular-nums">
        <Elapsed job={job} />
      </Td>
      <Td className="text-right tabular-nums">{formatCost(job.usage.cost)}</Td>
      <Td className="w-0 pr-5">
        <JobActions job={job} />
      </Td>
    </tr>
  );
}

function JobCard({ job }: { job: JobView }) {
  return (
    <li className="flex flex-col gap-3 rounded-2xl border border-line bg-raised p-4 shadow-raised">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <JobName job={job} />
        </div>
        <JobStatusBadge status={job.status} />
      </div>
      <JobProgress job={job} />
      <div className="flex items-center justify-between gap-3 text-sm text-muted tabular-nums">
        <span>
          <Elapsed job={job} /> · {formatCost(job.usage.cost)}
        </span>
        <JobActions job={job} />
      </div>
    </li>
  );
}

function JobName({ job }: { job: JobView }) {
  const now = useNow();
  const about = aboutJob(job);
  return (
    <>
      <Link
        {...jobLink(job)}
        className="font-medium wrap-anywhere hover:text-accent max-md:line-clamp-2 md:block md:truncate"
      >
        {about || kindLabel(job.kind)}
      </Link>
      <span className="block truncate text-xs text-muted">
        {about && `${kindLabel(job.kind)} · `}
        {job.createdAt && (
          <time dateTime={job.createdAt} title={formatMoment(job.createdAt)}>
            {formatAge(job.createdAt, now)}
          </time>
        )}
      </span>
    </>
  );
}

function JobProgress({ job }: { job: JobView }) {
  if (hasEnded(job)) return <span className="text-xs text-muted">{job.problem?.title ?? ""}</span>;
  return (
    <>
      <Progress label="Progress" value={job.status === "pending" ? 0 : job.progress} />
      <span className="mt-1 block truncate text-xs text-muted">{job.stage ?? "Waiting for a free worker"}</span>
    </>
  );
}
