// Counts the calls of the simulated partner that are over. memory.ts has one, and tells it of every call that closes.
import type { OpenCall, PartnerStats } from "./memory.ts";

/** Everything since the start, or the last reset. */
export class Counts {
  #closed = 0;
  #violations = 0;
  readonly #types = new Map<string, number>();
  readonly #statuses = new Map<number | string, number>();
  readonly #outcomes = new Map<string, number>();
  readonly #faults = new Map<string, number>();

  /** A call is over; what was found out about it stays as it is. */
  add(call: OpenCall): void {
    this.#closed++;
    count(this.#types, call.login ? "login" : call.type ?? "none");
    count(this.#statuses, call.status ?? "none");
    count(this.#outcomes, call.outcome);
    if (call.fault !== null) count(this.#faults, call.fault);
    if (call.violation !== null) this.#violations++;
  }

  /** Calls that are over. */
  get closed(): number {
    return this.#closed;
  }

  /** Calls that accepted a document, or its replacement. */
  get accepted(): number {
    return (this.#outcomes.get("accepted") ?? 0) + (this.#outcomes.get("replaced") ?? 0);
  }

  /** The counters as the control API shows them. */
  shown(): Pick<
    PartnerStats,
    "calls" | "by_type" | "by_status" | "by_outcome" | "by_fault" | "contract_violations"
  > {
    return {
      calls: this.#closed,
      by_type: Object.fromEntries(this.#types),
      by_status: Object.fromEntries(this.#statuses),
      by_outcome: Object.fromEntries(this.#outcomes),
      by_fault: Object.fromEntries(this.#faults),
      contract_violations: this.#violations,
    };
  }
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
