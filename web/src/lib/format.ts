/** Figures and times as people read them, in the browser's language. */

const number = new Intl.NumberFormat();
const bytes = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const dollars = new Intl.NumberFormat(undefined, { style: "currency", currency: "USD", maximumFractionDigits: 4 });
const percent = new Intl.NumberFormat(undefined, { style: "percent" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

export const formatNumber = (value: number): string => number.format(value);
export const formatPercent = (fraction: number): string => percent.format(fraction);
export const formatMoment = (iso: string): string => moment.format(new Date(iso));
/** US dollars; a dash where the price is not known. */
export const formatCost = (cost: number | null | undefined): string => (cost == null ? "—" : dollars.format(cost));

export function formatBytes(size: number): string {
  const units = ["bytes", "kB", "MB", "GB"];
  const step = size < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(size) / 3));
  return `${bytes.format(size / 1000 ** step)} ${units[step] ?? ""}`;
}

/** `42 s`, `3 min 5 s`, `2 h 10 min`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 10 && !Number.isInteger(seconds)) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const AGES: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** `2 minutes ago`, `yesterday`; `just now` within the last minute. */
export function formatAge(iso: string, now: number): string {
  const seconds = (Date.parse(iso) - now) / 1000;
  const found = AGES.find(([, size]) => Math.abs(seconds) >= size);
  return found ? relative.format(Math.trunc(seconds / found[1]), found[0]) : "just now";
}
