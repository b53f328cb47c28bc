// Whether Redis still knows what it knew. A master that died takes its last writes with it: an entry that was settled may be back, one
// that a worker has in call may look unread. So where another server holds the stream than before, or the same one was started anew,
// nobody takes or enqueues anything for a moment, in which all workers put back on record what they hold (renew.lua), and of every entry
// scanned before the end of that moment the row is looked at before it is sent. Beside the steps "scan" and "claim".
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";
import type { Holder, Sight } from "./redis_holder.ts";

/** The shortest of such moments, ms: workers find the new master within two seconds, and renew within one more. */
const quietMinMs = 4_000;

/** What is known of the server that holds the stream. */
export interface Ground {
  server: string;
  /** Nothing is taken or enqueued before this, ms by our clock. */
  quietUntilMs: number;
  /** An entry scanned before this may have been sent already, ms by the Redis clock. */
  doubtBeforeMs: number;
}

/**
 * What to think of the server that is there now. Pure. The first one that a process meets is taken as it is, unless Redis had to be
 * waited for: then it may have died just now, and others may not be back yet.
 */
export function groundAt(
  before: Ground | null,
  seen: Pick<Holder, "server" | "nowMs">,
  now: { nowMs: number; quietMs: number; waited: boolean },
): Ground {
  if (before?.server === seen.server) return before;
  const quietMs = before === null && !now.waited ? 0 : now.quietMs;
  return {
    server: seen.server,
    quietUntilMs: now.nowMs + quietMs,
    doubtBeforeMs: seen.nowMs + quietMs,
  };
}

/** What a scan or a reading loop asks before and after it takes something. */
export interface Footing {
  /** Whether something may be taken or enqueued. Throws when Redis cannot be reached. */
  isFirm(): Promise<boolean>;
  /** Whether the connection changed since isFirm(): what came over it was perhaps another server's. */
  readonly moved: boolean;
  /** Whether an entry may have been sent although it looks as if it had not; by when its scan began, ms by the Redis clock. */
  doubts(scannedAtMs: number): boolean;
}

/** Of a Redis that forgets nothing. */
export const firmFooting: Footing = {
  isFirm: () => Promise.resolve(true),
  moved: false,
  doubts: () => false,
};

/** The footing on one stream. In normal running it costs a comparison for each take. */
export class StreamFooting implements Footing {
  readonly #parts: { type: string; sight: Sight; clock: Clock; log: Log; leaseMs: number };
  #connection: object | null = null;
  #ground: Ground | null = null;
  #waited = false;

  constructor(parts: { type: string; sight: Sight; clock: Clock; log: Log; leaseMs: number }) {
    this.#parts = parts;
  }

  async isFirm(): Promise<boolean> {
    if (this.moved) await this.#look();
    return this.#ground !== null && this.#parts.clock.now() >= this.#ground.quietUntilMs;
  }

  get moved(): boolean {
    const connection = this.#parts.sight.connection();
    return connection === null || connection !== this.#connection;
  }

  doubts(scannedAtMs: number): boolean {
    return this.#ground !== null && scannedAtMs < this.#ground.doubtBeforeMs;
  }

  async #look(): Promise<void> {
    const { sight, clock, log, leaseMs, type } = this.#parts;
    try {
      const holder = await sight.look();
      const quietMs = Math.max(leaseMs, quietMinMs);
      const ground = groundAt(this.#ground, holder, { nowMs: clock.now(), quietMs, waited: this.#waited });
      if (ground !== this.#ground && this.#ground) log.event("redis.changed", { type, for_ms: quietMs });
      this.#ground = ground;
      this.#connection = holder.connection;
      this.#waited = false;
    } catch (error) {
      this.#waited = true;
      throw error;
    }
  }
}
