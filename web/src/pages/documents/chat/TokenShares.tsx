import { cn } from "@/lib/cn";
import { formatNumber, formatPercent } from "@/lib/format";

import type { Ledger, Side } from "./answer";

/** Where the tokens of the context went. */
export function TokenShares({ ledger }: { ledger: Ledger }) {
  const { documents, chat, window, budget, queries } = ledger;
  const parts = [
    { label: "Documents", tokens: documents.tokens, look: "bg-accent", side: documents },
    { label: "Earlier turns", tokens: chat.tokens, look: "bg-warning", side: chat },
    { label: "This conversation", tokens: window, look: "bg-line-strong", side: null },
  ];
  const all = Math.max(1, budget + window);
  return (
    <section aria-label="Tokens" className="flex flex-col gap-2">
      {queries.length > 0 && (
        <p className="wrap-anywhere">Searched for {queries.map((each) => `“${each}”`).join(" and ")}</p>
      )}
      <div aria-hidden className="flex h-2 overflow-hidden rounded-full bg-line">
        {parts.map(({ label, tokens, look }) => (
          <span key={label} className={look} style={{ width: `${(100 * tokens) / all}%` }} />
        ))}
      </div>
      <ul className="flex flex-col gap-1">
        {parts.map(({ label, tokens, look, side }) => (
          <li key={label} className="flex flex-wrap items-center gap-x-2 tabular-nums">
            <span aria-hidden className={cn("size-2 rounded-full", look)} />
            <span className="font-medium">{label}</span>
            <span>
              {formatNumber(tokens)} tokens, {formatPercent(tokens / all)}
            </span>
            {side && <span className="text-muted">{why(side)}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function why({ best, gate, kept, found, quota }: Side): string {
  if (best == null) return `nothing found; up to ${formatNumber(quota)}`;
  if (best < gate) return `best match ${formatPercent(Math.max(0, best))}, below the ${formatPercent(gate)} it takes`;
  return `${formatNumber(kept)} of ${formatNumber(found)} found; best match ${formatPercent(best)}`;
}
