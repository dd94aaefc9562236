import { type DragEvent, useState } from "react";
import { toast } from "sonner";

/** Properties of an element that takes dropped files, and whether some are above it. */
export function useDrop(onFiles: (files: readonly File[]) => void) {
  // Entering a child leaves its parent: only after as many leaves as enters are the files gone.
  const [depth, setDepth] = useState(0);
  const whenFiles = (act: () => void) => (event: DragEvent) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    act();
  };
  return {
    isOver: depth > 0,
    target: {
      onDragEnter: whenFiles(() => setDepth((entered) => entered + 1)),
      onDragLeave: whenFiles(() => setDepth((entered) => Math.max(0, entered - 1))),
      onDragOver: whenFiles(() => undefined),
      onDrop: (event: DragEvent) => {
        if (!event.dataTransfer.types.includes("Files")) return;
        event.preventDefault();
        setDepth(0);
        onFiles(filesOf(event.dataTransfer));
      },
    },
  };
}

function filesOf(transfer: DataTransfer): File[] {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const folders = items.filter((item) => item.webkitGetAsEntry()?.isDirectory);
  if (folders.length > 0) toast.warning("Folders are not taken", { description: "Drop the files that are in them." });
  return items.filter((item) => !folders.includes(item)).flatMap((item) => item.getAsFile() ?? []);
}
