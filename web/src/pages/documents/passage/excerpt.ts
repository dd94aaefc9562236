/** A part of a document's text. Characters are Unicode code points, as citations count them, not JavaScript's units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** How much is shown around a passage, and how much more on request. */
export const AROUND = 3_000;

export const widened = (span: Span, before: number, after: number): Span => ({
  start: Math.max(0, span.start - before),
  end: span.end + after,
});

interface Cut {
  readonly before: string;
  readonly quote: string;
  readonly after: string;
}

/** The text that begins at character `from` of a document, divided at a passage of it. */
export function cut(text: string, from: number, passage: Span): Cut {
  const characters = Array.from(text);
  const start = Math.max(0, passage.start - from);
  const end = Math.max(start, passage.end - from);
  return {
    before: characters.slice(0, start).join(""),
    quote: characters.slice(start, end).join(""),
    after: characters.slice(end).join(""),
  };
}
