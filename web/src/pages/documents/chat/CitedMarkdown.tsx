import { memo, type ReactNode, use } from "react";
import { type Components, defaultRehypePlugins, Streamdown } from "streamdown";

import { plain } from "@/ui/markdown";

import { CitationContext, nameOf } from "./citation-context";
import { citations, sourceOf } from "./citations";

const components: Components = {
  ...plain,
  cite: ({ children, title }) => <Citation before={Number(title)}>{children}</Citation>,
};
const rehype = [...Object.values(defaultRehypePlugins), citations];

function Citation({ children, before }: { children?: ReactNode; before: number }) {
  const { sources, open } = use(CitationContext);
  const source = sourceOf(sources, Number(children), before);
  if (!source) return <span className="text-xs text-muted">[{children}]</span>;
  return (
    <button
      type="button"
      aria-label={`Source ${source.n}: ${nameOf(source)}`}
      className="mx-0.5 inline-flex h-5 min-w-5 items-center justify-center rounded-md bg-accent-soft px-1 align-text-bottom text-xs font-semibold text-accent-strong tabular-nums hover:bg-accent hover:text-on-accent"
      onClick={() => open(source)}
    >
      {source.n}
    </button>
  );
}

function CitedMarkdown({ text, streaming }: { text: string; streaming: boolean }) {
  return (
    <Streamdown
      mode={streaming ? "streaming" : "static"}
      components={components}
      rehypePlugins={rehype}
      controls={false}
      linkSafety={{ enabled: false }}
      skipHtml
    >
      {text}
    </Streamdown>
  );
}

export default memo(CitedMarkdown);
