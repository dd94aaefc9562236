import { FileText, History } from "lucide-react";

import { type Cite, nameOf } from "./citation-context";

/** What an answer stands on: each source with its place and its words. */
export function Sources({ sources, open }: Cite) {
  if (sources.length === 0) return null;
  return (
    <ol aria-label="Sources" className="mt-3 grid gap-2 sm:grid-cols-2">
      {sources.map((source, at) => {
        const Icon = source.type === "document" ? FileText : History;
        return (
          <li key={at} className="min-w-0">
            <button
              type="button"
              className="flex h-full w-full flex-col gap-1 rounded-lg border border-line px-3 py-2 text-left text-xs hover:border-line-strong"
              onClick={() => open(source)}
            >
              <span className="flex w-full items-center gap-1.5 font-medium">
                <span className="text-accent-strong tabular-nums">{source.n}</span>
                <Icon aria-hidden className="size-3.5 shrink-0 text-muted" />
                <span className="truncate">{nameOf(source)}</span>
              </span>
              <q className="line-clamp-2 wrap-anywhere text-muted">{source.quote}</q>
            </button>
          </li>
        );
      })}
    </ol>
  );
}
