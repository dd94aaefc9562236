import { lazy, Suspense } from "react";

import { CitationContext, type Cite } from "./citation-context";

const CitedMarkdown = lazy(() => import("./CitedMarkdown"));

interface CitedTextProps {
  text: string;
  /** More is on its way. */
  streaming?: boolean;
  /** What the markers stand for, once that is known. */
  cite: Cite;
}

/** What a model wrote, its markers as buttons that open what they stand for; as untrusted as any `ModelText`. */
export function CitedText({ text, streaming = false, cite }: CitedTextProps) {
  return (
    <div className="model-text" aria-busy={streaming}>
      <CitationContext value={cite}>
        <Suspense fallback={<p className="whitespace-pre-wrap">{text}</p>}>
          <CitedMarkdown text={text} streaming={streaming} />
        </Suspense>
      </CitationContext>
    </div>
  );
}
