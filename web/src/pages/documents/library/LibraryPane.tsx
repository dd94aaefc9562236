import { FilePlus2 } from "lucide-react";

import { Announce, Button, EmptyState, ErrorNote, Skeleton } from "@/ui";

import { DocumentRow } from "./DocumentRow";
import { useDocuments } from "./documents";
import { DropZone } from "./DropZone";
import { SAMPLE } from "./sample";
import { UploadRow } from "./UploadRow";
import type { useUploads } from "./useUploads";

interface LibraryPaneProps {
  isOver: boolean;
  uploads: ReturnType<typeof useUploads>;
}

/** Your documents, and the files that are about to be. */
export function LibraryPane({ isOver, uploads: { uploads, add, retry, remove } }: LibraryPaneProps) {
  const { documents, isPending, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useDocuments();
  const isEmpty = documents.length === 0 && uploads.length === 0;
  return (
    <div className="flex flex-col gap-3">
      <DropZone isOver={isOver} onFiles={add} />
      {isPending && <Skeleton className="h-40" label="Loading your documents" />}
      {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {!isPending && !error && isEmpty && (
        <EmptyState
          icon={FilePlus2}
          title="No documents yet"
          action={<Button onClick={() => add([SAMPLE()])}>Try it with a sample</Button>}
        >
          Upload some, and ask about them. Every answer shows where it stands.
        </EmptyState>
      )}
      <ul aria-label="Documents" className="flex flex-col gap-0.5">
        {uploads.map((upload) => (
          <UploadRow
            key={upload.id}
            upload={upload}
            onRetry={() => retry(upload.id)}
            onRemove={() => remove(upload.id)}
          />
        ))}
        {documents.map((document) => (
          <DocumentRow key={document.id} document={document} />
        ))}
      </ul>
      {hasNextPage && (
        <Button size="sm" onClick={() => void fetchNextPage()} busy={isFetchingNextPage} className="self-center">
          Show older documents
        </Button>
      )}
      <Announce>{progressOf(uploads.length, documents)}</Announce>
    </div>
  );
}

function progressOf(sending: number, documents: readonly { processing_status: string }[]): string {
  const count = (...states: string[]) => documents.filter((each) => states.includes(each.processing_status)).length;
  const read = count("pending", "processing");
  if (sending > 0) return "Uploading.";
  if (read > 0) return read === 1 ? "One document is being read." : `${read} documents are being read.`;
  const failed = count("failed");
  return failed > 0 ? `Done. ${failed} could not be read.` : documents.length > 0 ? "All documents are ready." : "";
}
