// One worker: one process, one stream. The loop, and the one switch over decisions; the only file that knows the order of the steps:
// claim → (check row) → call → decide → receipt → write back → settle. Scan and enqueue come before, in the scheduler.
import type { Clock } from "../shared/clock.ts";
import type { Claim, DocumentType } from "../shared/document.ts";
import { isWithoutRedis } from "../shared/errors.ts";
import { firmFooting, type Footing } from "../shared/footing.ts";
import type { Journal } from "../shared/journal.ts";
import type { Log } from "../shared/log.ts";
import { unobserved, type WorkObserver } from "../shared/observer.ts";
import type { Partner } from "../shared/partner.ts";
import type { Sessions } from "../shared/sessions.ts";
import type { Source } from "../shared/source.ts";
import type { StreamDelivery } from "../shared/stream.ts";
import type { BlockedShops } from "../shared/token_store.ts";
import { call } from "./call.ts";
import { type Attempt, decide, type Decision, uncounted } from "./decide.ts";
import { Hand, type Held } from "./hand.ts";
import { Intake, type StreamWaiter } from "./intake.ts";
import { Lease } from "./lease.ts";
import { Outcomes } from "./outcomes.ts";
import { Pace } from "./pace.ts";
import { PartnerState } from "./partner_state.ts";
import { Receipts } from "./receipts.ts";
import { RowLooks } from "./row_looks.ts";
import { WriteBack } from "./write_back.ts";

export interface WorkerParts {
  type: DocumentType;
  /** The stream's key, for the journal. */
  queue: string;
  stream: StreamDelivery;
  waiter: StreamWaiter;
  /** Whether Redis still knows what was taken; that of a Redis that forgets nothing when left out. */
  footing?: Footing;
  source: Pick<Source, "writeResults" | "readStatuses">;
  partner: Pick<Partner, "send">;
  sessions: Sessions;
  blockedShops: Pick<BlockedShops, "block">;
  journal: Journal;
  log: Log;
  observer?: WorkObserver;
  clock: Clock;
  /** In [0, 1). */
  random(): number;
  /** Whether the partner's dialect has PUT. */
  replaces: boolean;
  limits: { concurrency: number; deliveriesMax: number; leaseMs: number; requestsPerSecond?: number };
}

/**
 * So many times MAX_DELIVERIES without a decision end a document. Redis counts a delivery also when its reply to the worker was
 * lost, or the worker was killed with the document still waiting in it: a document that was never sent shall not be buried for that.
 */
