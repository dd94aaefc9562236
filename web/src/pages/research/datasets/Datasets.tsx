import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback } from "react";

import { asProblem } from "@/api/problem";
import { Announce, Button, Card, ErrorNote, Skeleton } from "@/ui";

import { DatasetRow } from "./DatasetRow";
import { DropZone } from "./DropZone";
import { datasetsQuery } from "./queries";
import { UploadRow } from "./UploadRow";
import { useUploads } from "./useUploads";

interface DatasetsProps {
  chosen: string | undefined;
  onChoose: (dataset: string | undefined) => void;
}

/** The tables to ask about: upload one, or choose one that is there. */
export function Datasets({ chosen, onChoose }: DatasetsProps) {
  const arrived = useCallback((dataset: string) => onChoose(dataset), [onChoose]);
  const { uploads, add, retry, dismiss } = useUploads(arrived);
  const refused = uploads.find((upload) => upload.problem)?.problem;
  return (
    <Card title="Your data" description="Nobody else sees it, and you can delete it at any time.">
      <div className="flex flex-col gap-3">
        <DropZone onFiles={add} />
        <Announce>{refused ? `Not taken: ${refused.title}` : uploads.length > 0 ? "Uploading" : ""}</Announce>
        {uploads.length > 0 && (
          <ul aria-label="Uploads" className="flex flex-col gap-2">
            {uploads.map((upload) => (
              <UploadRow
                key={upload.key}
                upload={upload}
                onRetry={() => retry(upload)}
                onDismiss={() => dismiss(upload.key)}
              />
            ))}
          </ul>
        )}
        <DatasetList chosen={chosen} onChoose={onChoose} />
      </div>
    </Card>
  );
}

function DatasetList({ chosen, onChoose }: DatasetsProps) {
  const pages = useInfiniteQuery(datasetsQuery);
  if (pages.isPending) return <Skeleton className="h-24" label="Loading your datasets" />;
  if (pages.error && !pages.data) {
    return (
      <ErrorNote error={asProblem(pages.error)} onRetry={() => void pages.refetch()} retrying={pages.isFetching} />
    );
  }
  const datasets = pages.data.pages.flatMap((page) => page.datasets);
  if (datasets.length === 0) {
    return (
      <p className="py-2 text-center text-sm text-balance text-muted">
        No tables yet. Begin with one you know well: the first answers are easy to check then.
      </p>
    );
  }
  return (
    <>
      <ul aria-label="Datasets" className="-m-1 flex max-h-80 flex-col gap-2 overflow-y-auto p-1 lg:max-h-144">
        {datasets.map((dataset) => (
          <DatasetRow
            key={dataset.dataset_id}
            dataset={dataset}
            chosen={dataset.dataset_id === chosen}
            onChoose={() => onChoose(dataset.dataset_id)}
            onDeleted={() => dataset.dataset_id === chosen && onChoose(undefined)}
          />
        ))}
      </ul>
      {pages.hasNextPage && (
        <Button size="sm" busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          Show older tables
        </Button>
      )}
    </>
  );
}
