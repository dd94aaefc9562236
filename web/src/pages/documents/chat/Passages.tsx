import { formatNumber, formatPercent } from "@/lib/format";
import { Badge, Table, Td, Th, type Tone } from "@/ui";

import type { Ledger } from "./answer";

const FATES: Readonly<Record<string, { label: string; tone: Tone }>> = {
  kept: { label: "Used", tone: "accent" },
  below_gate: { label: "Too far off", tone: "neutral" },
  duplicate: { label: "Said already", tone: "neutral" },
  over_quota: { label: "No room", tone: "neutral" },
};
const SHOWN = 12;

/** The passages that were found, those that were used first. */
export function Passages({ ledger: { passages } }: { ledger: Ledger }) {
  if (passages.length === 0) return null;
  const sorted = passages.toSorted((one, other) => Number(other.fate === "kept") - Number(one.fate === "kept"));
  const rest = sorted.length - SHOWN;
  return (
    <div>
      <Table label="Passages that were found" className="text-xs">
        <thead>
          <tr>
            <Th>Passage</Th>
            <Th className="text-right">Tokens</Th>
            <Th className="text-right">Match</Th>
            <Th>What became of it</Th>
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, SHOWN).map((passage) => {
            const fate = FATES[passage.fate] ?? { label: passage.fate, tone: "neutral" as const };
            return (
              <tr key={passage.id}>
                <Td className="max-w-48 truncate py-1.5">
                  {passage.type === "document" ? passage.title : "An earlier turn"}
                </Td>
                <Td className="py-1.5 text-right tabular-nums">{formatNumber(passage.tokens)}</Td>
                <Td className="py-1.5 text-right tabular-nums">
                  {passage.similarity == null ? "—" : formatPercent(Math.max(0, passage.similarity))}
                </Td>
                <Td className="py-1.5">
                  <Badge tone={fate.tone}>{fate.label}</Badge>
                </Td>
              </tr>
            );
          })}
        </tbody>
      </Table>
      {rest > 0 && <p className="mt-2 px-3 text-muted">and {formatNumber(rest)} more</p>}
    </div>
  );
}
