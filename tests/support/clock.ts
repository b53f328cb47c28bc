// A clock moved by hand: time passes when a test says so, and what sleeps wakes in the order of its time.
import { setImmediate } from "node:timers";
import type { Clock } from "../../shared/clock.ts";

interface Sleeper {
  atMs: number;
  wake(): void;
}

/** Stands still until `advance()`. It starts at 2026-11-22 10:00 in Vietnam. */
export class HandClock implements Clock {
  #nowMs: number;
  #sleepers: Sleeper[] = [];

  constructor(nowMs = Date.UTC(2026, 10, 22, 3)) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  /** How many sleep just now. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (ms <= 0 || signal?.aborted) return resolve();
      const wake = () => {
        this.#sleepers = this.#sleepers.filter((each) => each !== sleeper);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const sleeper = { atMs: this.#nowMs + ms, wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener("abort", wake, { once: true });
    });
  }

  /** Lets `ms` pass; what wakes on the way runs at its own time, and may sleep again within it. */
  async advance(ms: number): Promise<void> {
    await this.idle();
    const untilMs = this.#nowMs + ms;
    for (let next = this.#next(untilMs); next; next = this.#next(untilMs)) {
      this.#nowMs = next.atMs;
      next.wake();
      await this.idle();
    }
    this.#nowMs = untilMs;
  }

  /** Moves the hands and wakes nobody: what a process sees that was frozen meanwhile. */
  jump(ms: number): void {
    this.#nowMs += ms;
  }

  /** Resolves when everything has run that needs no time to pass. */
  idle(): Promise<void> {
    return new Promise((resolve) => setImmediate(() => resolve()));
  }

  #next(untilMs: number): Sleeper | undefined {
    const first = this.#sleepers.toSorted((a, b) => a.atMs - b.atMs)[0];
    return first && first.atMs <= untilMs ? first : undefined;
  }
}
