// The parts of the bench: what each is run with, and what it gives: a table, figures, for the comparison a chart. Each has a ground of its own.
import { compareChart } from "./compare_chart.ts";
import { compareTables } from "./compare_table.ts";
import { Ground } from "./ground.ts";
import type { BenchOptions, PartName } from "./options.ts";
import { compare } from "./parts/compare.ts";
import { light, lightTable } from "./parts/light.ts";
import { million, millionTable } from "./parts/million.ts";
import { profile, profileTable } from "./parts/profile.ts";
import { runSeries, seriesTable } from "./parts/series.ts";
import { shops, shopsTable } from "./parts/shops.ts";

/** What a part gives. */
export interface PartResult {
  readonly table: string;
  readonly json: unknown;
  readonly svg?: string;
}

/** Documents of each part: usually, and with --quick. */
const documentsOf: Readonly<Record<PartName, readonly [usual: number, quick: number]>> = {
  compare: [10_000, 3_000],
  light: [2_000, 2_000],
  shops: [100_000, 20_000],
  workers: [10_000, 4_000],
  lines: [6_000, 2_000],
  latency: [6_000, 2_000],
  concurrency: [6_000, 2_000],
  profile: [30_000, 10_000],
  million: [1_000_000, 100_000],
};

/** Runs one part. Throws RoundError for a round that does not count. */
export async function runPart(part: PartName, options: BenchOptions): Promise<PartResult> {
  const [usual, quick] = documentsOf[part];
  const documents = options.documents ?? (options.quick ? quick : usual);
  const tell = (line: string) => console.error(line);
  await using ground = await Ground.start(options);
  return await partOf(ground, part, { ...options, documents, tell });
}

type Running = Omit<BenchOptions, "documents"> & { documents: number; tell: (line: string) => void };

async function partOf(ground: Ground, part: PartName, options: Running): Promise<PartResult> {
  switch (part) {
    case "compare": {
      const rounds = options.rounds ?? (options.quick ? 1 : 5);
      const cells = await compare(ground, { ...options, rounds });
      return { table: compareTables(cells), json: cells, svg: compareChart(cells) };
    }
    case "light": {
      const figures = await light(ground, options);
      return { table: lightTable(figures), json: figures };
    }
    case "shops": {
      const figures = await shops(ground, options);
      return { table: shopsTable(figures), json: figures };
    }
    case "profile": {
      const figures = await profile(ground, options);
      return { table: profileTable(figures), json: figures };
    }
    case "million": {
      const figures = await million(ground, { ...options, latencyMs: 0 });
      return { table: millionTable(figures), json: figures };
    }
    default: {
      const cells = await runSeries(ground, part, { ...options, rounds: options.rounds ?? 1 });
      return { table: seriesTable(part, cells), json: cells };
    }
  }
}
