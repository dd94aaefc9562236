import { Upload } from "lucide-react";
import { useRef } from "react";

import { cn } from "@/lib/cn";
import { Button } from "@/ui";

/** What the file dialog offers first; the gateway decides by the content. */
const KINDS = ".pdf,.docx,.pptx,.xlsx,.html,.htm,.md,.markdown,.txt,.csv,.tsv,.epub,.eml,text/*";

interface DropZoneProps {
  isOver: boolean;
  onFiles: (files: readonly File[]) => void;
}

/** Where files are chosen; the whole page takes those that are dropped. */
export function DropZone({ isOver, onFiles }: DropZoneProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div
      className={cn(
        "flex flex-col items-center gap-2 rounded-xl border border-dashed border-line-strong px-4 py-5 text-center transition-colors",
        isOver && "border-accent bg-accent-soft",
      )}
    >
      <Button variant="primary" onClick={() => input.current?.click()}>
        <Upload aria-hidden />
        Upload files
      </Button>
      <p className="text-xs text-balance text-muted">
        {isOver
          ? "Let go to upload"
          : "or drop them anywhere on this page: PDF, Word, slides, sheets, HTML, Markdown, text"}
      </p>
      <input
        ref={input}
        type="file"
        multiple
        accept={KINDS}
        aria-label="Files to upload"
        tabIndex={-1}
        className="sr-only"
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          // The same file chosen again is a choice too.
          currentTarget.value = "";
        }}
      />
    </div>
  );
}
