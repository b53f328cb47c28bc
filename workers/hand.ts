// What a worker holds: its claims, from take to settlement, and at which step each of them is.
import type { Claim, RowKey } from "../shared/document.ts";

export type Step =
  /** Taken, waiting for a free slot. */
  | "waiting"
  /** In a slot: the call is out. */
  | "calling"
  /** Accepted; the receipt is on the way to Redis. */
  | "recording"
  /** Decided; its result is on the way to SQL Server. */
  | "writing";

export interface Held {
  claim: Claim;
  step: Step;
  /** Last time that Redis said the entry is ours, ms. */
  confirmedAtMs: number;
  /** Another worker owns the entry now. */
  lost: boolean;
  /** Its row is written: it is being settled, and nothing about it can be lost any more. */
  written: boolean;
}

export class Hand {
  readonly #held = new Map<string, Held>();
  readonly #keys = new Map<RowKey, string>();
  readonly #waiting: Held[] = [];
  #counts: Record<Step, number> = { waiting: 0, calling: 0, recording: 0, writing: 0 };

  add(claim: Claim, nowMs: number): Held {
    const held: Held = { claim, step: "waiting", confirmedAtMs: nowMs, lost: false, written: false };
    this.#held.set(claim.entry.id, held);
    this.#keys.set(claim.entry.key, claim.entry.id);
    this.#waiting.push(held);
    this.#counts.waiting++;
    return held;
  }

  /** Whether another entry of the same row is in hand: after a FLUSHALL a row may be enqueued again while its call is out. */
  hasOtherOf(claim: Claim): boolean {
    const id = this.#keys.get(claim.entry.key);
    return id !== undefined && id !== claim.entry.id;
  }

  has(id: string): boolean {
    return this.#held.has(id);
  }

  move(held: Held, step: Step): void {
    if (!this.#held.has(held.claim.entry.id)) return;
    this.#counts[held.step]--;
    this.#counts[step]++;
    held.step = step;
  }

  /** The next one waiting for a slot, or undefined. It stays in hand. */
  next(): Held | undefined {
    return this.#waiting.shift();
  }

  /** All that wait for a slot; they are no longer offered by next(). */
  takeWaiting(): Held[] {
    return this.#waiting.splice(0);
  }

  remove(held: Held): void {
    const { id, key } = held.claim.entry;
    if (!this.#held.delete(id)) return;
    if (this.#keys.get(key) === id) this.#keys.delete(key);
    this.#counts[held.step]--;
  }

  all(): Held[] {
    return [...this.#held.values()];
  }

  /** Decided, but not written back yet. */
  get unwritten(): number {
    return this.#counts.recording + this.#counts.writing;
  }

  count(step: Step): number {
    return this.#counts[step];
  }
}
