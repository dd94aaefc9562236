import { useEffect, useRef, useState } from "react";
import { type Loader, parse, View } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile, type Config, type TopLevelSpec } from "vega-lite";

import { type ChartSpec, liesDown } from "./chart-spec";

/** Colours are the variables of the page: an SVG follows the theme without being drawn again. */
const config: Config = {
  background: "transparent",
  font: "system-ui, sans-serif",
  view: { stroke: null },
  bar: { color: "var(--accent)" },
  line: { color: "var(--accent)", strokeWidth: 2, point: true },
  point: { color: "var(--accent)", filled: true, opacity: 0.7, size: 36 },
  axis: {
    domainColor: "var(--line)",
    gridColor: "var(--line)",
    tickColor: "var(--line)",
    labelColor: "var(--muted)",
    titleColor: "var(--muted)",
    titleFontWeight: "normal",
    labelLimit: 140,
  },
  legend: {
    labelColor: "var(--muted)",
    titleColor: "var(--muted)",
    orient: "top",
    titleFontWeight: "normal",
    columns: 3,
  },
  range: {
    category: [
      "var(--accent)",
      "var(--warning)",
      "var(--danger)",
      "var(--success)",
      "var(--line-strong)",
      "var(--ink)",
    ],
  },
};

/** Nothing is ever loaded: the data of a chart stands in it. */
const refusing: Loader = {
  load: () => Promise.reject(new Error("Charts load nothing.")),
  sanitize: () => Promise.reject(new Error("Charts lead nowhere.")),
  http: () => Promise.reject(new Error("Charts load nothing.")),
  file: () => Promise.reject(new Error("Charts load nothing.")),
};

const HEIGHT = 260;
const BAND = 24;

/** A chart drawn by Vega without compiling any code, as the content security policy asks for. */
export default function ChartDrawing({ chart }: { chart: ChartSpec }) {
  const box = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (!box.current) return;
    const { spec } = compile(drawn(chart), { config });
    const runtime = parse(spec, undefined, { ast: true });
    const view = new View(runtime, {
      expr: expressionInterpreter,
      renderer: "svg",
      loader: refusing,
      container: box.current,
      hover: true,
    });
    view.runAsync().catch(() => setFailed(true));
    const resized = new ResizeObserver(() => void view.resize().runAsync());
    resized.observe(box.current);
    return () => {
      resized.disconnect();
      view.finalize();
    };
  }, [chart]);
  if (failed) return <p className="text-sm text-muted">This chart could not be drawn; its figures are in the table.</p>;
  // Vega gives its container a role of its own, so the picture is named around it.
  return (
    <div role="img" aria-label={`Chart: ${chart.description}`}>
      <div ref={box} className="w-full" />
    </div>
  );
}

/** How many bars lie below each other. A height of so much each would say the same, but not beside a width that fits. */
const bandsOf = ({ data, encoding }: ChartSpec): number =>
  new Set(data.values.map((row) => row[encoding.x.field])).size;

function drawn(chart: ChartSpec): TopLevelSpec {
  const { encoding, ...rest } = chart;
  const { x, y, x2, color } = encoding;
  const sized = {
    ...rest,
    width: "container" as const,
    autosize: { type: "fit-x" as const, contains: "padding" as const },
  };
  if (liesDown(chart)) {
    // Round ends are for bars with names: vega-lite draws bars of a histogram with them one pixel wide.
    const mark = { ...chart.mark, tooltip: true, cornerRadiusEnd: 3 };
    return { ...sized, mark, height: BAND * bandsOf(chart), encoding: { x: y, y: x, ...(color && { color }) } };
  }
  return {
    ...sized,
    mark: { ...chart.mark, tooltip: true },
    height: HEIGHT,
    encoding: { x, y, ...(x2 && { x2: { field: x2.field } }), ...(color && { color }) },
  };
}
