import { lazy, Suspense } from "react";

import { formatSql } from "./format-sql";

const Editor = lazy(() => import("./SqlEditor"));

/** A query to read and copy, never to change. */
export function Sql({ sql }: { sql: string }) {
  const text = formatSql(sql);
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-sunken">
      <Suspense fallback={<pre className="p-3 font-mono text-xs leading-5 whitespace-pre-wrap">{text}</pre>}>
        <Editor sql={text} />
      </Suspense>
    </div>
  );
}
