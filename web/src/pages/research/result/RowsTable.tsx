import { useEffect, useRef, useState } from "react";

import { cn } from "@/lib/cn";
import { formatNumber } from "@/lib/format";
import { Button, Table, Td, Th } from "@/ui";

import { cellText, rounded } from "../datasets/cells";
import type { Citation, Detail } from "./result";

const AT_FIRST = 50;
const MORE = 200;

/** The rows a query gave, the cited cell marked and in sight. Rows beyond the first are shown on demand. */
export function RowsTable({ detail, cited }: { detail: Detail; cited?: Citation | undefined }) {
  const [wanted, setWanted] = useState(AT_FIRST);
  const shown = Math.max(wanted, (cited?.row ?? 0) + 1);
  const more = detail.rows.length - shown;
  const kept = detail.row_count - detail.rows.length;
  if (detail.rows.length === 0) return <p className="text-sm text-muted">No rows.</p>;
  return (
    <div className="flex flex-col items-start gap-2">
      <div className="max-h-80 w-full overflow-y-auto rounded-lg border border-line">
        <Table label={`Rows of ${detail.query_id}`} className="text-xs">
          <thead className="sticky top-0 z-1 bg-raised">
            <tr>
              {detail.columns.map((column, at) => (
                <Th key={column} className={typeof detail.rows[0]?.[at] === "number" ? "text-right" : undefined}>
                  {column}
                </Th>
              ))}
            </tr>
          </thead>
          <tbody className="[&>tr:last-child>td]:border-b-0">
            {detail.rows.slice(0, shown).map((cells, row) => (
              <Row
                key={row}
                cells={cells}
                columns={detail.columns}
                cited={cited?.row === row ? cited.column : undefined}
              />
            ))}
          </tbody>
        </Table>
      </div>
      {more > 0 && (
        <Button size="sm" onClick={() => setWanted(shown + MORE)}>
          Show {formatNumber(Math.min(more, MORE))} more rows
        </Button>
      )}
      {kept > 0 && (
        <p className="text-xs text-muted">
          The query gave {formatNumber(detail.row_count)} rows; the first {formatNumber(detail.rows.length)} are kept.
        </p>
      )}
    </div>
  );
}

interface RowProps {
  cells: readonly unknown[];
  columns: readonly string[];
  /** The column of the cell that is cited, if it is one of this row. */
  cited: string | undefined;
}

function Row({ cells, columns, cited }: RowProps) {
  return (
    <tr className={cited === undefined ? undefined : "bg-accent-soft"}>
      {columns.map((column, at) => (
        <Cell key={column} value={cells[at]} cited={column === cited} />
      ))}
    </tr>
  );
}

function Cell({ value, cited }: { value: unknown; cited: boolean }) {
  const cell = useRef<HTMLTableCellElement>(null);
  useEffect(() => {
    if (cited) cell.current?.scrollIntoView({ block: "center", inline: "center" });
  }, [cited]);
  return (
    <Td
      ref={cell}
      title={cellText(value)}
      className={cn(
        "max-w-60 truncate",
        typeof value === "number" && "text-right tabular-nums",
        cited && "font-semibold text-accent-strong outline-2 -outline-offset-2 outline-accent",
      )}
    >
      {value === null ? <span className="text-muted">missing</span> : rounded(value)}
      {cited && <span className="sr-only"> (cited)</span>}
    </Td>
  );
}
