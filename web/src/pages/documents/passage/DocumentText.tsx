import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronUp } from "lucide-react";
import { type ReactNode, useCallback, useState } from "react";

import { api, body } from "@/api/client";
import { asProblem } from "@/api/problem";
import { Button, ErrorNote, Skeleton } from "@/ui";

import { AROUND, cut, type Span, widened } from "./excerpt";

interface DocumentTextProps {
  id: string;
  version: number | undefined;
  /** Shown highlighted, scrolled to; without one the text begins at its beginning. */
  passage: Span | null;
}

const BEGINNING: Span = { start: 0, end: 0 };

/** A document's text around a passage, as the gateway reads it; more of it on request. */
export function DocumentText({ id, version, passage }: DocumentTextProps) {
  const [more, setMore] = useState({ before: AROUND, after: AROUND });
  const shown = widened(passage ?? BEGINNING, more.before, more.after);
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ["documents", "text", id, version, shown.start, shown.end],
    queryFn: () =>
      body(
        api.GET("/api/upload/{document}/text", { params: { path: { document: id }, query: { ...shown, version } } }),
      ),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
  // Once, when the passage comes onto the page: reading on must not be pulled back.
  const reveal = useCallback((mark: HTMLElement | null) => mark?.scrollIntoView({ block: "center" }), []);
  if (error) return <NoText error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton className="h-72" label="Loading the text" />;
  const { before, quote, after } = cut(data.text, data.start, passage ?? BEGINNING);
  return (
    <div
      role="region"
      aria-label="Text"
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable without a mouse
      tabIndex={0}
      className="min-h-40 flex-1 overflow-y-auto rounded-xl bg-sunken p-4"
    >
      {data.start > 0 && (
        <More busy={isFetching} onClick={() => setMore({ ...more, before: more.before + 2 * AROUND })}>
          <ChevronUp aria-hidden /> Show earlier text
        </More>
      )}
      <p className="text-sm leading-6 wrap-anywhere whitespace-pre-wrap">
        {before}
        {quote && (
          <mark ref={reveal} className="rounded-sm bg-accent-soft px-0.5 text-ink ring-2 ring-accent">
            {quote}
          </mark>
        )}
        {after}
      </p>
      {data.end < data.characters && (
        <More busy={isFetching} onClick={() => setMore({ ...more, after: more.after + 2 * AROUND })}>
          <ChevronDown aria-hidden /> Show later text
        </More>
      )}
    </div>
  );
}

function More({ busy, onClick, children }: { busy: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <div className="flex justify-center py-2">
      <Button size="sm" variant="ghost" busy={busy} onClick={onClick}>
        {children}
      </Button>
    </div>
  );
}

function NoText({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const problem = asProblem(error);
  if (problem.status !== 404) return <ErrorNote error={problem} onRetry={onRetry} />;
  return (
    <p className="text-sm">
      The document has been changed since, and the version that was quoted is no longer kept. The quotation stands below
      its answer.
    </p>
  );
}
