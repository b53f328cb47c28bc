// Step "claim": the reading loop. Takes entries from the stream into the worker's hand as room allows, waits when there are none, and
// heals what is missing in Redis. After enqueue; workers/worker.ts delivers what is in hand.
import { reconnectDelayMs } from "../shared/backoff.ts";
import type { Clock } from "../shared/clock.ts";
import type { Claim, DocumentType } from "../shared/document.ts";
import { entryVersion } from "../shared/entry_version.ts";
import { isWithoutRedis } from "../shared/errors.ts";
import { firmFooting, type Footing } from "../shared/footing.ts";
import type { Log } from "../shared/log.ts";
import type { StreamDelivery, Taken, Unreadable } from "../shared/stream.ts";
import { wanted } from "./claim.ts";
import type { Hand } from "./hand.ts";
import type { PartnerState } from "./partner_state.ts";

/** Waits for entries newer than an id, on a connection of its own. */
export interface StreamWaiter {
  /** Resolves when there is a newer entry, or after `ms`; never rejects. */
  wait(afterId: string, ms: number, signal: AbortSignal): Promise<void>;
}

/** How long the loop waits for something to happen before it looks again, ms: what another gave up is taken within a second. */
const lookAgainMs = 500;
/** A missing stream or group is made anew after this pause, ms: never a hot loop. */
const recreatePauseMs = 500;
/** How long an entry waits whose row is in hand under another entry, ms. */
const knownDelayMs = 5_000;
/** Entries of a newer version that were left alone are told of this often, ms. */
const newerToldEveryMs = 60_000;
/** Consumers without pending entries that were silent for so long are removed; looked at every tenth of it, ms. */
const consumerSilentMs = 3_600_000;

export interface IntakeParts {
  type: DocumentType;
  stream: StreamDelivery;
  waiter: StreamWaiter;
  /** Whether Redis still knows what was taken; that of a Redis that forgets nothing when left out. */
  footing?: Footing;
  hand: Hand;
  partnerState: PartnerState;
  clock: Clock;
  log: Log;
  /** In [0, 1). */
  random(): number;
  concurrency: number;
  /** Whether SQL Server is away: nothing new is taken meanwhile. */
  sourceLost(): boolean;
  /** Starts calls for what is in hand, as far as slots are free. */
  pump(): void;
}

