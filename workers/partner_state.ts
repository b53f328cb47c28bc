// What one worker knows of the partner: its breaker, and the accounts that were asked to pause. Beside the step "call".
import {
  type Breaker,
  closedBreaker,
  onAnswer,
  onNoProbe,
  onTake,
  onTrouble,
  waitMs,
} from "../shared/breaker.ts";
import type { Log } from "../shared/log.ts";
import type { Attempt } from "./decide.ts";

export class PartnerState {
  #breaker: Breaker = closedBreaker;
  #openedAtMs = 0;
  readonly #pauses = new Map<string, number>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  get breaker(): Breaker {
    return this.#breaker;
  }

  /** Before taking entries: may let a probe out. */
  beforeTake(nowMs: number): Breaker {
    return this.#become(onTake(this.#breaker, nowMs), nowMs, "");
  }

  /** Nothing came of the probe that was let out. */
  noProbe(nowMs: number): void {
    this.#become(onNoProbe(this.#breaker, nowMs), nowMs, "");
  }

  /** Takes in what a call came to. */
  after(attempt: Attempt | null, nowMs: number): void {
    if (attempt?.kind === "trouble") this.#become(onTrouble(this.#breaker, nowMs), nowMs, attempt.message);
    else if (!attempt || attempt.kind === "unsent" || attempt.kind === "login_refused") this.noProbe(nowMs);
    else this.#become(onAnswer(this.#breaker), nowMs, "");
  }

  pause(account: string, untilMs: number): void {
    this.#pauses.set(account, Math.max(untilMs, this.#pauses.get(account) ?? 0));
  }

  pausedMs(account: string, nowMs: number): number {
    return Math.max(0, (this.#pauses.get(account) ?? 0) - nowMs);
  }

  #become(next: Breaker, nowMs: number, reason: string): Breaker {
    const before = this.#breaker;
    this.#breaker = next;
    if (next.state === "open" && before.state !== "open" && reason !== "") {
      if (before.state === "closed") this.#openedAtMs = nowMs;
      this.#log.event("breaker.opened", { for_ms: waitMs(next, nowMs), reason });
    } else if (next.state === "closed" && before.state !== "closed") {
      this.#log.event("breaker.closed", { ms: nowMs - this.#openedAtMs });
    }
    return next;
  }
}
