// Tells the journal which documents wait. In the scheduler, after enqueue (shared/scan.ts).
//
// A document that a worker ends within seconds has its whole record from that worker, in one write. The scheduler writes only of those that are
// still in flight some seconds after they were enqueued: in an outage, with no worker running, behind a slow partner.
import type { Clock } from "./clock.ts";
import type { Journal } from "./journal.ts";
import { pendingAfterMs, type TaskRecord } from "./journal_records.ts";
import type { StreamIntake } from "./stream.ts";

/** How often those are looked for that have waited long enough, ms. */
const lookEveryMs = 1_000;
/** Most records looked up at a time. */
const batchMax = 1_000;

export interface EnqueuedRecordsParts {
  stream: Pick<StreamIntake, "inFlight">;
  journal: Journal;
  clock: Clock;
}

export class EnqueuedRecords {
  readonly #parts: EnqueuedRecordsParts;
  /** Oldest first. Some seconds' worth, at most all that may be in flight. */
  #held: TaskRecord[] = [];

  constructor(parts: EnqueuedRecordsParts) {
    this.#parts = parts;
  }

  add(records: TaskRecord[]): void {
    this.#held.push(...records);
  }

  /** Until the signal. Never rejects. */
  async keep(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    while (!signal.aborted) {
      await this.#tell(clock.now() - pendingAfterMs);
      await clock.sleep(lookEveryMs, signal);
    }
  }

  /** The scheduler ends: all that are in flight, however short they have waited. Never rejects. */
  async finish(): Promise<void> {
    await this.#tell(Infinity);
  }

  async #tell(untilMs: number): Promise<void> {
    const { stream, journal } = this.#parts;
    const younger = this.#held.findIndex(({ atMs }) => atMs > untilMs);
    const due = younger < 0 ? this.#held : this.#held.slice(0, younger);
    this.#held = younger < 0 ? [] : this.#held.slice(younger);
    for (let at = 0; at < due.length; at += batchMax) {
      const batch = due.slice(at, at + batchMax);
      const keys = batch.map(({ key }) => key);
      // Without Redis nobody knows; a record too many is no harm.
      const inFlight = await stream.inFlight(keys).catch(() => new Set(keys));
      await journal.write(batch.filter(({ key }) => inFlight.has(key)));
    }
  }
}
