import { CircleAlert } from "lucide-react";

import { asProblem } from "@/api/problem";
import { cn } from "@/lib/cn";

import { Button } from "./button";
import { CopyButton } from "./copy-button";

/** What there is to say of a failure: a `Problem`, the problem of a failed job, or anything that was thrown. */
type Failure = Error | { title: string; detail: string };

interface ErrorNoteProps {
  error: Failure;
  /** The job's id or another handle to give to support, where the error has no trace of its own. */
  traceId?: string | undefined;
  onRetry?: (() => void) | undefined;
  retrying?: boolean;
  className?: string;
}

/** A failure in words, with the trace id to ask about and, where it makes sense, another try. */
export function ErrorNote({ error, traceId, onRetry, retrying, className }: ErrorNoteProps) {
  const problem = error instanceof Error ? asProblem(error) : null;
  const { title, detail } = problem ?? (error as { title: string; detail: string });
  const trace = problem?.traceId ?? traceId;
  return (
    <div role="alert" className={cn("flex gap-3 rounded-xl bg-danger-soft p-4 text-sm text-ink", className)}>
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-danger" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">{title}</p>
        {detail && <p className="mt-0.5 wrap-anywhere whitespace-pre-line">{detail}</p>}
        {trace && (
          <p className="mt-2 flex flex-wrap items-center gap-x-1 text-xs text-muted">
            Trace <code className="break-all">{trace}</code>
            <CopyButton text={trace} label="Copy the trace id" />
          </p>
        )}
      </div>
      {onRetry && (
        <Button size="sm" onClick={onRetry} busy={retrying} className="self-start">
          Try again
        </Button>
      )}
    </div>
  );
}
