// Steps "write back" and "settle": results are collected for a moment, then one UPDATE, one journal write, one settle, always in
// this order: a crash between any two is repaired by redelivery. After decide; nothing comes after.
import { reconnectDelayMs } from "../shared/backoff.ts";
import type { Clock } from "../shared/clock.ts";
import type { DocumentType, RowResult } from "../shared/document.ts";
import { SourceError } from "../shared/errors.ts";
import type { Journal } from "../shared/journal.ts";
import type { JournalRecord } from "../shared/journal_records.ts";
import type { Log } from "../shared/log.ts";
import { unobserved, type WorkObserver } from "../shared/observer.ts";
import type { Source } from "../shared/source.ts";
import type { Burial, StreamDelivery } from "../shared/stream.ts";
import type { Hand, Held } from "./hand.ts";

/** A batch is written after so long, ms, or when it has so many results, whichever comes first. */
const collectMs = 25;
const batchMax = 100;
/** How long an entry waits whose result SQL Server refuses for good, ms: somebody has to look at it. */
const unwritableDelayMs = 290_000;

/** A decided document. `burial` sends it to the dead letters instead of just ending it. */
export interface Result {
  held: Held;
  row: RowResult;
  burial: Burial | null;
  records: JournalRecord[];
}

export interface WriteBackParts {
  type: DocumentType;
  source: Pick<Source, "writeResults">;
  stream: Pick<StreamDelivery, "settle" | "bury" | "postpone">;
  journal: Journal;
  hand: Hand;
  clock: Clock;
  log: Log;
  observer?: WorkObserver;
  random(): number;
}

export class WriteBack {
  readonly #parts: WriteBackParts;
  #collected: Result[] = [];
  #running: Promise<void> | null = null;
  #full: AbortController = new AbortController();
  readonly #stop = new AbortController();
  #lostAtMs: number | null = null;
  #lastResultAtMs = 0;

  constructor(parts: WriteBackParts) {
    this.#parts = parts;
  }

  /** Whether SQL Server is away: nothing new is taken meanwhile. */
  get sourceLost(): boolean {
    return this.#lostAtMs !== null;
  }

  /** When results were last written, ms; 0 before the first. */
  get lastResultAtMs(): number {
    return this.#lastResultAtMs;
  }

  add(result: Result): void {
    this.#parts.hand.move(result.held, "writing");
    this.#collected.push(result);
    if (this.#collected.length >= batchMax) this.#full.abort("full"); // without a reason, an exception would be made
    this.#running ??= this.#run();
  }

  /** Writes what is collected. Gives up after `withinMs`: what is not written by then is left to redelivery. */
  async finish(withinMs: number): Promise<void> {
    this.#full.abort();
    const deadline = this.#parts.clock.sleep(withinMs).then(() => this.#stop.abort());
    await Promise.race([this.#running ?? Promise.resolve(), deadline]);
  }

  async #run(): Promise<void> {
    while (this.#collected.length > 0 && !this.#stop.signal.aborted) {
      if (this.#collected.length < batchMax) await this.#collect();
      const { batch, rest } = nextBatch(this.#collected);
      this.#collected = rest;
      await this.#write(batch);
    }
    // In the same step that saw nothing left: a result that comes in later begins a new run.
    this.#running = null;
  }

  async #collect(): Promise<void> {
    if (!this.#stop.signal.aborted) this.#full = new AbortController();
    await this.#parts.clock.sleep(collectMs, this.#full.signal);
  }

  async #write(batch: Result[]): Promise<void> {
    const { observer = unobserved, journal } = this.#parts;
    const written = await observer.writeBack(batch, () => this.#update(batch));
    for (const { held } of written) held.written = true;
    await journal.write(written.flatMap((result) => result.records));
    await observer.settle(written, () => this.#end(written));
    if (written.length > 0) this.#lastResultAtMs = this.#parts.clock.now();
    for (const { held } of batch) this.#parts.hand.remove(held);
  }

  /** Tries until SQL Server takes the batch, and returns what it took. */
  async #update(batch: Result[]): Promise<Result[]> {
    for (let failures = 1; !this.#stop.signal.aborted; failures++) {
      try {
        await this.#parts.source.writeResults(this.#parts.type, batch.map((result) => result.row));
        this.#sourceBack();
        return batch;
      } catch (error) {
        if (error instanceof SourceError && !error.passing) return await this.#updateOneByOne(batch, error);
        this.#sourceLost(error);
        await this.#parts.clock.sleep(reconnectDelayMs(failures, this.#parts.random()), this.#stop.signal);
      }
    }
    return [];
  }

  /** SQL Server will never take this batch: one of its rows may be at fault, and the others shall not wait for it. */
  async #updateOneByOne(batch: Result[], error: SourceError): Promise<Result[]> {
    const only = batch[0];
    if (batch.length > 1) {
      const halves = [batch.slice(0, batch.length / 2), batch.slice(batch.length / 2)];
      return [...await this.#update(halves[0] ?? []), ...await this.#update(halves[1] ?? [])];
    }
    if (only) {
      const { id, code, shop } = only.held.claim.entry;
      this.#parts.log.event("result.unwritable", { type: this.#parts.type, entry: id, code, shop, error });
      const { deliveries } = only.held.claim;
      await this.#parts.stream.postpone([{ id, delayMs: unwritableDelayMs, deliveries: deliveries - 1 }])
        .catch(() => {});
    }
    return [];
  }

  /** Trouble with Redis is left to redelivery: the row says by now what has become of the document. */
  async #end(written: Result[]): Promise<void> {
    const settled = written.filter((result) => result.burial === null).map(({ held }) => held.claim.entry);
    const buried = written.flatMap((result) => result.burial ?? []);
    const ended = await this.#tryThrice(written.length, async () => {
      if (settled.length > 0) await this.#parts.stream.settle(settled);
      if (buried.length > 0) await this.#parts.stream.bury(buried);
    });
    if (!ended) return;
    for (const { code, id, shop } of settled) {
      this.#parts.log.event("document.settled", { code, entry: id, shop, type: this.#parts.type });
    }
  }

  /** Both moves may be made again. Entries that a FLUSHALL took are not redelivered, so a lost answer is not left to that at once. */
  async #tryThrice(count: number, move: () => Promise<void>): Promise<boolean> {
    for (let failures = 1; failures <= 3; failures++) {
      try {
        await move();
        return true;
      } catch (error) {
        this.#parts.log.event("settle.failed", { type: this.#parts.type, count, error });
        if (failures < 3) {
          await this.#parts.clock.sleep(reconnectDelayMs(failures, this.#parts.random()), this.#stop.signal);
        }
      }
    }
    return false;
  }

  #sourceLost(error: unknown): void {
    if (this.#lostAtMs === null) this.#parts.log.event("source.lost", { error });
    this.#lostAtMs ??= this.#parts.clock.now();
  }

  #sourceBack(): void {
    if (this.#lostAtMs === null) return;
    this.#parts.log.event("source.back", { ms: this.#parts.clock.now() - this.#lostAtMs });
    this.#lostAtMs = null;
  }
}

/** The first results, at most one for a row: UPDATE … FROM would take either of two. */
export function nextBatch(collected: Result[]): { batch: Result[]; rest: Result[] } {
  const keys = new Set<string>();
  const batch: Result[] = [];
  const rest: Result[] = [];
  for (const result of collected) {
    if (batch.length >= batchMax || keys.has(result.row.key)) rest.push(result);
    else {
      keys.add(result.row.key);
      batch.push(result);
    }
  }
  return { batch, rest };
}