const lostDeliveriesFactor = 2;
/** At shutdown: how long calls may take to come back, and results to be written, ms. */
const callsEndMs = 30_000;
const writesEndMs = 10_000;
export class Worker {
  readonly #parts: WorkerParts;
  readonly #observer: WorkObserver;
  readonly #hand = new Hand();
  readonly #lease: Lease;
  readonly #partnerState: PartnerState;
  readonly #receipts: Receipts;
  readonly #writeBack: WriteBack;
  readonly #outcomes: Outcomes;
  readonly #pace: Pace;
  readonly #intake: Intake;
  readonly #footing: Footing;
  readonly #rowLooks: RowLooks;
  /** Entries put off until the breaker closes, with the deliveries to record. */
  readonly #waits = new Map<string, number>();

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#observer = parts.observer ?? unobserved;
    this.#footing = parts.footing ?? firmFooting;
    this.#rowLooks = new RowLooks((keys) => parts.source.readStatuses(parts.type, keys));
    const { stream, clock, log, limits } = parts;
    this.#lease = new Lease({ stream, hand: this.#hand, clock, log, leaseMs: limits.leaseMs });
    this.#partnerState = new PartnerState(log);
    this.#receipts = new Receipts(stream, clock);
    this.#writeBack = new WriteBack({ ...parts, observer: this.#observer, hand: this.#hand });
    this.#outcomes = new Outcomes(parts);
    this.#pace = new Pace(clock, limits.requestsPerSecond);
    this.#intake = new Intake({
      ...parts,
      hand: this.#hand,
      partnerState: this.#partnerState,
      concurrency: limits.concurrency,
      sourceLost: () => this.#writeBack.sourceLost,
      pump: () => this.#pump(),
    });
  }

  /** What it is doing just now. `turnedAtMs` is what health means: the reading loop turned recently. */
  get state() {
    const { breaker } = this.#partnerState;
    return {
      turnedAtMs: this.#intake.turnedAtMs,
      lastResultAtMs: this.#writeBack.lastResultAtMs,
      breaker: breaker.state,
      probeAtMs: breaker.state === "open" ? breaker.probeAtMs : null,
      waiting: this.#hand.count("waiting"),
      calling: this.#hand.count("calling"),
      writing: this.#hand.unwritten,
    };
  }

  /** Works until the signal, then finishes what is in call, writes back, and gives the rest up. */
  async run(signal: AbortSignal): Promise<void> {
    const renewing = new AbortController();
    const renewed = this.#lease.keep(renewing.signal);
    await this.#intake.run(signal);
    await this.#stop();
    renewing.abort();
    await renewed;
  }

  /** Starts calls for what waits, as far as slots are free. While the breaker is open, what waits is put off instead. */
  #pump(): void {
    if (this.#partnerState.breaker.state === "open") {
      for (const held of this.#hand.takeWaiting()) {
        const putOff: Attempt = { kind: "trouble", status: null, message: "the breaker is open" };
        // What the partner has accepted already needs no call.
        this.#deliver(held, held.claim.receipt ? undefined : putOff);
      }
    }
    while (this.#hand.count("calling") < this.#parts.limits.concurrency) {
      const held = this.#hand.next();
      if (!held) return;
      this.#deliver(held);
    }
  }

  /** The whole way of one claim. A slot is free again when this ends; write-back goes on behind it. */
  async #deliver(held: Held, known?: Attempt): Promise<void> {
    this.#hand.move(held, "calling");
    try {
      await this.#observer.deliver(held.claim, () => this.#decideAndCarryOut(held, known));
    } catch (error) {
      // Redis could not be told: the lease runs out, and the entry is delivered again.
      this.#hand.remove(held);
      if (!isWithoutRedis(error)) this.#parts.log.event("redis.lost", { error });
    }
    this.#intake.wake();
    this.#pump();
  }

  async #decideAndCarryOut(held: Held, known?: Attempt): Promise<Decision | null> {
    const beganMs = this.#parts.clock.now();
    const decision = known ? this.#decide(held, known) : await this.#decideOn(held);
    if (decision) await this.#carryOut(held, decision, this.#parts.clock.now() - beganMs);
    else this.#hand.remove(held);
    return decision;
  }

  /** Null when the entry is another worker's by now. */
  async #decideOn(held: Held): Promise<Decision | null> {
    const { claim } = held;
    if (claim.receipt) return { kind: "accepted", ...claim.receipt };
    if (claim.deliveries > 1 || this.#footing.doubts(claim.entry.scannedAtMs)) {
      const over = await this.#rowLooks.over(claim.entry.key);
      if (over) return over;
    }
    if (claim.deliveries > this.#parts.limits.deliveriesMax * lostDeliveriesFactor) {
      const message = `${claim.deliveries - 1} deliveries ended without a word: it may crash the worker`;
      return { kind: "refused", reason: "deliveries_used_up", status: null, message };
    }
    const lastDelivery = claim.deliveries >= this.#parts.limits.deliveriesMax;
    const spare = lastDelivery && !this.#partnerState.isThere(this.#parts.clock.now());
    const attempt = await this.#call(held);
    const isBack = this.#partnerState.after(attempt, this.#parts.clock.now(), { spare });
    if (isBack) await this.#endWaits();
    return attempt ? this.#decide(held, attempt) : null;
  }

  #decide(held: Held, attempt: Attempt): Decision {
    return decide(attempt, {
      deliveries: held.claim.deliveries,
      deliveriesMax: this.#parts.limits.deliveriesMax,
      doubted: this.#footing.doubts(held.claim.entry.scannedAtMs),
      replaces: this.#parts.replaces,
      breaker: this.#partnerState.breaker,
      nowMs: this.#parts.clock.now(),
      random: this.#parts.random(),
    });
  }

  /** The partner is back: what waited for the breaker is due now. Should this fail, it is due when it was to be anyway. */
  async #endWaits(): Promise<void> {
    // Not what is in hand again, as the probe is: another worker could take it and send it a second time.
    const waiting = [...this.#waits].filter(([id]) => !this.#hand.has(id));
    const entries = waiting.map(([id, deliveries]) => ({ id, delayMs: 0, deliveries }));
    this.#waits.clear();
    if (entries.length > 0) await this.#parts.stream.postpone(entries).catch(() => {});
  }

  #call(held: Held): Promise<Attempt | null> {
    const { clock, type, partner, sessions, replaces } = this.#parts;
    return call(held.claim.entry, {
      type,
      partner: {
        send: (request) => this.#observer.call(held.claim, request.method, () => partner.send(request)),
      },
      sessions,
      replaces,
      pausedMs: (account) => this.#partnerState.pausedMs(account, clock.now()),
      mayStart: async () => {
        await this.#pace.turn();
        return await this.#lease.confirm(held);
      },
      onReplace: () => this.#outcomes.logReplaced(held.claim),
    });
  }

  async #carryOut(held: Held, decision: Decision, ms: number): Promise<void> {
    const { claim } = held;
    const { stream, clock, journal } = this.#parts;
    this.#outcomes.log(claim, decision, ms);
    switch (decision.kind) {
      case "accepted":
        return await this.#accept(held, decision);
      case "refused":
        return this.#writeBack.add({ held, ...this.#outcomes.refused(claim, decision) });
      case "retry":
        this.#hand.remove(held);
        await this.#postpone(claim, decision.delayMs, claim.deliveries);
        return await journal.write(this.#outcomes.retried(claim, decision));
      case "wait":
        if (decision.pause) {
          this.#partnerState.pause(decision.pause.account, clock.now() + decision.pause.ms);
        }
        this.#hand.remove(held);
        if (decision.forBreaker) this.#waits.set(claim.entry.id, uncounted(claim.deliveries, decision));
        return await this.#postpone(claim, decision.delayMs, uncounted(claim.deliveries, decision));
      case "return":
        await this.#parts.blockedShops.block(claim.entry.shop, {
          untilMs: decision.untilMs,
          why: decision.message,
        });
        this.#hand.remove(held);
        if (decision.waitsMs !== undefined) {
          return await this.#postpone(claim, decision.waitsMs, uncounted(claim.deliveries, { sent: true }));
        }
        await stream.giveBack([claim.entry]);
        return await journal.write(this.#outcomes.returned(claim, decision));
      case "synced":
      case "gone":
        this.#hand.remove(held);
        await stream.settle([claim.entry]);
        return await journal.write(this.#outcomes.ended(claim, decision));
      case "failed":
        this.#hand.remove(held);
        await stream.bury([this.#outcomes.burialAgain(claim)]);
        return await journal.write(this.#outcomes.ended(claim, decision));
    }
  }

  /** The slot is free for the next call while the receipt is on its way; the row is written once it is recorded. */
  async #accept(held: Held, decision: Extract<Decision, { kind: "accepted" }>): Promise<void> {
    const { claim } = held;
    this.#hand.move(held, "recording");
    const recorded = claim.receipt || this.#receipts.record(claim.entry.id, claim.entry.key, decision);
    this.#pump();
    await recorded;
    this.#writeBack.add({ held, ...this.#outcomes.accepted(claim, decision) });
  }

  #postpone({ entry }: Claim, delayMs: number, deliveries: number): Promise<void> {
    return this.#parts.stream.postpone([{ id: entry.id, delayMs, deliveries }]);
  }

  /** Nothing new; calls come back; results are written; the rest is given up, for others to take at once. */
  async #stop(): Promise<void> {
    const { clock } = this.#parts;
    await this.#giveUp(this.#hand.takeWaiting(), { called: false });
    const deadlineMs = clock.now() + callsEndMs;
    const isBusy = () => this.#hand.count("calling") + this.#hand.count("recording") > 0;
    while (isBusy() && clock.now() < deadlineMs) await this.#intake.waitForRoom();
    await this.#writeBack.finish(writesEndMs);
    await this.#giveUp(this.#hand.all(), { called: true });
  }

  async #giveUp(held: Held[], { called }: { called: boolean }): Promise<void> {
    for (const each of held) this.#hand.remove(each);
    const entries = held.map(({ claim }) => ({
      id: claim.entry.id,
      delayMs: 0,
      deliveries: called ? claim.deliveries : claim.deliveries - 1,
    }));
    if (entries.length > 0) await this.#parts.stream.postpone(entries).catch(() => {});
  }
}
