import { useNavigate } from "@tanstack/react-router";
import { CircleStop, Download, RotateCw } from "lucide-react";
import { toast } from "sonner";

import type { Schemas } from "@/api/client";
import { asProblem } from "@/api/problem";
import { useCancel } from "@/live/hooks";
import { hasEnded, type JobView } from "@/live/job";
import { Button, Menu, MenuItem } from "@/ui";

import { useAsk } from "../ask/submit";
import { useDownload } from "../files/DownloadButton";
import type { Work } from "../result/result";
import { again } from "./again";

/** What can be done with a job: stop it while it runs, keep its result or ask again once it has ended. */
export function JobActions({ job, work }: { job: JobView; work: Work }) {
  if (!hasEnded(job)) return <CancelButton job={job.id} />;
  return (
    <>
      <AgainButton work={work} />
      {job.status === "completed" && <ExportMenu job={job.id} />}
    </>
  );
}

function CancelButton({ job }: { job: string }) {
  const cancel = useCancel();
  const stop = () =>
    cancel.mutate(job, {
      onError: (error) => void toast.error("Not cancelled", { description: asProblem(error).detail }),
    });
  return (
    <Button busy={cancel.isPending} onClick={stop}>
      {!cancel.isPending && <CircleStop aria-hidden />}
      Cancel
    </Button>
  );
}

function AgainButton({ work }: { work: Work }) {
  const navigate = useNavigate();
  const ask = useAsk();
  const repeat = () =>
    ask.mutate(again(work), {
      onSuccess: (job) =>
        void navigate({ to: "/research/{-$job}", params: { job }, search: { dataset: work.dataset } }),
      onError: (error) => {
        const { title, detail } = asProblem(error);
        toast.error(title, { description: detail });
      },
    });
  return (
    <Button busy={ask.isPending} onClick={repeat}>
      {!ask.isPending && <RotateCw aria-hidden />}
      Ask again
    </Button>
  );
}

const FORMATS: readonly { format: Schemas["Format"]; label: string }[] = [
  { format: "md", label: "Markdown" },
  { format: "html", label: "Web page" },
  { format: "pdf", label: "PDF" },
  { format: "xlsx", label: "Excel workbook" },
  { format: "ipynb", label: "Jupyter notebook" },
  { format: "json", label: "JSON" },
];

function ExportMenu({ job }: { job: string }) {
  const fetching = useDownload();
  return (
    <Menu
      trigger={
        <Button variant="primary" busy={fetching.isPending}>
          {!fetching.isPending && <Download aria-hidden />}
          Export
        </Button>
      }
    >
      {FORMATS.map(({ format, label }) => (
        <MenuItem
          key={format}
          onSelect={() =>
            fetching.mutate({
              path: "/deep-research/jobs/{job}/export",
              id: job,
              format,
              fallback: `research.${format}`,
            })
          }
        >
          {label}
          <span className="ml-auto pl-4 text-xs text-muted">.{format}</span>
        </MenuItem>
      ))}
    </Menu>
  );
}
