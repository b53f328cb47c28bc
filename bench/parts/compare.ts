// The comparison: every competitor at every latency in every round, alternating, one at a time on the same ground.
import type { RunOptions } from "../options.ts";
import type { CompetitorName } from "../competitors.ts";
import type { Ground } from "../ground.ts";
import { type Round, runRound } from "../round.ts";
import { firstOf } from "../rows.ts";
import { bundleAll, withCrew } from "../stage.ts";

/** How to compare. */
export interface CompareOptions extends RunOptions {
  readonly competitors: readonly CompetitorName[];
  readonly latencies: readonly number[];
  readonly documents: number;
  readonly rounds: number;
}

/** One competitor's round at one latency. */
export interface Cell extends Round {
  readonly competitor: CompetitorName;
  readonly latency: number;
  readonly round: number;
}

/** Rounds at a latency last some seconds. */
const roundSeconds = 6;

/** Runs it. Throws RoundError for a round that does not count. */
export async function compare(ground: Ground, options: CompareOptions): Promise<Cell[]> {
  const { competitors, latencies, documents, rounds, concurrency, set, tell } = options;
  tell(`making ${documents} documents and the bundles`);
  const rows = await ground.rows.fill(documents);
  await bundleAll(ground, competitors);
  const cells: Cell[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const competitor of turned(competitors, round)) {
      const work = async (crew: Parameters<typeof runRound>[1]) => {
        for (const latency of latencies) {
          const range = firstOf(rows, documentsFor(competitor, latency, { documents, concurrency }));
          const figures = await runRound(ground, crew, { range, latencyMs: latency });
          cells.push({ competitor, latency, round, ...figures });
          tell(`round ${round + 1}  ${wordsFor(competitor, latency, figures)}`);
        }
      };
      await withCrew(ground, { competitor, concurrency, set }, { warmUp: rows, work });
    }
  }
  return cells;
}

/** Each round begins with another competitor. */
export function turned<T>(all: readonly T[], round: number): T[] {
  const first = round % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

/** Fewer where the partner's latency or the design makes them slow. */
export function documentsFor(
  competitor: CompetitorName,
  latency: number,
  { documents, concurrency }: { documents: number; concurrency: number },
): number {
  const perSecondMax = latency === 0 ? Infinity : concurrency * 1000 / latency;
  const inTime = Math.min(documents, Math.ceil(perSecondMax * roundSeconds));
  return Math.max(200, competitor === "naive" ? Math.ceil(Math.min(documents / 4, inTime / 2)) : inTime);
}

function wordsFor(competitor: CompetitorName, latency: number, round: Round): string {
  const { documents, perSecond, cpuSeconds } = round;
  const columns = [competitor.padEnd(7), `${latency} ms`.padStart(6), `${documents} documents`.padStart(16)];
  return [...columns, `${perSecond.toFixed(0)}/s`.padStart(7), `${cpuSeconds.toFixed(3)} s CPU per 1,000`]
    .join("  ");
}
