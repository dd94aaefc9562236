import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";

import { api, body, type Schemas } from "@/api/client";
import { asProblem } from "@/api/problem";
import { formatBytes, formatMoment, formatNumber } from "@/lib/format";
import { Dialog, ErrorNote, Skeleton } from "@/ui";

import { DownloadButton } from "./DownloadButton";
import { DocumentText } from "./DocumentText";

type Details = Schemas["DocumentDetails"];

const route = getRouteApi("/documents");

/** A document on top of the page: how it was read, and its text, at the passage that the address names. */
export function DocumentDialog({ id }: { id: string }) {
  const { version, start, end, page } = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, refetch } = useQuery({
    queryKey: ["documents", "one", id],
    queryFn: () => body(api.GET("/api/upload/{document}", { params: { path: { document: id } } })),
  });
  const passage = start !== undefined && end !== undefined && end > start ? { start, end } : null;
  const close = () => void navigate({ search: ({ conversation }) => ({ conversation }) });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && close()}
      title={data?.filename ?? "Document"}
      description={data && (passage ? placeOf(page, data) : facts(data))}
      className="max-w-3xl overflow-hidden sm:top-[8vh] sm:max-h-[84vh]"
      footer={data && <DownloadButton id={id} filename={data.filename} />}
    >
      {error && <Gone error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton className="h-72" label="Loading the document" />}
      {data && !passage && <Notes notes={data.notes} />}
      {data?.processing_status === "failed" && (
        <ErrorNote
          error={{ title: "It could not be read", detail: data.processing_error ?? "" }}
          traceId={data.task_id}
        />
      )}
      {data && (data.active_version != null || passage) && (
        <DocumentText key={`${version} ${start} ${end}`} id={id} version={version} passage={passage} />
      )}
      {data && data.active_version == null && data.processing_status !== "failed" && (
        <p className="text-sm text-muted">Its text can be read here as soon as it is processed.</p>
      )}
    </Dialog>
  );
}

function Gone({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const problem = asProblem(error);
  if (problem.status !== 404) return <ErrorNote error={problem} onRetry={onRetry} />;
  return (
    <p className="text-sm">
      This document is no longer there: it was deleted. What an answer quoted from it stands below that answer.
    </p>
  );
}

function Notes({ notes }: { notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <ul aria-label="Notes on how it was read" className="flex flex-col gap-1.5 rounded-xl bg-warning-soft p-3 text-sm">
      {notes.map((note) => (
        <li key={note} className="flex gap-2 wrap-anywhere">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warning" />
          {note}
        </li>
      ))}
    </ul>
  );
}

function placeOf(page: number | undefined, { pages }: Details): string {
  if (page === undefined) return "The passage that was cited";
  return pages ? `The passage that was cited, on page ${page} of ${formatNumber(pages)}` : `Page ${page}`;
}

function facts({ size, pages, chunks, characters, uploaded_at }: Details): string {
  const counted = [
    formatBytes(size),
    pages ? `${formatNumber(pages)} pages` : "",
    chunks ? `${formatNumber(chunks)} passages` : "",
    characters ? `${formatNumber(characters)} characters` : "",
    formatMoment(uploaded_at),
  ];
  return counted.filter(Boolean).join(" · ");
}
