// Measures how soon others take over: the entries of a worker that ended, the lead of a scheduler that ended. Used by faults/processes.ts.
import { dueIdleMs } from "../../shared/stream.ts";
import { group, leaderKey, streamKeys } from "../../shared/stream_keys.ts";
import type { DocumentType } from "../../shared/document.ts";
import type { Ground } from "./ground.ts";
import { pause } from "./pause.ts";

const lookEveryMs = 40;
const giveUpMs = 30_000;
const answerWithinMs = 2_000;
const entriesMax = 2_000;

interface PendingEntry {
  readonly id: string;
  readonly idleMs: number;
}

/** What a consumer holds, or has put off. Throws an Error when Redis does not answer. */
async function pendingOf(
  ground: Ground,
  type: DocumentType,
  consumer: string,
): Promise<PendingEntry[]> {
  const { redis, settings } = ground.stack;
  const { stream } = streamKeys(settings.redis.keyPrefix, type);
  const reply = await inTime(redis.xpending(stream, group, "-", "+", entriesMax, consumer));
  return reply.flatMap((row) => Array.isArray(row) ? [{ id: String(row[0]), idleMs: Number(row[2]) }] : []);
}

/** Entries of a consumer that was killed, and were in its hand: how long until each is another's, ms. */
export async function takenAfterKill(
  ground: Ground,
  { type, consumer, killedAtMs }: { type: DocumentType; consumer: string; killedAtMs: number },
): Promise<number[]> {
  const inHand = (await pendingOf(ground, type, consumer))
    .filter(({ idleMs }) => idleMs >= dueIdleMs - ground.leaseMs);
  const waiting = new Set(inHand.map(({ id }) => id));
  const took: number[] = [];
  while (waiting.size > 0 && Date.now() - killedAtMs < giveUpMs) {
    await pause(lookEveryMs);
    const left = new Set((await pendingOf(ground, type, consumer)).map(({ id }) => id));
    for (const id of waiting) {
      if (left.has(id)) continue;
      waiting.delete(id);
      took.push(Date.now() - killedAtMs);
    }
  }
  return [...took, ...[...waiting].map(() => giveUpMs)];
}

/** Entries that a consumer gives up while it ends: how long each is due until another takes it, ms. Ends when it has nothing due. */
export async function takenAfterGivenUp(
  ground: Ground,
  { type, consumer, ended }: { type: DocumentType; consumer: string; ended: Promise<unknown> },
): Promise<number[]> {
  const dueSinceMs = new Map<string, number>();
  const took: number[] = [];
  let hasEnded = false;
  ended.then(() => hasEnded = true);
  const beganMs = Date.now();
  for (;;) {
    const isLast = hasEnded;
    const due = (await pendingOf(ground, type, consumer)).filter(({ idleMs }) => idleMs >= dueIdleMs);
    for (const { id, idleMs } of due) {
      dueSinceMs.set(id, dueSinceMs.get(id) ?? Date.now() - (idleMs - dueIdleMs));
    }
    for (const [id, sinceMs] of dueSinceMs) {
      if (due.some((entry) => entry.id === id)) continue;
      dueSinceMs.delete(id);
      took.push(Date.now() - sinceMs);
    }
    if (isLast && due.length === 0) return took;
    if (Date.now() - beganMs > giveUpMs) return [...took, ...due.map(() => giveUpMs)];
    await pause(lookEveryMs);
  }
}

/** Who leads, by name; null for nobody. Throws an Error when Redis does not answer. */
export async function leaderOf({ stack }: Ground): Promise<string | null> {
  return await inTime(stack.redis.get(leaderKey(stack.settings.redis.keyPrefix)));
}

/** How long until another than `name` leads, ms. */
export async function ledByAnother(ground: Ground, name: string): Promise<number> {
  const beganMs = Date.now();
  while (Date.now() - beganMs < giveUpMs) {
    const leader = await leaderOf(ground);
    if (leader !== null && leader !== name) break;
    await pause(lookEveryMs);
  }
  return Date.now() - beganMs;
}

/** The promise's value; an Error when Redis gives none: it may be what another fault has frozen. */
export async function inTime<T>(value: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("Redis does not answer")), answerWithinMs);
  try {
    return await Promise.race([value, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
