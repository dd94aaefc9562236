import { Link } from "@tanstack/react-router";
import { FileText, RotateCw, Trash2, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";

import { asProblem } from "@/api/problem";
import { formatBytes, formatNumber } from "@/lib/format";
import { useJob } from "@/live/hooks";
import { Badge, Button, Confirm, Progress, Tooltip } from "@/ui";

import { type Document, useDeleteDocument, useRetryDocument } from "./documents";

/** One document: how far it is, what became of it, and what can be done with it. */
export function DocumentRow({ document }: { document: Document }) {
  const { id, filename, processing_status: status, notes } = document;
  const isWorked = status === "pending" || status === "processing";
  return (
    <li className="group flex items-start gap-3 rounded-lg px-2 py-2.5 hover:bg-sunken">
      <FileText aria-hidden className="mt-0.5 size-4.5 shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <Link
          to="/documents"
          search={({ conversation }) => ({ conversation, document: id })}
          className="block truncate rounded-sm text-sm font-medium hover:underline"
        >
          {filename}
        </Link>
        {isWorked && <Working document={document} />}
        {status === "completed" && (
          <p className="mt-0.5 flex flex-wrap items-center gap-x-2 text-xs text-muted tabular-nums">
            {facts(document)}
            {notes.length > 0 && (
              <Badge tone="warning">
                <TriangleAlert aria-hidden />
                {notes.length === 1 ? "1 note" : `${notes.length} notes`}
              </Badge>
            )}
          </p>
        )}
        {status === "failed" && (
          <p className="mt-0.5 text-xs wrap-anywhere text-danger">
            {document.processing_error ?? "It could not be read."}
          </p>
        )}
      </div>
      <Actions document={document} />
    </li>
  );
}

/** What is being done, live. */
function Working({ document }: { document: Document }) {
  const { job } = useJob(document.task_id);
  return (
    <div className="mt-1">
      <p className="text-xs text-muted tabular-nums">{job?.stage ?? "Waiting for a worker…"}</p>
      <Progress label={`Reading ${document.filename}`} value={job?.progress ?? 0} className="mt-1.5" />
    </div>
  );
}

function Actions({ document }: { document: Document }) {
  const retry = useRetryDocument();
  const remove = useDeleteDocument();
  const [isConfirming, setConfirming] = useState(false);
  const { filename } = document;
  const again = () =>
    retry.mutate(document, {
      onError: (error) => toast.error(`${filename} is not tried again`, { description: asProblem(error).message }),
    });
  return (
    <>
      {document.processing_status === "failed" && (
        <Tooltip text="Try again">
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label={`Try ${filename} again`}
            busy={retry.isPending}
            onClick={again}
          >
            {!retry.isPending && <RotateCw aria-hidden />}
          </Button>
        </Tooltip>
      )}
      <Tooltip text="Delete">
        <Button variant="ghost" size="icon-sm" aria-label={`Delete ${filename}`} onClick={() => setConfirming(true)}>
          <Trash2 aria-hidden className="text-muted" />
        </Button>
      </Tooltip>
      <Confirm
        open={isConfirming}
        onOpenChange={setConfirming}
        title="Delete this document?"
        description={`${filename}, its text and its passages are removed for good. Answers keep what they quoted from it.`}
        action="Delete it"
        onConfirm={() => remove.mutate(document)}
      />
    </>
  );
}

function facts({ size, pages, chunks }: Document): string {
  const counted = [
    size > 0 ? formatBytes(size) : "",
    pages ? (pages === 1 ? "1 page" : `${formatNumber(pages)} pages`) : "",
    chunks ? (chunks === 1 ? "1 passage" : `${formatNumber(chunks)} passages`) : "",
  ];
  return counted.filter(Boolean).join(" · ");
}
