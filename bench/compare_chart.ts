// The comparison as a chart: documents per second, and time on the processor, of each competitor at each latency. Pure.
import { competitorsOf, latenciesOf, roundsOf } from "./compare_figures.ts";
import { median } from "./figures.ts";
import type { Cell } from "./parts/compare.ts";
import { chartOf, type Panel } from "./svg.ts";

/** The text of an SVG file. */
export function compareChart(cells: readonly Cell[]): string {
  return chartOf([
    panelOf(cells, "Documents per second", ({ perSecond }) => perSecond, (value) => value.toFixed(0)),
    panelOf(
      cells,
      "CPU seconds per 1,000 documents, all processes of the product",
      ({ cpuSeconds }) => cpuSeconds,
      (value) => value.toFixed(2),
    ),
  ]);
}

function panelOf(
  cells: readonly Cell[],
  title: string,
  valueOf: (cell: Cell) => number,
  format: (value: number) => string,
): Panel {
  const latencies = latenciesOf(cells);
  const values = Object.fromEntries(
    competitorsOf(cells).map((name) => [
      name,
      latencies.map((latency) => median(roundsOf(cells, name, latency).map(valueOf))),
    ]),
  );
  return { title, groups: latencies.map((ms) => `partner answers after ${ms} ms`), values, format };
}
