import { rounded } from "../datasets/cells";
import type { Detail } from "./result";

const MOST_CELLS = 12;

/** What a query without a picture gave, at a glance: the one row it has. More rows are for the panel. */
export function Preview({ detail: { columns, rows } }: { detail: Detail }) {
  const [row] = rows;
  if (!row || rows.length > 1 || columns.length > MOST_CELLS) return null;
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-2.5 text-sm sm:grid-cols-3">
      {columns.map((column, at) => (
        <div key={column} className="min-w-0">
          <dt className="truncate text-xs text-muted" title={column}>
            {column}
          </dt>
          <dd className="font-medium wrap-anywhere tabular-nums">{row[at] == null ? "missing" : rounded(row[at])}</dd>
        </div>
      ))}
    </dl>
  );
}
