// The circuit breaker of one worker: pure steps from state to state. It opens on the partner's trouble (design, section 4),
// so that an outage costs probes and no deliveries.

export type Breaker =
  /** `recent` is the last outcomes, newest last, true for trouble; `inRow` how many troubles in a row. */
  | { state: "closed"; recent: readonly boolean[]; inRow: number }
  /** Nothing is sent until `probeAtMs`. */
  | { state: "open"; probeAtMs: number; pauseMs: number }
  /** One document is out as a probe. */
  | { state: "half_open"; pauseMs: number };

const inRowMax = 10;
const windowSize = 20;
const windowTroublesMax = 10;
const pauseFirstMs = 5_000;
const pauseMaxMs = 60_000;

export const closedBreaker: Breaker = { state: "closed", recent: [], inRow: 0 };

/** The partner answered a document, whatever it said: it is there. */
export function onAnswer(breaker: Breaker): Breaker {
  if (breaker.state !== "closed") return closedBreaker;
  return { state: "closed", recent: [...breaker.recent.slice(1 - windowSize), false], inRow: 0 };
}

/**
 * A call came to trouble. Calls that were out already when the breaker opened do not lengthen its pause. `atOnce` opens it whatever
 * the count: the document would be buried, and nothing tells the partner's trouble from its own.
 */
export function onTrouble(breaker: Breaker, nowMs: number, atOnce = false): Breaker {
  if (breaker.state === "open") return breaker;
  if (breaker.state === "half_open") return open(Math.min(breaker.pauseMs * 2, pauseMaxMs), nowMs);
  const recent = [...breaker.recent.slice(1 - windowSize), true];
  const inRow = breaker.inRow + 1;
  const troubles = recent.filter((trouble) => trouble).length;
  const opens = atOnce || inRow >= inRowMax ||
    (recent.length === windowSize && troubles >= windowTroublesMax);
  return opens ? open(pauseFirstMs, nowMs) : { state: "closed", recent, inRow };
}

/** Called before taking: an open breaker whose pause is over lets one document out. */
export function onTake(breaker: Breaker, nowMs: number): Breaker {
  if (breaker.state !== "open" || nowMs < breaker.probeAtMs) return breaker;
  return { state: "half_open", pauseMs: breaker.pauseMs };
}

/** The probe did not come to a call (none to take, its shop blocked): another may be taken at once. */
export function onNoProbe(breaker: Breaker, nowMs: number): Breaker {
  return breaker.state === "half_open"
    ? { state: "open", probeAtMs: nowMs, pauseMs: breaker.pauseMs }
    : breaker;
}

/** How long from now a document has to wait for the breaker, ms; 0 when it is closed. */
export function waitMs(breaker: Breaker, nowMs: number): number {
  if (breaker.state === "closed") return 0;
  return breaker.state === "open" ? Math.max(0, breaker.probeAtMs - nowMs) : breaker.pauseMs;
}

function open(pauseMs: number, nowMs: number): Breaker {
  return { state: "open", probeAtMs: nowMs + pauseMs, pauseMs };
}
