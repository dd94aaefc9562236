import { PostgreSQL, sql as language } from "@codemirror/lang-sql";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";

/** The colours of the app, so that both themes are served by one style. */
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], color: "var(--accent)", fontWeight: "600" },
  { tag: tags.string, color: "var(--success)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--warning)" },
  { tag: tags.comment, color: "var(--muted)" },
]);

const look = EditorView.theme({
  "&": { fontSize: "0.75rem", backgroundColor: "transparent", color: "var(--ink)" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-content": { fontFamily: "var(--font-mono, monospace)", padding: "0.75rem 0", lineHeight: "1.25rem" },
  ".cm-line": { padding: "0 0.75rem" },
  ".cm-scroller": { maxHeight: "16rem", fontFamily: "ui-monospace, monospace" },
});

const extensions = [
  EditorState.readOnly.of(true),
  // Not editable, but reachable: it scrolls, and what it holds can be selected.
  EditorView.editable.of(false),
  EditorView.contentAttributes.of({ "aria-label": "The query", tabindex: "0", "aria-readonly": "true" }),
  EditorView.lineWrapping,
  language({ dialect: PostgreSQL }),
  syntaxHighlighting(colours),
  look,
];

export default function SqlEditor({ sql }: { sql: string }) {
  const parent = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!parent.current) return;
    const view = new EditorView({ doc: sql, extensions, parent: parent.current });
    return () => view.destroy();
  }, [sql]);
  return <div ref={parent} />;
}
