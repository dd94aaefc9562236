import { FileUp } from "lucide-react";
import { type DragEvent, useId, useRef, useState } from "react";

import { cn } from "@/lib/cn";
import { Button } from "@/ui";

const KINDS = ".csv,.tsv,.json,.ndjson,.jsonl,.parquet,.xlsx";

/** Takes tables: dropped anywhere on it, or chosen with its button. */
export function DropZone({ onFiles }: { onFiles: (files: readonly File[]) => void }) {
  const [isOver, setIsOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const take = (files: FileList | null) => {
    if (files && files.length > 0) onFiles([...files]);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    take(event.dataTransfer.files);
  };
  const over = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(true);
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the button does the same without a mouse
    <div
      role="group"
      aria-labelledby={id}
      onDragOver={over}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
      className={cn(
        "flex flex-wrap items-center gap-x-4 gap-y-3 rounded-xl border border-dashed border-line-strong p-4 transition-colors",
        isOver && "border-accent bg-accent-soft",
      )}
    >
      <FileUp aria-hidden className="size-6 shrink-0 text-accent" />
      <div className="min-w-40 flex-1">
        <p id={id} className="text-sm font-medium">
          Drop a table here
        </p>
        <p className="text-xs text-muted">CSV, TSV, JSON, NDJSON, Parquet or XLSX</p>
      </div>
      <Button size="sm" onClick={() => input.current?.click()}>
        Choose a file
      </Button>
      <input
        ref={input}
        type="file"
        accept={KINDS}
        multiple
        hidden
        aria-label="Tables to upload"
        onChange={(event) => {
          take(event.target.files);
          event.target.value = "";
        }}
      />
    </div>
  );
}
