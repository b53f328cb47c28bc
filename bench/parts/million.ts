// A million pending rows: memory over time, the rate at the beginning and at the end, the time of a scan. To measure the end without the way
// to it, the rows in the middle are set to done meanwhile; --full goes the whole way.
import type { RunOptions } from "../options.ts";
import { join } from "node:path";
import type { PartnerCounters } from "../../dev/partner/memory.ts";
import { benchType, pause } from "../competitors/work.ts";
import type { Crew } from "../crew.ts";
import { median, percentile } from "../figures.ts";
import type { Ground } from "../ground.ts";
import { RoundError } from "../round.ts";
import { type Range, sizeOf } from "../rows.ts";
import { type ScanTime, scanTimes } from "../scan_times.ts";
import { bundleAll, withCrew } from "../stage.ts";
import { layOut } from "../table.ts";
import { type Look, rateOver, watchUntil } from "../watch.ts";

/** How to measure. */
export interface MillionOptions extends RunOptions {
  readonly documents: number;
  readonly full: boolean;
  readonly latencyMs: number;
}

/** One stretch of the way. */
export interface Stretch {
  readonly name: "beginning" | "end";
  readonly perSecond: number;
  /** Most of Redis, and of each process, MB. */
  readonly redisMb: number;
  readonly residentMb: readonly number[];
  /** Of one scan, ms. */
  readonly scanMs: { readonly p50: number; readonly max: number; readonly count: number };
}

/** What came of it. */
export interface MillionFigures {
  readonly rows: number;
  readonly stretches: readonly Stretch[];
  /** One a second, over the whole way. */
  readonly looks: readonly Look[];
}

const warmUpDocuments = 2_000;
/** What beginning and end are of the rows, and how many they are at least where there are so many. */
const stretchPart = 0.05;
const stretchMin = 20_000;
/** Left out of the end: what is in flight when the last row is enqueued comes at another pace. */
const tailRows = 2_000;

/** Runs it. Throws RoundError. */
export async function million(ground: Ground, options: MillionOptions): Promise<MillionFigures> {
  const { documents, concurrency, set, tell } = options;
  const warmUp = await ground.rows.fill(warmUpDocuments);
  await bundleAll(ground, ["hermes"]);
  tell(`million: making ${documents} documents`);
  const rows = await ground.rows.copy({ count: documents, lines: 1 });
  const work = (crew: Crew) => walk(ground, crew, rows, options);
  const walked = await withCrew(ground, { competitor: "hermes", concurrency, set }, { warmUp, work });
  return { rows: documents, ...walked };
}

/** Beginning and end, with the ratio of their rates. */
export function millionTable({ rows, stretches }: MillionFigures): string {
  const lines = stretches.map(({ name, perSecond, redisMb, residentMb, scanMs }) => [
    name,
    perSecond.toFixed(0),
    redisMb.toFixed(1),
    ...residentMb.map((mb) => mb.toFixed(0)),
    scanMs.p50.toFixed(0),
    scanMs.max.toFixed(0),
    String(scanMs.count),
  ]);
  const head = [
    `${rows} rows`,
    "docs/s",
    "Redis MB",
    "scheduler MB",
    "worker MB",
    "scan p50 ms",
    "max ms",
    "scans",
  ];
  const [beginning, end] = stretches.map(({ perSecond }) => perSecond);
  const ratio = (end ?? NaN) / (beginning ?? NaN);
  return `${layOut(head, lines)}\nrate at the end over that at the beginning: ${ratio.toFixed(2)}`;
}

async function walk(
  ground: Ground,
  crew: Crew,
  rows: Range,
  { documents, full, latencyMs, tell }: MillionOptions,
): Promise<Omit<MillionFigures, "rows">> {
  await ground.ask("partner", "POST reset");
  await ground.ask("partner", "POST latency", { ms: latencyMs });
  const size = Math.min(Math.max(Math.ceil(documents * stretchPart), stretchMin), Math.floor(documents / 5));
  await ground.rows.reset(rows);
  const { accepted: begun } = await ground.ask<PartnerCounters>("partner", "GET counters");
  tell(`million: all are pending, ${begun} of them sent meanwhile`);
  const beginning = await watchUntil(ground, crew, begun + size);
  const middle = { first: rows.first + begun + 3 * size, last: rows.last - 2 * size };
  const parked = full ? 0 : Math.max(0, sizeOf(middle));
  if (parked > 0) await ground.rows.park(middle);
  const all = documents - parked;
  const way = await watchUntil(ground, crew, all - size);
  const end = await watchUntil(ground, crew, all - tailRows);
  await untilNonePending(ground);
  await verify(ground, all);
  const stretches = [
    await stretchOf("beginning", beginning, ground),
    await stretchOf("end", end, ground),
  ];
  return { stretches, looks: [...beginning, ...way, ...end] };
}

async function stretchOf(name: Stretch["name"], looks: readonly Look[], ground: Ground): Promise<Stretch> {
  const log = await Deno.readTextFile(join(ground.directory, "hermes-scheduler.log"));
  const [fromMs, toMs] = [looks[0]?.atMs ?? 0, looks.at(-1)?.atMs ?? 0];
  const within = ({ atMs, found }: ScanTime) => atMs >= fromMs && atMs <= toMs && found > 0;
  const times = scanTimes(log, benchType).filter(within).map(({ ms }) => ms).sort((a, b) => a - b);
  const peaks = looks[0]?.residentMb.map((_, at) =>
    Math.max(...looks.map(({ residentMb }) => residentMb[at] ?? 0))
  );
  return {
    name,
    perSecond: rateOver(looks),
    redisMb: Math.max(...looks.map(({ redisMb }) => redisMb)),
    residentMb: peaks ?? [],
    scanMs: { p50: median(times), max: percentile(times, 1), count: times.length },
  };
}

async function untilNonePending(ground: Ground): Promise<void> {
  for (let looks = 0; looks < 600; looks++) {
    if (await ground.rows.pending(1) === 0) return;
    await pause(200);
  }
  throw new RoundError("million: rows stay pending for two minutes after the last call");
}

async function verify(ground: Ground, wanted: number): Promise<void> {
  const stats = await ground.ask<{ documents: number; accepted_once: number }>("partner", "GET stats");
  if (stats.documents === wanted && stats.accepted_once === wanted) return;
  throw new RoundError(
    `million: the partner has ${JSON.stringify(stats)}, not ${wanted} documents accepted once`,
  );
}
