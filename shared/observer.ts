// What scan and workers tell of their work to those who count, time and trace it. Each method stands around a step and hands back what the
// step came to: it never changes or delays it, and never fails by itself. shared/observation.ts is the real one; the simulation has none.
import type { Outcome } from "./answers.ts";
import type { Claim, ComposedDocument, RowResult } from "./document.ts";
import type { Enqueued } from "./stream.ts";

/** A document, and how its entry tells the worker which trace it belongs to (W3C Trace Context). */
export type TracedDocument = ComposedDocument & { traceparent?: string };

/** A decided document, as far as an observer looks at it. */
export interface SeenResult {
  held: { claim: Claim };
  row: Pick<RowResult, "status">;
}

/** What a delivery came to. */
export interface SeenDecision {
  kind: string;
}

/** What the scheduler tells. */
export interface ScanObserver {
  /** Around XADD. `scanBeganMs` is when the page that the documents are from was begun, Redis clock. */
  enqueue(
    documents: ComposedDocument[],
    scanBeganMs: number,
    run: (documents: TracedDocument[]) => Promise<Enqueued[]>,
  ): Promise<Enqueued[]>;
  /** Documents that broke a rule on our side, by their shops; their rows say so. */
  invalid(shops: string[]): void;
}

/** What a worker tells. */
export interface WorkObserver {
  /** Around one delivery, until its decision is carried out; null when the entry is another worker's by then. */
  deliver<D extends SeenDecision>(claim: Claim, run: () => Promise<D | null>): Promise<D | null>;
  /** Around one request to the partner. */
  call(claim: Claim, method: string, run: () => Promise<Outcome>): Promise<Outcome>;
  /** Around the UPDATE of a batch, with all its tries; gives what was written. */
  writeBack<R extends SeenResult>(results: R[], run: () => Promise<R[]>): Promise<R[]>;
  /** Around settling or burying what was written. */
  settle(results: SeenResult[], run: () => Promise<void>): Promise<void>;
}

/** Looks away. */
export const unobserved: ScanObserver & WorkObserver = {
  enqueue: (documents, _scanBeganMs, run) => run(documents),
  invalid: () => {},
  deliver: (_claim, run) => run(),
  call: (_claim, _method, run) => run(),
  writeBack: (_results, run) => run(),
  settle: (_results, run) => run(),
};
