// The comparison as tables: figures of each competitor at each latency, and what they are of each other. Pure.
import { competitorsOf, cpuRatio, latenciesOf, rateRatio, roundsOf } from "./compare_figures.ts";
import { median } from "./figures.ts";
import { goalLines } from "./goals.ts";
import type { Cell } from "./parts/compare.ts";
import { layOut } from "./table.ts";

/** Medians over the rounds, then the ratios and what they were to be. */
export function compareTables(cells: readonly Cell[]): string {
  return [
    figureTable(cells),
    servicesTable(cells),
    memoryTable(cells),
    ratioTable(cells),
    goalLines(cells).join("\n"),
  ].join(
    "\n\n",
  );
}

function figureTable(cells: readonly Cell[]): string {
  const head = ["partner", "", "documents/s", "CPU s/1,000", "SQL/doc", "Redis/doc", "Mongo/doc"];
  const rows = latenciesOf(cells).flatMap((latency) =>
    competitorsOf(cells).map((name) => {
      const rounds = roundsOf(cells, name, latency);
      const of = (value: (cell: Cell) => number) => median(rounds.map(value));
      return [
        `${latency} ms`,
        name,
        of(({ perSecond }) => perSecond).toFixed(0),
        of(({ cpuSeconds }) => cpuSeconds).toFixed(3),
        of(({ requests }) => requests.sql).toFixed(3),
        of(({ requests }) => requests.redis).toFixed(3),
        of(({ requests }) => requests.mongo).toFixed(3),
        ...(["p50", "p95", "p99"] as const).map((part) => of(({ latencyMs }) => latencyMs[part]).toFixed(0)),
      ];
    })
  );
  return layOut([...head, "p50 ms", "p95 ms", "p99 ms"], rows);
}

/** What each competitor gives the services to do: on a machine of few processors it slows everybody. */
function servicesTable(cells: readonly Cell[]): string {
  const services = ["sqlserver", "redis", "mongodb", "partner"] as const;
  const rows = latenciesOf(cells).flatMap((latency) =>
    competitorsOf(cells).map((name) => {
      const rounds = roundsOf(cells, name, latency);
      const columns = services.map((service) =>
        median(rounds.map(({ servicesCpuSeconds }) => servicesCpuSeconds[service]))
      );
      const total = columns.reduce((sum, seconds) => sum + seconds, 0);
      return [`${latency} ms`, name, ...[...columns, total].map((seconds) => seconds.toFixed(3))];
    })
  );
  return layOut(["services' CPU s/1,000", "", ...services, "together"], rows);
}

function memoryTable(cells: readonly Cell[]): string {
  const members = cells.flatMap(({ memory }) => memory);
  const rows = [...new Set(members.map(({ name }) => name))].map((program) => {
    const peaks = members.filter(({ name }) => name === program).map(({ peakMb }) => peakMb);
    return [program, median(peaks).toFixed(0), Math.max(...peaks).toFixed(0)];
  });
  return layOut(["process", "peak RSS, MB", "worst"], rows);
}

function ratioTable(cells: readonly Cell[]): string {
  const others = competitorsOf(cells).filter((name) => name !== "hermes");
  if (others.length === competitorsOf(cells).length) return "";
  const rows = latenciesOf(cells).map((latency) => [
    `${latency} ms`,
    ...others.map((under) => rateRatio(cells, latency, { over: "hermes", under }).toFixed(2)),
    ...others.map((under) => cpuRatio(cells, latency, { over: "hermes", under }).toFixed(2)),
  ]);
  const head = [
    "Hermes over",
    ...others.map((name) => `${name} docs/s`),
    ...others.map((name) => `${name} CPU`),
  ];
  return layOut(head, rows);
}
