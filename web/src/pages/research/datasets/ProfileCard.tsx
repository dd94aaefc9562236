import { useQuery } from "@tanstack/react-query";
import { Download, Table2 } from "lucide-react";

import { asProblem } from "@/api/problem";
import { formatBytes, formatNumber } from "@/lib/format";
import { Card, ErrorNote, Skeleton } from "@/ui";

import { DownloadButton } from "../files/DownloadButton";
import { ColumnTable } from "./ColumnTable";
import { datasetQuery, isLoading, type Profile } from "./queries";

/** What a table is like, and how its values were read: to be looked at before anything is asked of it. */
export function ProfileCard({ dataset }: { dataset: string }) {
  const { data, error, isPending, isFetching, refetch } = useQuery(datasetQuery(dataset));
  if (isPending) return <Skeleton className="h-64" label="Loading the profile" />;
  if (!data) return <ErrorNote error={asProblem(error)} onRetry={() => void refetch()} retrying={isFetching} />;
  if (isLoading(data)) {
    return (
      <Card title={data.name}>
        <p className="text-sm text-muted">The table is being read. Its profile shows here in a moment.</p>
      </Card>
    );
  }
  if (!data.profile) {
    return (
      <ErrorNote
        error={data.error ?? { title: "No table", detail: "There is nothing to show of it." }}
        traceId={data.job_id}
      />
    );
  }
  const { profile } = data;
  return (
    <Card
      title={
        <span className="flex items-center gap-2 wrap-anywhere">
          <Table2 aria-hidden className="size-4 shrink-0 text-accent" />
          {data.name}
        </span>
      }
      description={summary(profile)}
      actions={
        <DownloadButton path="/datasets/{dataset}/parquet" id={dataset} fallback="dataset.parquet">
          <Download aria-hidden />
          Parquet
        </DownloadButton>
      }
    >
      {profile.notes && profile.notes.length > 0 && (
        <ul aria-label="How the file was read" className="mb-4 list-disc pl-5 text-sm text-muted">
          {profile.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <ColumnTable profile={profile} />
    </Card>
  );
}

function summary({ rows, columns, size, format }: Profile): string {
  return `${formatNumber(rows)} rows, ${formatNumber(columns.length)} columns · ${format.toUpperCase()}, ${formatBytes(size)}`;
}
