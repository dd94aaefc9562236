import { formatNumber, formatPercent } from "@/lib/format";
import { Badge, Table, Td, Th } from "@/ui";

import { cellText, missingShare, rangeOf, rounded } from "./cells";
import type { Column, Profile } from "./queries";

/** Every column: its type, how its values were read, what they lie between, how many are missing. */
export function ColumnTable({ profile: { columns, rows } }: { profile: Profile }) {
  return (
    <div className="max-h-160 overflow-y-auto rounded-lg">
      <Table label="Columns">
        <thead className="sticky top-0 z-1 bg-raised">
          <tr>
            <Th className="pl-0">Column</Th>
            <Th>Values</Th>
            <Th className="text-right">Missing</Th>
            <Th className="pr-0">Samples</Th>
          </tr>
        </thead>
        <tbody className="[&>tr:last-child>td]:border-b-0">
          {columns.map((column) => (
            <ColumnRow key={column.name} column={column} rows={rows} />
          ))}
        </tbody>
      </Table>
    </div>
  );
}

function ColumnRow({ column, rows }: { column: Column; rows: number }) {
  const samples = (column.samples ?? []).map(cellText).join(", ");
  return (
    <tr className="align-top">
      <Td className="min-w-40 pl-0 align-top">
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-medium wrap-anywhere">{column.name}</span>
          <Badge>{column.type}</Badge>
        </span>
        {column.read_as && <p className="mt-0.5 text-xs text-muted">{column.read_as}</p>}
      </Td>
      <Td className="min-w-44 align-top">
        <span className="wrap-anywhere tabular-nums">{rangeOf(column)}</span>
        {column.mean != null && <p className="text-xs text-muted tabular-nums">mean {rounded(column.mean)}</p>}
      </Td>
      <Td className="text-right align-top whitespace-nowrap tabular-nums">
        <Missing column={column} rows={rows} />
      </Td>
      <Td className="max-w-64 min-w-40 pr-0 align-top text-muted">
        <span className="line-clamp-2 wrap-anywhere">{samples}</span>
      </Td>
    </tr>
  );
}

function Missing({ column, rows }: { column: Column; rows: number }) {
  if (column.missing === 0) return <span className="text-muted">none</span>;
  return (
    <>
      {formatNumber(column.missing)}
      <p className="text-xs text-muted">{share(missingShare(column, rows))}</p>
    </>
  );
}

const share = (part: number): string => (part < 0.01 ? "below 1%" : formatPercent(part));
