// What Hermes must reach (median over the rounds of one run), and whether it has. Pure: figures in, lines out. A goal missed does not fail a
// run: machines differ, and the ratios are for people to look at.
import type { CompetitorName } from "./competitors.ts";
import { cpuRatio, latenciesOf, rateRatio, roundsOf } from "./compare_figures.ts";
import { median } from "./figures.ts";
import type { Cell } from "./parts/compare.ts";

/** A goal at a latency; null where it does not apply. */
interface Goal {
  readonly words: string;
  readonly bound: (latency: number) => number | null;
  readonly reached: "at least" | "at most";
  readonly value: (cells: readonly Cell[], latency: number) => number;
}

const cpuTimesBareMax = 2.2;
const sqlMax = 0.05;
const redisMax = 0.5;
const mongoMax = 0.05;
/** Above it, the partner's latency decides, batches are small, and requests per document say nothing about load. */
const loadLatencyMax = 5;

const goals: readonly Goal[] = [
  { words: "of the bare loop's documents/s", bound: (ms) => ms >= 5 ? 0.9 : 0.75, ...rateOver("bare") },
  {
    words: "of BullMQ's documents/s",
    bound: (ms) => ms === 0 ? 1.5 : ms <= 5 ? 1.2 : 1,
    ...rateOver("bullmq"),
  },
  { words: "of naive's documents/s", bound: (ms) => ms <= 5 ? 5 : 1, ...rateOver("naive") },
  {
    words: "of the bare loop's CPU seconds",
    bound: () => cpuTimesBareMax,
    reached: "at most",
    value: (cells, latency) => cpuRatio(cells, latency, { over: "hermes", under: "bare" }),
  },
  { words: "SQL requests a document", bound: underLoad(sqlMax), ...requestsOf("sql") },
  { words: "Redis requests a document", bound: underLoad(redisMax), ...requestsOf("redis") },
  { words: "MongoDB requests a document", bound: underLoad(mongoMax), ...requestsOf("mongo") },
];

/** One line for each goal at each latency: reached or missed. What was not measured is left out. */
export function goalLines(cells: readonly Cell[]): string[] {
  return latenciesOf(cells).flatMap((latency) =>
    goals.flatMap(({ words, bound, reached, value }) => {
      const [wanted, found] = [bound(latency), value(cells, latency)];
      if (wanted === null || Number.isNaN(found)) return [];
      const isReached = reached === "at least" ? found >= wanted : found <= wanted;
      const mark = isReached ? "reached" : "MISSED ";
      return [`${mark}  ${`${latency} ms`.padStart(6)}  ${found.toFixed(3)} ${words}, ${reached} ${wanted}`];
    })
  );
}

function rateOver(under: CompetitorName): Pick<Goal, "reached" | "value"> {
  return {
    reached: "at least",
    value: (cells, latency) => rateRatio(cells, latency, { over: "hermes", under }),
  };
}

function requestsOf(service: "sql" | "redis" | "mongo"): Pick<Goal, "reached" | "value"> {
  return {
    reached: "at most",
    value: (cells, latency) =>
      median(roundsOf(cells, "hermes", latency).map(({ requests }) => requests[service])),
  };
}

function underLoad(most: number): (latency: number) => number | null {
  return (latency) => latency <= loadLatencyMax ? most : null;
}
