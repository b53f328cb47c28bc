// Runs one seed to its end and judges it: the promises of Hermes as invariants. Anything in `broken` is a bug.
import type { DialectName } from "../../shared/dialects.ts";
import { planFaults } from "./faults.ts";
import type { SimRow } from "./sim_source.ts";
import { World } from "./world.ts";

/** How long after the last fault everything has to be done, ms: waits of 5 min, a shop's block of 15, an orphan's repair of 5. */
const quietWithinMs = 3_600_000;

export interface SimResult {
  seed: number;
  dialect: DialectName;
  faults: string[];
  broken: string[];
  story: string[];
  events: number;
  /** Simulated time until all was quiet, ms. */
  tookMs: number;
}

/** `sabotage` breaks something before the start, to see that the invariants notice. */
export async function runSeed(seed: number, sabotage?: (world: World) => void): Promise<SimResult> {
  const random = seed * 2654435761 >>> 0;
  const world = new World(seed, {
    workers: 1 + random % 3,
    schedulers: 1 + (random >>> 4) % 2,
    documents: 3 + (random >>> 8) % 15,
    concurrency: 1 + (random >>> 12) % 4,
    dialect: (random >>> 16) % 3 === 0 ? "gateway" : "national",
  });
  sabotage?.(world);
  const beganMs = world.loop.nowMs;
  const faults = planFaults(world);
  world.start();
  await world.loop.runUntil(beganMs + 130_000, () => false);
  world.keepTrafficGoing();
  const quiet = await world.loop.runUntil(beganMs + quietWithinMs, () => world.isQuiet());
  const broken = [...(quiet ? [] : stuck(world)), ...judge(world)];
  return {
    seed,
    dialect: world.dialect,
    faults,
    broken,
    story: world.story,
    events: world.loop.eventsRun,
    tookMs: world.loop.nowMs - beganMs,
  };
}

function stuck(world: World): string[] {
  const pending = world.source.rows.filter((row) => row.status === "PENDING_SYNC").map((row) => row.code);
  const { entries, inflight, receipts } = world.redis;
  return [
    `stuck: pending ${
      pending.join(", ") || "none"
    }; ${entries.size} entries, ${inflight.size} in flight, ${receipts.size} receipts`,
  ];
}

function judge(world: World): string[] {
  const broken: string[] = [];
  for (const row of world.source.rows) {
    const document = world.partner.documents.get(row.code);
    const { gap } = world.partner;
    if (row.code.startsWith("KNOWN")) {
      if (world.mistaken.has(row.code)) broken.push(`${row.code}: somebody else's, taken for our own`);
      continue;
    }
    // Without PUT, "it exists already" is all that is heard of a document whose answer was lost.
    const isUnheard = world.dialect === "gateway" && row.nationalCode === null && gap.lost(row.code);
    if (
      row.status === "SYNC_SUCCESS" && document?.nationalCode !== row.nationalCode && !(document && isUnheard)
    ) {
      broken.push(
        `${row.code}: the row says ${row.nationalCode}, the partner gave ${document?.nationalCode}`,
      );
    }
    if (row.status === "SYNC_FAILED" && row.code.startsWith("OK") && !inKnownGap(world, row.code)) {
      broken.push(`${row.code}: wrongly failed`);
    }
    if (row.status === "SYNC_SUCCESS" && row.code.startsWith("REFUSED")) {
      broken.push(`${row.code}: wrongly succeeded`);
    }
    if (document && document.bodies.size > 1) {
      broken.push(`${row.code}: accepted under ${document.bodies.size} bodies`);
    }
    const excused = world.excused.has(row.code) || world.partner.lostAnswers.has(row.code);
    if (document && document.accepted > 1 && !excused) {
      broken.push(`${row.code}: accepted ${document.accepted} times though no answer was lost`);
    }
  }
  return [...broken, ...judgeDeadLetters(world), ...judgeLogins(world)];
}

/** Only where there is no PUT. */
function inKnownGap({ dialect, partner }: World, code: string): boolean {
  return dialect === "gateway" && partner.gap.excuses(code);
}

/** An outage buries nothing: only what the partner refuses or chokes on may be among the dead letters. */
function judgeDeadLetters(world: World): string[] {
  const rows = new Map(world.source.rows.map((row) => [`${row.key}`, row]));
  return world.redis.dead.flatMap(({ key, reason, deliveries }) => {
    const row = rows.get(key);
    if (!row?.code.startsWith("OK") || isNeedless(world, row)) return [];
    return [`${row.code}: buried (${reason}) after ${deliveries} deliveries`];
  });
}

/** In the known gap; or the answer came, and stands in the row, while Redis had forgotten the entry and had it sent again. */
function isNeedless(world: World, { code, status }: SimRow): boolean {
  const answered = status === "SYNC_SUCCESS" && world.dialect === "gateway";
  return inKnownGap(world, code) || (answered && world.partner.gap.sentAgain(code));
}

/** No more than one refused login a minute for an account. Not judged where Redis may have forgotten the last
 * refusal, or the process that heard of it may have. */
function judgeLogins(world: World): string[] {
  const broken: string[] = [];
  const lastMs = new Map<string, number>();
  const forgot = world.story.some((line) => /FLUSHALL|Redis|kill|SIGSTOP|hangs/.test(line));
  for (const login of world.partner.logins.filter(({ ok }) => !ok)) {
    const before = lastMs.get(login.user);
    if (!forgot && before !== undefined && login.atMs - before < 59_000) {
      broken.push(`${login.user}: two refused logins within ${login.atMs - before} ms`);
    }
    lastMs.set(login.user, login.atMs);
  }
  return broken;
}
