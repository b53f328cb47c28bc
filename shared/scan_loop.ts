// When to scan: sweeps of one document type, one after another, until the next tick of the scheduler. Between scheduler.ts and scan.ts.
import type { ScanBeat } from "./beats.ts";
import type { Clock } from "./clock.ts";
import type { DocumentType, RowKey } from "./document.ts";
import { describeError } from "./errors.ts";
import { firmFooting, type Footing } from "./footing.ts";
import type { Log } from "./log.ts";
import type { ScanResult } from "./scan.ts";
import type { StreamIntake } from "./stream.ts";

/** While rows are left that found no room, a refill is tried this often, ms: well before a worker in full flow has emptied the smallest window (fair.ts). */
const refillEveryMs = 100;
/** How often inflight records without an entry are looked for, ms; one is removed at the second look (within 5 min). */
const repairEveryMs = 120_000;

export interface ScanLoopParts {
  type: DocumentType;
  scan: { sweep(): Promise<ScanResult>; refill(): Promise<ScanResult>; readonly turnedAtMs?: number };
  stream: Pick<StreamIntake, "repairInFlight">;
  leader: { readonly leads: boolean };
  /** Whether Redis still knows what is in flight; that of a Redis that forgets nothing when left out. */
  footing?: Footing;
  clock: Clock;
  log: Log;
  everyMs: number;
  /** Told of every sweep and refill, for people. Must not throw. */
  onScan?(beat: Omit<ScanBeat, "by">): void;
}

export class ScanLoop {
  readonly #parts: ScanLoopParts;
  readonly #footing: Footing;
  #suspects = new Map<RowKey, string>();
  #repairedAtMs: number;
  #turnedAtMs = 0;
  #untilMs = 0;
  #running: Promise<void> | null = null;

  constructor(parts: ScanLoopParts) {
    this.#parts = parts;
    this.#footing = parts.footing ?? firmFooting;
    this.#repairedAtMs = parts.clock.now();
  }

  /** When the loop last turned, or its scan began a page, ms: what health means. */
  get turnedAtMs(): number {
    return Math.max(this.#turnedAtMs, this.#parts.scan.turnedAtMs ?? 0);
  }

  /**
   * Sweeps every `everyMs` until the time is up or the signal aborts. Never rejects: trouble is logged, and the next sweep tries
   * again. Called while it runs, it runs on until the later time: a sweep that lasts beyond a tick must not cost the next minute.
   */
  runUntil(untilMs: number, signal: AbortSignal): Promise<void> {
    this.#untilMs = Math.max(this.#untilMs, untilMs);
    return this.#running ??= this.#run(signal);
  }

  async #run(signal: AbortSignal): Promise<void> {
    // Not over in the step that begins it, or the next call would be given a run that has ended.
    await Promise.resolve();
    const { clock, leader, everyMs } = this.#parts;
    while (!signal.aborted && clock.now() < this.#untilMs) {
      this.#turnedAtMs = clock.now();
      const nextMs = Math.min(clock.now() + everyMs, this.#untilMs);
      if (leader.leads && await this.#isFirm()) {
        await this.#sweepAndRefill(nextMs, signal);
        await this.#repair();
      }
      await clock.sleep(Math.max(0, nextMs - clock.now()), signal);
    }
    // In the same step that saw the end: a call that comes later begins a new run.
    this.#running = null;
  }

  /** A row that a worker has in call, and that a new master does not know of yet, would be enqueued anew. */
  async #isFirm(): Promise<boolean> {
    // Without Redis the sweep fails, and says so.
    return await this.#footing.isFirm().catch(() => true);
  }

  async #sweepAndRefill(untilMs: number, signal: AbortSignal): Promise<void> {
    const { clock, scan } = this.#parts;
    let more = await this.#logged(() => scan.sweep());
    while (more && !signal.aborted && !this.#footing.moved && clock.now() + refillEveryMs < untilMs) {
      await clock.sleep(refillEveryMs, signal);
      more = await this.#logged(() => scan.refill());
    }
  }

  /** Whether there is more to enqueue. */
  async #logged(scan: () => Promise<ScanResult>): Promise<boolean> {
    const { type, clock, log } = this.#parts;
    const beganMs = clock.now();
    try {
      const { more, ...counts } = await scan();
      const ms = clock.now() - beganMs;
      log.event("scan.finished", { type, ...counts, ms });
      this.#parts.onScan?.({ ...counts, more, ms, atMs: clock.now(), error: null });
      return more;
    } catch (error) {
      const ms = clock.now() - beganMs;
      log.event("scan.failed", { type, error, ms });
      const none = { found: 0, enqueued: 0, invalid: 0, more: false };
      this.#parts.onScan?.({ ...none, ms, atMs: clock.now(), error: describeError(error).message });
      return false;
    }
  }

  async #repair(): Promise<void> {
    const { type, clock, log, stream } = this.#parts;
    if (clock.now() - this.#repairedAtMs < repairEveryMs) return;
    this.#repairedAtMs = clock.now();
    try {
      const { removed, suspects } = await stream.repairInFlight(this.#suspects);
      this.#suspects = suspects;
      if (removed.length > 0) log.event("inflight.repaired", { type, count: removed.length });
    } catch (error) {
      log.event("scan.failed", { type, error, ms: clock.now() - this.#repairedAtMs });
    }
  }
}
