// Picks figures out of the comparison: by competitor and latency, and as ratios round by round. Pure.
import { type CompetitorName, competitorNames } from "./competitors.ts";
import { medianRatio } from "./figures.ts";
import type { Cell } from "./parts/compare.ts";

/** The latencies measured, ascending. */
export function latenciesOf(cells: readonly Cell[]): number[] {
  return [...new Set(cells.map(({ latency }) => latency))].sort((a, b) => a - b);
}

/** The competitors measured, in their usual order. */
export function competitorsOf(cells: readonly Cell[]): CompetitorName[] {
  return competitorNames.filter((name) => cells.some(({ competitor }) => competitor === name));
}

/** A competitor's rounds at a latency, in their order. */
export function roundsOf(cells: readonly Cell[], competitor: CompetitorName, latency: number): Cell[] {
  return cells.filter((cell) => cell.competitor === competitor && cell.latency === latency)
    .sort((a, b) => a.round - b.round);
}

/** Rates of one competitor over those of another in the same round at a latency; NaN where one was not measured. */
export function rateRatio(
  cells: readonly Cell[],
  latency: number,
  { over, under }: { over: CompetitorName; under: CompetitorName },
): number {
  const rates = (name: CompetitorName) => roundsOf(cells, name, latency).map(({ perSecond }) => perSecond);
  return medianRatio(rates(over), rates(under));
}

/** The same of the time on the processor. */
export function cpuRatio(
  cells: readonly Cell[],
  latency: number,
  { over, under }: { over: CompetitorName; under: CompetitorName },
): number {
  const times = (name: CompetitorName) => roundsOf(cells, name, latency).map(({ cpuSeconds }) => cpuSeconds);
  return medianRatio(times(over), times(under));
}
