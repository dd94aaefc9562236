import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CalendarClock, Trash2 } from "lucide-react";
import { useState } from "react";

import { asProblem } from "@/api/problem";
import { formatMoment } from "@/lib/format";
import { Button, Card, Confirm, ErrorNote } from "@/ui";

import { rhythmLabel } from "../ask/WhenFields";
import { DatasetName } from "./PastQuestions";
import { type Schedule, schedulesQuery, useDeleteSchedule } from "./queries";

/** Questions that are asked again and again. Nothing while there are none: the options of a question say how. */
export function Schedules() {
  const pages = useInfiniteQuery(schedulesQuery);
  if (pages.error && !pages.data)
    return <ErrorNote error={asProblem(pages.error)} onRetry={() => void pages.refetch()} />;
  const schedules = pages.data?.pages.flatMap((page) => page.schedules) ?? [];
  if (schedules.length === 0) return null;
  return (
    <Card title="Asked again and again">
      <ul aria-label="Schedules" className="flex flex-col gap-3">
        {schedules.map((schedule) => (
          <ScheduleRow key={schedule.schedule_id} schedule={schedule} />
        ))}
      </ul>
      {pages.hasNextPage && (
        <Button size="sm" busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()} className="mt-3">
          Show older ones
        </Button>
      )}
    </Card>
  );
}

function ScheduleRow({ schedule }: { schedule: Schedule }) {
  const { asked, cron, time_zone, next_at, last_job_id, problem } = schedule;
  return (
    <li className="flex items-start gap-3 text-sm">
      <CalendarClock aria-hidden className="mt-0.5 size-4 shrink-0 text-accent" />
      <div className="min-w-0 flex-1">
        <p className="line-clamp-2 font-medium wrap-anywhere">{asked.question}</p>
        <p className="text-xs text-muted">
          {rhythmLabel(cron) ?? <code>{cron}</code>} ({time_zone})
          <DatasetName dataset={asked.dataset_id} />
        </p>
        <p className="text-xs text-muted">
          {next_at ? `Next on ${formatMoment(next_at)}` : "Will not be asked again"}
          {last_job_id && (
            <>
              {" · "}
              <Link
                from="/research/{-$job}"
                to="/research/{-$job}"
                params={{ job: last_job_id }}
                search={(search) => search}
                className="text-accent underline underline-offset-2"
              >
                last answer
              </Link>
            </>
          )}
        </p>
        {problem && <p className="mt-1 text-xs wrap-anywhere text-danger">{problem.detail || problem.title}</p>}
      </div>
      <DeleteSchedule schedule={schedule} />
    </li>
  );
}

function DeleteSchedule({ schedule }: { schedule: Schedule }) {
  const [isAsking, setIsAsking] = useState(false);
  const remove = useDeleteSchedule();
  return (
    <>
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label={`Stop asking: ${schedule.asked.question}`}
        busy={remove.isPending}
        onClick={() => setIsAsking(true)}
      >
        {!remove.isPending && <Trash2 aria-hidden />}
      </Button>
      <Confirm
        open={isAsking}
        onOpenChange={setIsAsking}
        title="Stop asking this?"
        description={`“${schedule.asked.question}” is not asked any more. Answers that are there stay.`}
        action="Stop asking"
        onConfirm={() => remove.mutate(schedule.schedule_id)}
      />
    </>
  );
}
