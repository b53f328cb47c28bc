// Step "claim": how many entries a worker may take now. Pure; workers/worker.ts takes them. After enqueue, before the call.
import type { Breaker } from "../shared/breaker.ts";

/** Results waiting to be written back; with so many of them nothing new is taken (design, section 4). */
const writingMax = 1_000;
/** Two entries for each slot are read ahead, up to so many; with more slots than twice that, half an entry for each. */
const aheadMany = 64;

export interface Capacity {
  concurrency: number;
  waiting: number;
  calling: number;
  writing: number;
  /** After onTake(): half_open means that this take may bring a probe. */
  breaker: Breaker;
  sourceLost: boolean;
}

/** How many due entries and how many entries in all to take; 0 for nothing. `probe`: new ones before due ones, and one only. */
export type Want = { kind: "none" } | { kind: "take"; count: number } | { kind: "probe" };

/**
 * Free slots and some ahead, so that a slot is never idle for a round trip to Redis. Asks again only when half of
 * what was read ahead is used up, so that one round trip brings many entries.
 */
export function wanted(capacity: Capacity): Want {
  const { concurrency, waiting, calling, writing, breaker } = capacity;
  if (capacity.sourceLost || writing >= writingMax || breaker.state === "open") return { kind: "none" };
  if (breaker.state === "half_open") {
    return waiting + calling === 0 ? { kind: "probe" } : { kind: "none" };
  }
  const ahead = Math.max(Math.min(concurrency * 2, aheadMany), Math.ceil(concurrency / 2));
  const room = concurrency + ahead - waiting - calling;
  return room > 0 && waiting <= ahead / 2 ? { kind: "take", count: room } : { kind: "none" };
}
