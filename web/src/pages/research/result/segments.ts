import type { Citation, Statement } from "./result";

/** A stretch of a statement; one with a citation is a number that can be traced. */
export interface Segment {
  readonly text: string;
  readonly citation?: Citation;
}

/**
 * A statement cut where its numbers begin and end. Places count characters as Python does, so that a text with emoji
 * is cut by code points; a number whose place makes no sense stays plain text.
 */
export function segmentsOf({ text, numbers }: Statement): readonly Segment[] {
  const characters = Array.from(text);
  const segments: Segment[] = [];
  let at = 0;
  for (const { start, end, citation } of numbers.toSorted((one, other) => one.start - other.start)) {
    if (start < at || end <= start || end > characters.length) continue;
    if (start > at) segments.push({ text: characters.slice(at, start).join("") });
    segments.push({ text: characters.slice(start, end).join(""), citation });
    at = end;
  }
  if (at < characters.length) segments.push({ text: characters.slice(at).join("") });
  return segments;
}
