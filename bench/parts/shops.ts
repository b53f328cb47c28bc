// A hundred shops, one of which has a long backlog: what the others wait, with it and without.
import type { RunOptions } from "../options.ts";
import { pause } from "../competitors/work.ts";
import { percentile } from "../figures.ts";
import type { Ground } from "../ground.ts";
import { type Percentiles, RoundError } from "../round.ts";
import type { Range } from "../rows.ts";
import { bundleAll, withCrew } from "../stage.ts";
import { layOut } from "../table.ts";
import { trickle, waitsOf } from "../trickle.ts";

/** How to measure. */
export interface ShopsOptions extends RunOptions {
  /** Of the large shop. */
  readonly documents: number;
}

/** What the others waited. */
export interface ShopsFigures extends Percentiles {
  readonly backlog: number;
}

const others = 99;
const documentsEach = 4;
const everyMs = 100;
const partnerMs = 5;
const warmUpDocuments = 2_000;

/** Measures the same documents of the others twice. Throws RoundError. */
export async function shops(ground: Ground, options: ShopsOptions): Promise<ShopsFigures[]> {
  const { documents, concurrency, set, tell } = options;
  const warmUp = await ground.rows.fill(warmUpDocuments);
  await bundleAll(ground, ["hermes"]);
  tell(`shops: making ${documents} documents of one shop and ${others * documentsEach} of the others`);
  const large = await ground.rows.copy({ count: documents, lines: 2, shop: "LARGE" });
  const small = await smallShops(ground);
  const found: ShopsFigures[] = [];
  for (const backlog of [0, documents]) {
    const work = async () => {
      await ground.ask("partner", "POST reset");
      await ground.ask("partner", "POST latency", { ms: partnerMs });
      if (backlog > 0) await ground.rows.reset(large);
      await trickle(ground, small, everyMs);
      const figures = await waits(ground, small);
      found.push({ backlog, ...figures });
      tell(`shops: backlog ${backlog}, the others' p95 ${figures.p95.toFixed(0)} ms`);
    };
    await withCrew(ground, { competitor: "hermes", concurrency, set }, { warmUp, work });
    await ground.rows.park(large);
  }
  return found;
}

/** The others' waits, and how many times as long they were. */
export function shopsTable(figures: readonly ShopsFigures[]): string {
  const alone = figures[0]?.p95 ?? NaN;
  const rows = figures.map(({ backlog, p50, p95, p99 }) => [
    `backlog of ${backlog}`,
    ...[p50, p95, p99].map((ms) => ms.toFixed(0)),
    (p95 / alone).toFixed(2),
  ]);
  return layOut(["one shop's", "others' p50 ms", "p95 ms", "p99 ms", "p95 ratio"], rows);
}

/** Their documents one after another, no two neighbours of one shop. */
async function smallShops(ground: Ground): Promise<Range> {
  const ranges: Range[] = [];
  for (let copy = 0; copy < documentsEach; copy++) {
    for (let shop = 0; shop < others; shop++) {
      ranges.push(await ground.rows.copy({ count: 1, lines: 2, shop: `SMALL${shop}` }));
    }
  }
  return { first: ranges[0]?.first ?? 0, last: ranges.at(-1)?.last ?? 0 };
}

async function waits(ground: Ground, range: Range): Promise<Percentiles> {
  for (let looks = 0; looks < 300; looks++) {
    const rows = await ground.rows.read(range);
    if (rows.every(({ nationalCode }) => nationalCode !== null)) {
      const ms = waitsOf(rows);
      return { p50: percentile(ms, 0.5), p95: percentile(ms, 0.95), p99: percentile(ms, 0.99) };
    }
    await pause(200);
  }
  throw new RoundError("shops: the others' documents stay pending for a minute");
}
