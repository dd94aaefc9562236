import { lazy, Suspense } from "react";

const Markdown = lazy(() => import("./markdown"));

interface ModelTextProps {
  /** Markdown, whole or as far as it has come. */
  text: string;
  /** More is on its way. Screen readers are told by `AnnounceText`, not by this. */
  streaming?: boolean;
}

/** What a model wrote: untrusted, so no HTML of it is kept, no image is loaded, and links open elsewhere. */
export function ModelText({ text, streaming = false }: ModelTextProps) {
  return (
    <div className="model-text" aria-busy={streaming}>
      <Suspense fallback={<p className="whitespace-pre-wrap">{text}</p>}>
        <Markdown text={text} streaming={streaming} />
      </Suspense>
    </div>
  );
}
