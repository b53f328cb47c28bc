// The series: one thing is turned up (workers, lines of a document, the partner's latency, calls in flight), and Hermes is measured beside the
// bare loop at each step.
import type { CompetitorName } from "../competitors.ts";
import { median, medianRatio } from "../figures.ts";
import type { Ground } from "../ground.ts";
import { type Round, runRound } from "../round.ts";
import { firstOf, type Range } from "../rows.ts";
import { bundleAll, withCrew } from "../stage.ts";
import { layOut } from "../table.ts";

/** What is turned up. */
export type SeriesName = "workers" | "lines" | "latency" | "concurrency";

/** One step. */
interface Step {
  readonly label: string;
  readonly latencyMs: number;
  readonly concurrency: number;
  readonly workers: number;
  /** null: the samples as they are, 1 to 8. */
  readonly lines: number | null;
}

/** How to measure. */
export interface SeriesOptions {
  readonly documents: number;
  readonly rounds: number;
  readonly set: Readonly<Record<string, string>>;
  readonly tell: (line: string) => void;
}

/** One competitor's rounds at one step. */
export interface SeriesCell {
  readonly step: string;
  readonly competitor: CompetitorName;
  readonly rounds: readonly Round[];
}

const usual = { latencyMs: 50, concurrency: 16, workers: 1, lines: null };
const roundSeconds = 8;

const series: Readonly<Record<SeriesName, readonly Step[]>> = {
  workers: [1, 2, 4].map((workers) => ({ ...usual, workers, label: `${workers} workers` })),
  lines: [1, 10, 200].map((lines) => ({ ...usual, latencyMs: 0, lines, label: `${lines} lines` })),
  latency: [5, 50, 500].map((latencyMs) => ({ ...usual, latencyMs, label: `${latencyMs} ms` })),
  concurrency: [1, 4, 16, 64, 256].map((concurrency) => ({
    ...usual,
    concurrency,
    label: `${concurrency} in flight`,
  })),
};

/** Runs one series. Throws RoundError. */
export async function runSeries(
  ground: Ground,
  name: SeriesName,
  options: SeriesOptions,
): Promise<SeriesCell[]> {
  const steps = series[name];
  await bundleAll(ground, ["hermes", "bare"]);
  const samples = await ground.rows.fill(options.documents);
  const cells: SeriesCell[] = [];
  for (const step of steps) {
    const range = step.lines === null ? samples : await linesOf(ground, step.lines, options.documents);
    // The bare loop is one process: several of them would send the same rows.
    const competitors = step.workers === 1 ? ["hermes", "bare"] as const : ["hermes"] as const;
    for (const competitor of competitors) {
      const rounds = await measure(ground, { step, competitor, samples, range }, options);
      cells.push({ step: step.label, competitor, rounds });
      options.tell(`${name}: ${step.label} ${competitor} ${median(rounds.map(rateOf)).toFixed(0)}/s`);
    }
  }
  return cells;
}

/** The series as a table: rates, how far the partner alone would let it go, time on the processor, memory of a worker. */
export function seriesTable(name: SeriesName, cells: readonly SeriesCell[]): string {
  const rows = series[name].map((step) => {
    const of = (competitor: CompetitorName) =>
      cells.find((cell) => cell.step === step.label && cell.competitor === competitor)?.rounds ?? [];
    const [hermes, bare] = [of("hermes"), of("bare")];
    const limit = step.latencyMs === 0 ? Infinity : step.workers * step.concurrency * 1000 / step.latencyMs;
    const workerMb = hermes.flatMap(({ memory }) => memory.at(-1)?.peakMb ?? []);
    return [
      step.label,
      median(hermes.map(rateOf)).toFixed(0),
      bare.length === 0 ? "" : median(bare.map(rateOf)).toFixed(0),
      Number.isFinite(limit) ? limit.toFixed(0) : "",
      bare.length === 0 ? "" : medianRatio(hermes.map(rateOf), bare.map(rateOf)).toFixed(2),
      median(hermes.map(({ cpuSeconds }) => cpuSeconds)).toFixed(3),
      Math.max(...workerMb).toFixed(0),
    ];
  });
  return layOut([name, "hermes/s", "bare/s", "partner's limit", "ratio", "CPU s/1,000", "worker MB"], rows);
}

interface Measured {
  readonly step: Step;
  readonly competitor: CompetitorName;
  readonly samples: Range;
  readonly range: Range;
}

async function measure(
  ground: Ground,
  { step, competitor, samples, range }: Measured,
  { rounds, set }: SeriesOptions,
): Promise<Round[]> {
  const { workers, concurrency, latencyMs } = step;
  const work = async (crew: Parameters<typeof runRound>[1]) => {
    const done: Round[] = [];
    const part = firstOf(range, documentsIn(step, range.last - range.first + 1));
    while (done.length < rounds) done.push(await runRound(ground, crew, { range: part, latencyMs }));
    return done;
  };
  return await withCrew(ground, { competitor, workers, concurrency, set }, { warmUp: samples, work });
}

/** So many that the partner's latency lets them through in some seconds; of long documents fewer. */
function documentsIn({ latencyMs, concurrency, workers, lines }: Step, documents: number): number {
  const perSecond = latencyMs === 0 ? Infinity : workers * concurrency * 1000 / latencyMs;
  const inTime = Math.min(documents, Math.ceil(perSecond * roundSeconds));
  return Math.max(50, Math.ceil(inTime / Math.max(1, (lines ?? 1) / 40)));
}

async function linesOf(ground: Ground, lines: number, documents: number): Promise<Range> {
  return await ground.rows.copy({
    count: documentsIn({ ...usual, latencyMs: 0, lines, label: "" }, documents),
    lines,
  });
}

function rateOf({ perSecond }: Round): number {
  return perSecond;
}
