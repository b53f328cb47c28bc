// API_MAX_REQUESTS_PER_SECOND: spaces calls evenly. Beside the step "call".
import type { Clock } from "../shared/clock.ts";

export class Pace {
  readonly #clock: Clock;
  readonly #gapMs: number;
  #nextAtMs = 0;

  /** `perSecond` undefined: no limit. */
  constructor(clock: Clock, perSecond: number | undefined) {
    this.#clock = clock;
    this.#gapMs = perSecond === undefined ? 0 : 1000 / perSecond;
  }

  /** Resolves when the next call may start. */
  async turn(): Promise<void> {
    if (this.#gapMs === 0) return;
    const nowMs = this.#clock.now();
    const atMs = Math.max(nowMs, this.#nextAtMs);
    this.#nextAtMs = atMs + this.#gapMs;
    if (atMs > nowMs) await this.#clock.sleep(atMs - nowMs);
  }
}
