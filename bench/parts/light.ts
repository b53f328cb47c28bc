// Light load: a document now and then. How long it takes from its commit to its national code, which is mostly the wait for the next sweep.
import type { RunOptions } from "../options.ts";
import { pause } from "../competitors/work.ts";
import { percentile } from "../figures.ts";
import type { Ground } from "../ground.ts";
import { type Percentiles, RoundError } from "../round.ts";
import { bundleAll, withCrew } from "../stage.ts";
import { layOut } from "../table.ts";
import { trickle, waitsOf } from "../trickle.ts";

/** What came of one sweep interval. */
export interface LightFigures extends Percentiles {
  readonly scanEverySeconds: number;
  readonly partnerMs: number;
  readonly documents: number;
}

const documents = 120;
const everyMs = 370;
const partnerMs = 50;
const warmUpDocuments = 2_000;

/** Measures with the usual sweep interval and with one of a second. Throws RoundError. */
export async function light(ground: Ground, options: RunOptions): Promise<LightFigures[]> {
  const rows = await ground.rows.fill(warmUpDocuments);
  await bundleAll(ground, ["hermes"]);
  const found: LightFigures[] = [];
  for (const scanEverySeconds of [5, 1]) {
    const { concurrency, tell } = options;
    const set = { ...options.set, SCAN_EVERY_SECONDS: String(scanEverySeconds) };
    const work = async () => {
      await ground.ask("partner", "POST latency", { ms: partnerMs });
      const range = { first: 1, last: documents };
      await trickle(ground, range, everyMs);
      for (let looks = 0; await ground.rows.pending(1) > 0; looks++) {
        if (looks > 300) throw new RoundError("light load: rows stay pending");
        await pause(100);
      }
      const waits = waitsOf(await ground.rows.read(range));
      const figures = {
        p50: percentile(waits, 0.5),
        p95: percentile(waits, 0.95),
        p99: percentile(waits, 0.99),
      };
      found.push({ scanEverySeconds, partnerMs, documents, ...figures });
      tell(`light: a sweep every ${scanEverySeconds} s, p50 ${figures.p50.toFixed(0)} ms`);
    };
    await withCrew(ground, { competitor: "hermes", concurrency, set }, { warmUp: rows, work });
  }
  return found;
}

/** One line for each sweep interval. */
export function lightTable(figures: readonly LightFigures[]): string {
  const rows = figures.map(({ scanEverySeconds, partnerMs, p50, p95, p99 }) => {
    const bound = scanEverySeconds * 500 + partnerMs + 200;
    return [`every ${scanEverySeconds} s`, ...[p50, p95, p99, bound].map((ms) => ms.toFixed(0))];
  });
  return layOut(["sweep", "p50 ms", "p95 ms", "p99 ms", "p50 wanted"], rows);
}
