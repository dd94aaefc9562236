import { X } from "lucide-react";

import { formatBytes, formatPercent } from "@/lib/format";
import { Button, ErrorNote, Progress } from "@/ui";

import type { Upload } from "./useUploads";

interface UploadRowProps {
  upload: Upload;
  onRetry: () => void;
  onDismiss: () => void;
}

/** A file on its way, or why it was not taken. */
export function UploadRow({ upload, onRetry, onDismiss }: UploadRowProps) {
  const { file, fraction, problem, stop } = upload;
  const [label, close] = problem ? (["Dismiss", onDismiss] as const) : (["Stop the upload", stop] as const);
  return (
    <li className="rounded-xl border border-line p-3">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          <p className="truncate text-sm font-medium">{file.name}</p>
          <p className="text-xs text-muted tabular-nums">
            {problem
              ? `${formatBytes(file.size)} · not taken`
              : `${formatPercent(fraction)} of ${formatBytes(file.size)} sent`}
          </p>
        </div>
        <Button variant="ghost" size="icon-sm" aria-label={`${label}: ${file.name}`} onClick={close}>
          <X aria-hidden />
        </Button>
      </div>
      {problem ? (
        <ErrorNote error={problem} onRetry={onRetry} className="mt-3" />
      ) : (
        <Progress label={`Upload of ${file.name}`} value={fraction} className="mt-2" />
      )}
    </li>
  );
}
