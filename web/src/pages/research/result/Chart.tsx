import { lazy, Suspense } from "react";

import { Skeleton } from "@/ui";

import { readChart } from "./chart-spec";

const Drawing = lazy(() => import("./ChartDrawing"));

/** A picture of a result; nothing where there is none to draw. The same figures are in the table of its rows. */
export function Chart({ spec }: { spec: unknown }) {
  const chart = readChart(spec);
  if (!chart) return null;
  return (
    <Suspense fallback={<Skeleton className="h-60 w-full" />}>
      <Drawing chart={chart} />
    </Suspense>
  );
}
