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

/** An answer so recent, ms, says that the partner is there: a document that is sent now and fails does so by itself. */
const answerSaysThereMs = 10_000;

export class PartnerState {
  #breaker: Breaker = closedBreaker;
  #openedAtMs = 0;
  #answeredAtMs = -Infinity;
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
    return this.#become(onTake(this.#breaker, nowMs), nowMs);
  }

  /** Nothing came of the probe that was let out. */
  noProbe(nowMs: number): void {
    this.#become(onNoProbe(this.#breaker, nowMs), nowMs);
  }

  /** Whether the partner has answered something just now. */
  isThere(nowMs: number): boolean {
    return nowMs - this.#answeredAtMs <= answerSaysThereMs;
  }

  /**
   * Takes in what a call came to. `spare`: a mere failure would bury the document, and nothing said that the partner was there
   * when it was sent. Returns whether the partner is back: the breaker closed.
   */
  after(attempt: Attempt | null, nowMs: number, { spare }: { spare: boolean }): boolean {
    const before = this.#breaker.state;
    if (attempt?.kind === "trouble") {
      const atOnce = spare && isUnreachable(attempt.status);
      this.#become(onTrouble(this.#breaker, nowMs, atOnce), nowMs, attempt.message);
    } else if (!attempt || attempt.kind === "unsent" || attempt.kind === "login_refused") this.noProbe(nowMs);
    else {
      this.#answeredAtMs = nowMs;
      this.#become(onAnswer(this.#breaker), nowMs);
    }
    return before !== "closed" && this.breaker.state === "closed";
  }

  pause(account: string, untilMs: number): void {
    this.#pauses.set(account, Math.max(untilMs, this.#pauses.get(account) ?? 0));
  }

  pausedMs(account: string, nowMs: number): number {
    return Math.max(0, (this.#pauses.get(account) ?? 0) - nowMs);
  }

  /** `trouble`: the partner's words, which may be empty; left out where the step is no trouble. */
  #become(next: Breaker, nowMs: number, trouble?: string): Breaker {
    const before = this.#breaker;
    this.#breaker = next;
    if (next.state === "open" && before.state !== "open" && trouble !== undefined) {
      if (before.state === "closed") this.#openedAtMs = nowMs;
      this.#log.event("breaker.opened", { for_ms: waitMs(next, nowMs), reason: trouble });
    } else if (next.state === "closed" && before.state !== "closed") {
      this.#log.event("breaker.closed", { ms: nowMs - this.#openedAtMs });
    }
    return next;
  }
}

/** No answer at all, or one from something in front of the partner. A 500 is the partner's own, and may be about the document. */
function isUnreachable(status: number | null): boolean {
  return status === null || status === 502 || status === 503 || status === 504;
}
