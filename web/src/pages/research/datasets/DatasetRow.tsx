import { useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useEffect, useState } from "react";

import { cn } from "@/lib/cn";
import { formatBytes, formatNumber } from "@/lib/format";
import { useJob } from "@/live/hooks";
import { hasEnded } from "@/live/job";
import { Badge, Button, Confirm, Progress } from "@/ui";

import { type Dataset, DATASETS, isLoading, useDeleteDataset } from "./queries";

interface DatasetRowProps {
  dataset: Dataset;
  chosen: boolean;
  onChoose: () => void;
  onDeleted: () => void;
}

export function DatasetRow({ dataset, chosen, onChoose, onDeleted }: DatasetRowProps) {
  return (
    <li
      className={cn(
        "relative flex items-start gap-2 rounded-xl border border-line p-3 transition-colors hover:border-line-strong",
        chosen && "border-accent bg-accent-soft hover:border-accent",
      )}
    >
      <div className="min-w-0 flex-1">
        <button
          type="button"
          aria-pressed={chosen}
          onClick={onChoose}
          className="max-w-full truncate text-left text-sm font-medium after:absolute after:inset-0 after:rounded-xl"
        >
          {dataset.name}
        </button>
        <About dataset={dataset} />
      </div>
      <DeleteButton dataset={dataset} onDeleted={onDeleted} />
    </li>
  );
}

function About({ dataset }: { dataset: Dataset }) {
  if (isLoading(dataset)) return <Loading dataset={dataset} />;
  if (dataset.status === "failed") {
    return (
      <div className="mt-1 text-xs">
        <Badge tone="danger">{dataset.error?.title ?? "Not readable"}</Badge>
        {dataset.error && !repeats(dataset.error) && (
          <p className="mt-1 wrap-anywhere text-muted">{dataset.error.detail}</p>
        )}
      </div>
    );
  }
  return (
    <p className="text-xs text-muted tabular-nums">
      {dataset.rows == null ? "" : `${formatNumber(dataset.rows)} ${dataset.rows === 1 ? "row" : "rows"}`}
      {dataset.size == null ? "" : ` · ${formatBytes(dataset.size)}`}
    </p>
  );
}

/** Whether the detail of a problem says nothing but its title. */
const repeats = ({ title, detail }: { title: string; detail: string }): boolean => detail.replace(/\.$/, "") === title;

const LOOK_EVERY = 1000;

/** Followed live; the list is asked again once the table is there, or never will be. */
function Loading({ dataset }: { dataset: Dataset }) {
  const queries = useQueryClient();
  const { job } = useJob(dataset.job_id);
  const ended = job !== undefined && hasEnded(job);
  useEffect(() => {
    if (!ended) return;
    const look = () => void queries.invalidateQueries({ queryKey: DATASETS });
    look();
    // An event may be here before what it says is stored: look again until the list agrees and this is gone.
    const timer = setInterval(look, LOOK_EVERY);
    return () => clearInterval(timer);
  }, [ended, queries]);
  return (
    <>
      <p className="text-xs text-muted">{job?.stage ?? "Being read"}</p>
      <Progress
        label={`Reading ${dataset.name}`}
        value={job && job.progress > 0 ? job.progress : undefined}
        className="mt-2"
      />
    </>
  );
}

function DeleteButton({ dataset, onDeleted }: { dataset: Dataset; onDeleted: () => void }) {
  const [isAsking, setIsAsking] = useState(false);
  const remove = useDeleteDataset();
  return (
    <>
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label={`Delete ${dataset.name}`}
        busy={remove.isPending}
        onClick={() => setIsAsking(true)}
        className="relative"
      >
        {!remove.isPending && <Trash2 aria-hidden />}
      </Button>
      <Confirm
        open={isAsking}
        onOpenChange={setIsAsking}
        title={`Delete ${dataset.name}?`}
        description="The table and its files go for good. What research found in it stays with its answers."
        action="Delete"
        onConfirm={() => remove.mutate(dataset.dataset_id, { onSuccess: onDeleted })}
      />
      {remove.error && (
        <span role="alert" className="text-xs text-danger">
          It could not be deleted.
        </span>
      )}
    </>
  );
}
