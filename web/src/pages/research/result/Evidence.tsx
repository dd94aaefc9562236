import { CopyButton, Dialog } from "@/ui";

import type { Citation, Detail } from "./result";
import { RowsTable } from "./RowsTable";
import { Sql } from "./Sql";

/** What to show where a number comes from: its query and, of the rows that gave, its cell. */
export interface Trace {
  readonly query: string;
  readonly citation?: Citation;
}

interface EvidenceProps {
  trace: Trace | null;
  details: readonly Detail[];
  onClose: () => void;
}

/** A panel with the query behind a number and the rows it gave. The answer stays in sight where there is room. */
export function Evidence({ trace, details, onClose }: EvidenceProps) {
  const detail = details.find((each) => each.query_id === trace?.query);
  return (
    <Dialog
      open={trace !== null}
      onOpenChange={(open) => !open && onClose()}
      title={detail?.question ?? "Nothing to show"}
      description={trace?.citation ? "The number is the marked cell, rounded." : "The query and the rows it gave."}
      className="max-w-none sm:inset-y-3 sm:right-3 sm:left-auto sm:mx-0 sm:max-h-none sm:w-[min(44rem,calc(100vw-1.5rem))]"
    >
      {detail ? (
        <Query detail={detail} citation={trace?.citation} />
      ) : (
        <p className="text-sm">This query is not among the results.</p>
      )}
    </Dialog>
  );
}

function Query({ detail, citation }: { detail: Detail; citation: Citation | undefined }) {
  return (
    <>
      <section aria-label="Rows">
        <h3 className="mb-2 text-sm font-semibold">Rows</h3>
        {detail.error ? (
          <p className="text-sm text-danger">{detail.error}</p>
        ) : (
          <RowsTable key={detail.query_id} detail={detail} cited={citation} />
        )}
      </section>
      <section aria-label="Query">
        <div className="mb-2 flex items-center justify-between gap-2">
          <h3 className="text-sm font-semibold">Query</h3>
          <CopyButton text={detail.sql} label="Copy SQL" labelled />
        </div>
        <Sql sql={detail.sql} />
      </section>
    </>
  );
}