export class Intake {
  readonly #parts: IntakeParts;
  readonly #footing: Footing;
  #wake = new AbortController();
  #turnedAtMs = 0;
  #redisLostAtMs: number | null = null;
  #consumersLookedAtMs: number;
  #newer = 0;
  #newerToldAtMs = -Infinity;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#footing = parts.footing ?? firmFooting;
    this.#consumersLookedAtMs = parts.clock.now();
  }

  /** When the loop last turned, ms: what health means. */
  get turnedAtMs(): number {
    return this.#turnedAtMs;
  }

  /** Takes until the signal. Never throws: trouble with Redis is logged and tried again. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => this.wake(), { once: true });
    // The first worker of a new type makes the group. That it is made anew later is worth a warning.
    await this.#parts.stream.ensureGroup().catch(() => {});
    for (let failures = 0; !signal.aborted;) {
      this.#turnedAtMs = this.#parts.clock.now();
      try {
        await this.#turn(signal);
        failures = 0;
      } catch (error) {
        await this.#recover(error, ++failures, signal);
      }
    }
  }

  /** A slot is free again, or something else has changed: the loop looks at once. */
  wake(): void {
    this.#wake.abort("woken"); // a reason of our own: making the default one, an exception, takes long
  }

  /** Until wake(), at most a second. */
  async waitForRoom(): Promise<void> {
    await this.#parts.clock.sleep(lookAgainMs, this.#wake.signal);
    if (this.#wake.signal.aborted) this.#wake = new AbortController();
  }

  /** One turn of the loop: takes what there is room for, or waits for room, or for entries. */
  async #turn(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    this.#parts.pump();
    if (!await this.#footing.isFirm()) return await this.waitForRoom();
    const want = wanted(this.#capacity());
    if (want.kind === "none") return await this.waitForRoom();
    const taken = want.kind === "probe"
      ? await this.#takeProbe()
      : await this.#take({ due: want.count, fresh: want.count });
    this.#redisBack();
    // As if the reply had been lost: due again after the lease, and counted, so that the rows are looked at first.
    if (this.#footing.moved) return;
    this.#tellNewer();
    for (const unreadable of taken.unreadable) await this.#bury(unreadable);
    for (const claim of taken.claims) await this.#admit(claim);
    if (want.kind === "probe" && taken.claims.length > 0) {
      this.#parts.log.event("breaker.half_open", { type: this.#parts.type });
    }
    if (taken.claims.length > 0) return this.#parts.pump();
    this.#parts.partnerState.noProbe(clock.now());
    if (taken.paused) await clock.sleep(lookAgainMs, signal);
    else await this.#parts.waiter.wait(taken.lastDeliveredId, lookAgainMs, signal);
    await this.#removeSilentConsumers();
  }

  #capacity() {
    return {
      concurrency: this.#parts.concurrency,
      waiting: this.#parts.hand.count("waiting"),
      calling: this.#parts.hand.count("calling"),
      writing: this.#parts.hand.unwritten,
      breaker: this.#parts.partnerState.beforeTake(this.#parts.clock.now()),
      sourceLost: this.#parts.sourceLost(),
    };
  }

  async #take(want: { due: number; fresh: number }): Promise<Taken> {
    const taken = await this.#parts.stream.take(want);
    this.#newer += taken.newer;
    return taken;
  }

  /** Once a minute, not for each of what may be a whole backlog. */
  #tellNewer(): void {
    const { clock, log, type } = this.#parts;
    if (this.#newer === 0 || clock.now() - this.#newerToldAtMs < newerToldEveryMs) return;
    log.event("entry.newer", { type, count: this.#newer, version: String(entryVersion) });
    this.#newer = 0;
    this.#newerToldAtMs = clock.now();
  }

  /** A new entry makes a better probe than a due one, which may itself be what the partner chokes on. */
  async #takeProbe(): Promise<Taken> {
    const fresh = await this.#take({ due: 0, fresh: 1 });
    return fresh.claims.length + fresh.unreadable.length > 0 || fresh.paused
      ? fresh
      : await this.#take({ due: 1, fresh: 0 });
  }

  async #admit(claim: Claim): Promise<void> {
    if (this.#parts.hand.has(claim.entry.id)) return;
    if (!this.#parts.hand.hasOtherOf(claim)) {
      this.#parts.hand.add(claim, this.#parts.clock.now());
      return;
    }
    const { id, code, shop } = claim.entry;
    this.#parts.log.event("document.known", { type: this.#parts.type, entry: id, code, shop });
    // Counted, so that its row is looked at when it comes again.
    await this.#parts.stream.postpone([{ id, delayMs: knownDelayMs, deliveries: claim.deliveries }]);
  }

  /** An entry that is no document of ours is kept among the dead letters, where an operator can look at it. */
  async #bury(unreadable: Unreadable): Promise<void> {
    const { type, log, stream } = this.#parts;
    log.event("entry.unreadable", { entry: unreadable.id, type, reason: unreadable.problem });
    await stream.bury([{
      // No key: the row that it may name is none of its business. The dead letter has all of the entry's own fields.
      entry: { id: unreadable.id, key: "", code: "", shop: "", scannedAtMs: 0 },
      reason: "unreadable",
      detail: unreadable.problem,
      deliveries: unreadable.deliveries,
    }]);
  }

  async #recover(error: unknown, failures: number, signal: AbortSignal): Promise<void> {
    const { clock, type, log, stream, random } = this.#parts;
    if (error instanceof Error && error.message.includes("NOGROUP")) {
      await clock.sleep(recreatePauseMs, signal);
      const made = await stream.ensureGroup().catch(() => false);
      if (made) log.event("stream.recreated", { type, reason: "the stream or its group was missing" });
      return;
    }
    if (!isWithoutRedis(error)) {
      if (this.#redisLostAtMs === null) log.event("redis.lost", { error });
      this.#redisLostAtMs ??= clock.now();
    }
    await clock.sleep(reconnectDelayMs(failures, random()), signal);
  }

  #redisBack(): void {
    if (this.#redisLostAtMs === null) return;
    this.#parts.log.event("redis.back", { ms: this.#parts.clock.now() - this.#redisLostAtMs });
    this.#redisLostAtMs = null;
  }

  async #removeSilentConsumers(): Promise<void> {
    const { clock, stream, log, type } = this.#parts;
    if (clock.now() - this.#consumersLookedAtMs < consumerSilentMs / 10) return;
    this.#consumersLookedAtMs = clock.now();
    for (const worker of await stream.removeConsumers({ forMs: consumerSilentMs })) {
      log.event("consumer.removed", { worker, type });
    }
  }
}
