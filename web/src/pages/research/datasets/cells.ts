import type { Schemas } from "@/api/client";
import { formatNumber } from "@/lib/format";

type Column = Schemas["Column"];

/** Four digits are not grouped: they are years more often than not. */
const precise = new Intl.NumberFormat(undefined, { maximumFractionDigits: 4, useGrouping: "min2" });

/** A value of a table as text, as it stands there; nothing for what is missing. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return JSON.stringify(value);
}

/** What the values of a column lie between, or which they are. */
export function rangeOf({ minimum, maximum, top = [], distinct }: Column): string {
  if (minimum != null && maximum != null) return `${rounded(minimum)} – ${rounded(maximum)}`;
  if (top.length === 0) return `${formatNumber(distinct)} different values`;
  const shown = top.slice(0, 3).map(({ value }) => cellText(value));
  const more = distinct - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${formatNumber(more)} more` : "");
}

export function rounded(value: unknown): string {
  return typeof value === "number" ? precise.format(value) : cellText(value);
}

/** The share of rows without a value, from 0 to 1. */
export const missingShare = ({ missing }: Column, rows: number): number => (rows > 0 ? missing / rows : 0);
