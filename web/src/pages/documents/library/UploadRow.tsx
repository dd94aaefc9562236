import { FileUp, RotateCw, X } from "lucide-react";

import type { Problem } from "@/api/problem";
import { formatBytes, formatPercent } from "@/lib/format";
import { Button, CopyButton, Progress, Tooltip } from "@/ui";

import type { Upload } from "./upload-queue";

interface UploadRowProps {
  upload: Upload;
  onRetry: () => void;
  onRemove: () => void;
}

/** A file that is not a document yet: on its way, or refused with the reason. */
export function UploadRow({ upload, onRetry, onRemove }: UploadRowProps) {
  const { file, state, sent, problem } = upload;
  return (
    <li className="flex items-start gap-3 px-2 py-2.5">
      <FileUp aria-hidden className="mt-0.5 size-4.5 shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm font-medium">{file.name}</p>
        {problem ? (
          <Refusal problem={problem} />
        ) : (
          <p className="mt-0.5 text-xs text-muted tabular-nums">{words(upload)}</p>
        )}
        {state === "sending" && <Progress label={`Uploading ${file.name}`} value={sent} className="mt-2" />}
      </div>
      {problem?.temporary && (
        <Tooltip text="Try again">
          <Button variant="ghost" size="icon-sm" aria-label={`Try ${file.name} again`} onClick={onRetry}>
            <RotateCw aria-hidden />
          </Button>
        </Tooltip>
      )}
      <Tooltip text={state === "refused" ? "Dismiss" : "Stop"}>
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={state === "refused" ? `Dismiss ${file.name}` : `Stop uploading ${file.name}`}
          onClick={onRemove}
        >
          <X aria-hidden />
        </Button>
      </Tooltip>
    </li>
  );
}

function Refusal({ problem }: { problem: Problem }) {
  return (
    <div role="alert" className="mt-0.5 text-xs">
      <p className="wrap-anywhere text-danger">{problem.detail || problem.title}</p>
      {problem.traceId && (
        <p className="flex items-center gap-1 text-muted">
          Trace <code>{problem.traceId.slice(0, 8)}…</code>
          <CopyButton text={problem.traceId} label="Copy the trace id" />
        </p>
      )}
    </div>
  );
}

function words({ state, sent, file }: Upload): string {
  if (state === "waiting") return "Waiting to be uploaded";
  return sent < 1 ? `Uploading, ${formatPercent(sent)} of ${formatBytes(file.size)}` : "Storing the file…";
}
