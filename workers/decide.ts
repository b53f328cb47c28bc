// Step "decide": what becomes of a document after a call. One pure function; workers/worker.ts carries its decision out.
import type { Outcome } from "../shared/answers.ts";
import { retryDelayMs } from "../shared/backoff.ts";
import { type Breaker, waitMs } from "../shared/breaker.ts";
import type { RowCheck } from "./check_row.ts";

export type Decision =
  | { kind: "accepted"; nationalCode: string | null; message: string }
  /** Written back as SYNC_FAILED and buried. */
  | { kind: "refused"; reason: BurialReason; status: number | null; message: string }
  /** Counted as a delivery; due again after the delay. */
  | { kind: "retry"; delayMs: number; status: number | null; message: string }
  /** Not counted as a delivery; due again after the delay, or as soon as the breaker closes (`forBreaker`). `pause`: nothing
   * is sent for the account meanwhile. `sent`: the call may have arrived, so that the next delivery is not the first. */
  | {
    kind: "wait";
    delayMs: number;
    message: string;
    pause?: { account: string; ms: number };
    forBreaker?: true;
    sent?: true;
  }
  /** Given back: the shop cannot log in before `untilMs`. `waitsMs`: it may have arrived before, so it waits in its stream instead. */
  | { kind: "return"; account: string; untilMs: number; message: string; waitsMs?: number }
  /** Not sent: an earlier delivery ended it, or the pharmacy did. */
  | Exclude<RowCheck, { kind: "send" }>;

export type BurialReason = "refused" | "deliveries_used_up" | "unreadable";

/** An outcome of the partner's, or that our own side (SQL Server, Redis, a paused account) kept the document from being sent.
 * `account` is who it was sent for, where that is known. */
export type Attempt = (Outcome | { kind: "unsent"; message: string; delayMs: number }) & { sentFor?: string };

export interface Circumstances {
  deliveries: number;
  deliveriesMax: number;
  /** Redis may have forgotten an earlier delivery (shared/footing.ts). */
  doubted?: boolean;
  /** Whether the partner's dialect has PUT; it has when left out. */
  replaces?: boolean;
  /** Its state after this outcome. */
  breaker: Breaker;
  nowMs: number;
  /** In [0, 1). */
  random: number;
}

/** A wait is cut to this, ms: what is longer is asked again when it is due. Below the threshold in Redis. */
const waitMaxMs = 290_000;
/** An entry that waits for a login is asked for again after so long, ms: soon after the password was corrected it flows. */
const loginWaitMaxMs = 15_000;
/** The shortest wait, ms: a delivery that is not counted must not spin, and Retry-After may be 0 or a date that is past. */
const waitMinMs = 1_000;

/** The table of design section 4, row by row. */
export function decide(outcome: Attempt, now: Circumstances): Decision {
  switch (outcome.kind) {
    case "accepted":
      return { kind: "accepted", nationalCode: outcome.nationalCode, message: outcome.message };
    case "exists":
      return decideExists(outcome, now);
    case "refused":
      return { kind: "refused", reason: "refused", status: outcome.status, message: outcome.message };
    case "unauthorized":
      // workers/call.ts turns a second 401 into a refused login; one that comes this far was cut short.
      return retryOrBury({ status: 401, message: outcome.message }, now);
    case "login_refused":
      return decideRefusedLogin(outcome, now);
    case "busy": {
      const pauseMs = Math.max(waitMinMs, outcome.retryAfterMs ?? retryDelayMs(now.deliveries, now.random));
      const pause = outcome.sentFor === undefined ? {} : { pause: { account: outcome.sentFor, ms: pauseMs } };
      return { kind: "wait", delayMs: Math.min(pauseMs, waitMaxMs), message: outcome.message, ...pause };
    }
    case "unsent":
      return { kind: "wait", delayMs: Math.min(outcome.delayMs, waitMaxMs), message: outcome.message };
    case "trouble":
      return now.breaker.state === "closed" ? retryOrBury(outcome, now) : waitForBreaker(outcome, now);
  }
}

/**
 * Given back, an entry loses its deliveries. Where the partner cannot replace, one that may have arrived keeps them, and waits in its stream:
 * sent anew as a first delivery, "it exists already" would be refused.
 */
function decideRefusedLogin(
  { account, untilMs, message }: { account: string; untilMs: number; message: string },
  now: Circumstances,
): Decision {
  const isFirst = now.deliveries === 1 && !now.doubted;
  if (isFirst || now.replaces !== false) return { kind: "return", account, untilMs, message };
  const waitsMs = Math.min(Math.max(waitMinMs, untilMs - now.nowMs), loginWaitMaxMs);
  return { kind: "return", account, untilMs, message, waitsMs };
}

/** Where the partner cannot replace: on a redelivery it was our own earlier call that got through. */
function decideExists(outcome: { status: number; message: string }, now: Circumstances): Decision {
  return now.deliveries > 1 || now.doubted
    ? { kind: "accepted", nationalCode: null, message: outcome.message }
    : { kind: "refused", reason: "refused", status: outcome.status, message: outcome.message };
}

function retryOrBury(trouble: { status: number | null; message: string }, now: Circumstances): Decision {
  const { status, message } = trouble;
  if (now.deliveries >= now.deliveriesMax) {
    return { kind: "refused", reason: "deliveries_used_up", status, message };
  }
  return { kind: "retry", delayMs: retryDelayMs(now.deliveries, now.random), status, message };
}

/** Spread over one to two pauses, so that it is not always the same document that is due when the next probe goes out. */
function waitForBreaker(
  { message, sentFor }: { message: string; sentFor?: string },
  now: Circumstances,
): Decision {
  const pauseMs = Math.max(waitMinMs, waitMs(now.breaker, now.nowMs));
  return {
    kind: "wait",
    delayMs: Math.min(Math.round(pauseMs * (1 + now.random)), waitMaxMs),
    message,
    forBreaker: true,
    ...(sentFor === undefined ? {} : { sent: true }),
  };
}

/**
 * How many deliveries to record of an entry that waits: this one is not counted. Where its call may have arrived, one is left, for the next
 * delivery is not the first: a partner that cannot replace then says "it exists already", which is refused on a first delivery. Pure.
 */
export function uncounted(deliveries: number, { sent = false }: { sent?: boolean }): number {
  return Math.max(sent ? 1 : 0, deliveries - 1);
}
