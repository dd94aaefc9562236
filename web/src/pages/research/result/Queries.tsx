import { Code } from "lucide-react";

import { formatNumber } from "@/lib/format";
import { Badge, Button, Card } from "@/ui";

import { Chart } from "./Chart";
import { readChart } from "./chart-spec";
import { Preview } from "./Preview";
import type { Detail } from "./result";

interface QueriesProps {
  details: readonly Detail[];
  onOpen: (query: string) => void;
  title?: string;
  description?: string;
}

/** Each query that was run, as a picture where there is one, and its SQL and rows one click away. */
export function Queries({
  details,
  onOpen,
  title = "Where it comes from",
  description = "Every query that was run, with all it gave.",
}: QueriesProps) {
  return (
    <Card title={title} description={description}>
      <ul className={details.length > 1 ? "gap-4 xl:columns-2" : undefined}>
        {details.map((detail) => (
          <QueryCard key={detail.query_id} detail={detail} onOpen={() => onOpen(detail.query_id)} />
        ))}
      </ul>
    </Card>
  );
}

function QueryCard({ detail, onOpen }: { detail: Detail; onOpen: () => void }) {
  return (
    <li className="mb-4 flex min-w-0 break-inside-avoid flex-col gap-3 rounded-xl border border-line p-4 last:mb-0">
      <div className="flex items-start gap-3">
        <h3 className="min-w-0 flex-1 text-sm font-medium wrap-anywhere">{detail.question}</h3>
        <Badge>{detail.kind}</Badge>
      </div>
      {readChart(detail.chart) ? <Chart spec={detail.chart} /> : <Preview detail={detail} />}
      {detail.error && <p className="text-sm wrap-anywhere text-danger">{detail.error}</p>}
      <Button size="sm" variant="ghost" onClick={onOpen} className="-mb-2 -ml-3 self-start">
        <Code aria-hidden />
        {detail.error ? "The query" : `The query and its ${counted(detail.row_count)}`}
        <span className="sr-only">: {detail.question}</span>
      </Button>
    </li>
  );
}

const counted = (rows: number): string => (rows === 1 ? "one row" : `${formatNumber(rows)} rows`);
