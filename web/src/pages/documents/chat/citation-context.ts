import { createContext } from "react";

import type { Source } from "./answer";

/** The sources of an answer, and what happens when one is chosen. */
export interface Cite {
  readonly sources: readonly Source[];
  readonly open: (source: Source) => void;
}

export const CitationContext = createContext<Cite>({ sources: [], open: () => undefined });

/** A source in a few words: what it is, and where in that. */
export function nameOf(source: Source): string {
  if (source.type === "chat_history") return "Earlier in your conversations";
  return source.page == null ? source.filename : `${source.filename}, page ${source.page}`;
}
