// One measurement: so many rows become pending at once, a crew that runs already sends them, and everything is checked afterwards.
// Before it: crew.ts has started and warmed up; after it: figures.ts and table.ts.
import { pause } from "./competitors/work.ts";
import type { Crew, MemberMemory } from "./crew.ts";
import { percentile, ratePerSecond } from "./figures.ts";
import type { PartnerCounters } from "../dev/partner/memory.ts";
import type { Ground, PerService, Requests } from "./ground.ts";
import { type BenchRow, type Range, sizeOf } from "./rows.ts";
import { findProblem, type PartnerDocumentFacts } from "./verify.ts";

/** What to measure. */
export interface RoundOptions {
  readonly range: Range;
  /** The partner's. */
  readonly latencyMs: number;
}

/** What came of it. */
export interface Round {
  readonly documents: number;
  /** From the first row written to the last one. */
  readonly perSecond: number;
  /** Time on the processor of all the competitor's processes for 1,000 documents, s: from the rows' commit to the last row written. */
  readonly cpuSeconds: number;
  /** Of each service for 1,000 documents, s. */
  readonly servicesCpuSeconds: PerService;
  /** Requests for one document. */
  readonly requests: Requests;
  /** From the rows' commit to the national code in the row, ms. The rows become pending all at once. */
  readonly latencyMs: Percentiles;
  readonly memory: readonly MemberMemory[];
}

/** Of a set of times, ms. */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** A round that does not count: a row or the partner is not as it must be. */
export class RoundError extends Error {
  override readonly name = "RoundError";
}

const lookEveryMs = 50;
/** Without a new acceptance for so long, ms, the competitor stands still. */
const standstillMs = 30_000;

/** Runs one round. Throws RoundError. */
export async function runRound(ground: Ground, crew: Crew, options: RoundOptions): Promise<Round> {
  const { range, latencyMs } = options;
  const documents = sizeOf(range);
  await ground.ask("partner", "POST reset");
  await ground.ask("partner", "POST latency", { ms: latencyMs });
  const before = await marks(ground, crew);
  await ground.rows.reset(range);
  const committedMs = await ground.rows.nowMs();
  await untilWritten(ground, crew, documents);
  const after = await marks(ground, crew);
  const rows = await ground.rows.read(range);
  const facts = await ground.ask<{ documents: PartnerDocumentFacts[] }>(
    "partner",
    "GET documents?bodies=false",
  );
  const problem = findProblem(rows, facts.documents, documents);
  if (problem !== null) throw new RoundError(problem);
  return figuresOf(rows, { documents, committedMs, before, after, memory: crew.memory() });
}

interface Marks {
  readonly cpuMs: number;
  readonly servicesCpuMs: PerService;
  readonly requests: Requests;
}

async function marks(ground: Ground, crew: Crew): Promise<Marks> {
  const requests = await ground.requests();
  return { cpuMs: crew.cpuMs(), servicesCpuMs: ground.servicesCpuMs(), requests };
}

/** Asks the partner, which knows without looking: SQL Server is asked only once all calls are through. */
async function untilWritten(ground: Ground, crew: Crew, documents: number): Promise<void> {
  let seen = -1;
  let lastMs = Date.now();
  for (;;) {
    const { accepted } = await ground.ask<PartnerCounters>("partner", "GET counters");
    if (accepted >= documents && await ground.rows.pending(1) === 0) return;
    if (accepted !== seen) [seen, lastMs] = [accepted, Date.now()];
    if (Date.now() - lastMs > standstillMs) {
      throw new RoundError(`it stands still: ${accepted} of ${documents} documents accepted`);
    }
    crew.check();
    await pause(lookEveryMs);
  }
}

interface Taken {
  readonly documents: number;
  readonly committedMs: number;
  readonly before: Marks;
  readonly after: Marks;
  readonly memory: readonly MemberMemory[];
}

function figuresOf(
  rows: readonly BenchRow[],
  { documents, committedMs, before, after, memory }: Taken,
): Round {
  const times = rows.map(({ updatedMs }) => updatedMs).sort((a, b) => a - b);
  const waits = times.map((ms) => ms - committedMs);
  const each = (of: (marks: Marks) => number) => (of(after) - of(before)) / documents;
  return {
    documents,
    perSecond: ratePerSecond(times),
    cpuSeconds: each(({ cpuMs }) => cpuMs),
    servicesCpuSeconds: {
      redis: each(({ servicesCpuMs }) => servicesCpuMs.redis),
      sqlserver: each(({ servicesCpuMs }) => servicesCpuMs.sqlserver),
      mongodb: each(({ servicesCpuMs }) => servicesCpuMs.mongodb),
      partner: each(({ servicesCpuMs }) => servicesCpuMs.partner),
    },
    requests: {
      sql: each(({ requests }) => requests.sql),
      redis: each(({ requests }) => requests.redis),
      mongo: each(({ requests }) => requests.mongo),
    },
    latencyMs: { p50: percentile(waits, 0.5), p95: percentile(waits, 0.95), p99: percentile(waits, 0.99) },
    memory,
  };
}
