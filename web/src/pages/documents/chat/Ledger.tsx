import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { useState } from "react";

import { api, body } from "@/api/client";
import { formatCost, formatNumber } from "@/lib/format";
import { ErrorNote, Skeleton } from "@/ui";

import { type Answered, readAnswered } from "./answer";
import { Passages } from "./Passages";
import { TokenShares } from "./TokenShares";

/** How an answer came about, read when somebody wants to know. */
export function Ledger({ job }: { job: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="group mt-3 text-sm" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="flex w-fit cursor-pointer list-none items-center gap-1 rounded-sm text-xs text-muted hover:text-ink">
        <ChevronRight aria-hidden className="size-3.5 transition-transform group-open:rotate-90" />
        How this was answered
      </summary>
      {isOpen && <Details job={job} />}
    </details>
  );
}

function Details({ job }: { job: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ["jobs", "one", job],
    queryFn: () => body(api.GET("/v1/jobs/{job}", { params: { path: { job } } })),
    // What was fetched while the job ran has no result yet.
    staleTime: ({ state }) => (state.data?.result ? Infinity : 0),
  });
  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} className="mt-3" />;
  if (!data) return <Skeleton className="mt-3 h-32" label="Loading how this was answered" />;
  const result = readAnswered(data.result);
  if (!result) return <p className="mt-3 text-xs text-muted">Nothing was kept of how it came about.</p>;
  return (
    <div className="mt-3 flex flex-col gap-4 rounded-xl bg-sunken p-3 text-xs">
      {result.ledger && <TokenShares ledger={result.ledger} />}
      {result.ledger && <Passages ledger={result.ledger} />}
      <Remarks result={result} />
      <p className="text-muted tabular-nums">
        {result.mode === "offline" ? "Without a model" : (result.model ?? "A model")} ·{" "}
        {formatNumber(data.usage.tokens_in)} tokens in, {formatNumber(data.usage.tokens_out)} out ·{" "}
        {formatCost(data.usage.cost)}
      </p>
    </div>
  );
}

function Remarks({ result: { notes, left_out, dropped_markers, uncited } }: { result: Answered }) {
  const remarks = [
    ...notes,
    ...left_out.map((sentence) => `Taken out, as no passage says it: ${sentence}`),
    ...(dropped_markers > 0 ? [`Citations that named no source and were taken out: ${dropped_markers}.`] : []),
    ...(uncited > 0 ? [`Sentences without a source: ${uncited}.`] : []),
  ];
  if (remarks.length === 0) return null;
  return (
    <ul aria-label="Notes" className="flex list-disc flex-col gap-1 pl-4 wrap-anywhere">
      {remarks.map((remark, at) => (
        <li key={at}>{remark}</li>
      ))}
    </ul>
  );
}
