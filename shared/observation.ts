// Those who look on: spans (tracing.ts), times (metrics.ts) and the tally of each minute (tally.ts), for one document type. Scan and worker
// know only observer.ts. Spans and times are each left out where nobody wants them.
import type { Outcome } from "./answers.ts";
import type { Clock } from "./clock.ts";
import type { Claim, ComposedDocument, DocumentType } from "./document.ts";
import type { Metrics } from "./metrics.ts";
import type { ScanObserver, SeenDecision, SeenResult, TracedDocument, WorkObserver } from "./observer.ts";
import type { Enqueued } from "./stream.ts";
import type { Tally } from "./tally.ts";
import type { Tracing } from "./tracing.ts";

/** What observations of all types share. */
export interface Onlookers {
  metrics: Metrics | null;
  tracing: Tracing | null;
  tally: Pick<Tally, "count">;
  clock: Clock;
}

export class Observation implements ScanObserver, WorkObserver {
  readonly #type: DocumentType;
  readonly #metrics: Metrics | null;
  readonly #tracing: Tracing | null;
  readonly #tally: Pick<Tally, "count">;
  readonly #clock: Clock;

  constructor(type: DocumentType, onlookers: Onlookers) {
    this.#type = type;
    this.#metrics = onlookers.metrics;
    this.#tracing = onlookers.tracing;
    this.#tally = onlookers.tally;
    this.#clock = onlookers.clock;
  }

  enqueue(
    documents: ComposedDocument[],
    scanBeganMs: number,
    run: (documents: TracedDocument[]) => Promise<Enqueued[]>,
  ): Promise<Enqueued[]> {
    return this.#tracing ? this.#tracing.enqueue(this.#type, documents, scanBeganMs, run) : run(documents);
  }

  invalid(shops: string[]): void {
    for (const shop of shops) this.#tally.count(this.#type, shop, "failed");
  }

  async deliver<D extends SeenDecision>(claim: Claim, run: () => Promise<D | null>): Promise<D | null> {
    const decision = await (this.#tracing ? this.#tracing.deliver(this.#type, claim, run) : run());
    if (decision?.kind === "return") this.#tally.count(this.#type, claim.entry.shop, "returned");
    return decision;
  }

  async call(claim: Claim, method: string, run: () => Promise<Outcome>): Promise<Outcome> {
    const beganMs = this.#clock.now();
    const outcome = await (this.#tracing ? this.#tracing.call(claim, method, run) : run());
    const labels = { type: this.#type, method, outcome: outcome.kind };
    this.#metrics?.calls.observe(labels, (this.#clock.now() - beganMs) / 1000);
    return outcome;
  }

  async writeBack<R extends SeenResult>(results: R[], run: () => Promise<R[]>): Promise<R[]> {
    const beganMs = this.#clock.now();
    const written = await this.#together("write-back", results, run);
    const type = this.#type;
    this.#metrics?.writeBackSeconds.observe({ type }, (this.#clock.now() - beganMs) / 1000);
    this.#metrics?.writeBackDocuments.observe({ type }, results.length);
    for (const { held, row } of written) {
      const { shop, scannedAtMs } = held.claim.entry;
      const latencyMs = Math.max(0, this.#clock.now() - scannedAtMs);
      this.#tally.count(type, shop, row.status === "SYNC_SUCCESS" ? "synced" : "failed", latencyMs);
    }
    return written;
  }

  settle(results: SeenResult[], run: () => Promise<void>): Promise<void> {
    return this.#together("settle", results, run);
  }

  #together<T>(step: "write-back" | "settle", results: SeenResult[], run: () => Promise<T>): Promise<T> {
    if (!this.#tracing) return run();
    return this.#tracing.together(step, results.map(({ held }) => held.claim), run);
  }
}
