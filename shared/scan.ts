// Steps "scan", "compose", "enqueue": finds rows that want syncing and puts them into their stream. The scheduler's work for one type
// of document; scheduler.ts says when. After it comes workers/worker.ts.
//
// A sweep walks all pending rows from the beginning, each shop with a share of the room. A refill goes on where a sweep had to
// stop, while there is more. Always by status, never by a watermark: rows commit out of order.
import type { Clock } from "./clock.ts";
import { compose, type Composed } from "./compose.ts";
import type { Dialect } from "./dialects.ts";
import type { ComposedDocument, DocumentType, RowKey, SourceDocument } from "./document.ts";
import { documentSpecs } from "./documents/mod.ts";
import type { EnqueuedRecords } from "./enqueued_records.ts";
import { choose, roomFor, settledRate, shareFor, windowFor } from "./fair.ts";
import type { Journal } from "./journal.ts";
import type { TaskRecord } from "./journal_records.ts";
import type { Log } from "./log.ts";
import { type ScanObserver, unobserved } from "./observer.ts";
import type { Source } from "./source.ts";
import type { StreamIntake } from "./stream.ts";
import type { BlockedShops } from "./token_store.ts";

/** Rows in a page (design, section 3). */
const pageRows = 500;
/** The rate of settlement is measured over so long at least, ms. */
const rateSpanMs = 250;

export interface ScanParts {
  type: DocumentType;
  /** The stream's key, for the journal. */
  queue: string;
  source: Pick<Source, "pendingKeys" | "readDocuments" | "writeResults">;
  stream: Pick<StreamIntake, "now" | "backlog" | "inFlight" | "enqueue">;
  blockedShops: Pick<BlockedShops, "list">;
  /** Told of what was enqueued. */
  enqueued: Pick<EnqueuedRecords, "add">;
  journal: Journal;
  log: Log;
  observer?: ScanObserver;
  clock: Clock;
  backlogMax: number;
  /** A document with a longer body is refused. */
  bodyMaxBytes: number;
  dialect: Dialect;
}

/** What a sweep or refill came to. `more`: there are rows left that found no room. */
export interface ScanResult {
  found: number;
  enqueued: number;
  invalid: number;
  more: boolean;
}

interface Walk {
  room: number;
  share: number;
  skipShops: string[];
  added: Map<string, number>;
  result: ScanResult;
}

export class Scan {
  readonly #parts: ScanParts;
  #shopsSeen = 0;
  /** Where a refill goes on: the key before the first page that had rows without room (null: the first of all); undefined: none had. */
  #resumeAfter: RowKey | null | undefined;
  #rate = 0;
  #lastLook: { backlog: number; atMs: number } | null = null;
  #enqueuedSinceLook = 0;
  #turnedAtMs = 0;

  constructor(parts: ScanParts) {
    this.#parts = parts;
  }

  /** When the last page was begun, ms: a long sweep is not a loop that stands still. */
  get turnedAtMs(): number {
    return this.#turnedAtMs;
  }

  /** Walks all pending rows, fairly between shops. Throws SourceError or Redis' error; what is enqueued by then stays. */
  async sweep(): Promise<ScanResult> {
    const walk = await this.#begin("sweep");
    this.#resumeAfter = undefined;
    if (walk.room > 0) {
      await this.#walk(walk, null);
      // Where the room ran out there may be more shops behind: the next shares are half as large.
      this.#shopsSeen = walk.added.size * (walk.room > 0 ? 1 : 2);
    } else walk.result.more = true;
    return walk.result;
  }

  /** Goes on where the last sweep or refill had no more room. */
  async refill(): Promise<ScanResult> {
    const walk = await this.#begin("refill");
    const after = this.#resumeAfter ?? null;
    walk.share = Infinity;
    if (walk.room > 0) {
      this.#resumeAfter = undefined;
      await this.#walk(walk, after);
    } else walk.result.more = true;
    return walk.result;
  }

  async #begin(kind: "sweep" | "refill"): Promise<Walk> {
    const { stream, blockedShops, clock, backlogMax } = this.#parts;
    const backlog = await stream.backlog();
    const blocked = await blockedShops.list(await stream.now());
    this.#measureRate(backlog, clock.now());
    const room = roomFor(kind, windowFor(this.#rate, backlogMax), backlog);
    const result = { found: 0, enqueued: 0, invalid: 0, more: false };
    return {
      room,
      share: shareFor(room, this.#shopsSeen),
      skipShops: [...blocked.keys()],
      added: new Map(),
      result,
    };
  }

  /** Over a while that batches of results do not distort. */
  #measureRate(backlog: number, nowMs: number): void {
    const elapsedMs = nowMs - (this.#lastLook?.atMs ?? -Infinity);
    if (elapsedMs < rateSpanMs) return;
    if (this.#lastLook) {
      const settled = this.#lastLook.backlog + this.#enqueuedSinceLook - backlog;
      this.#rate = settledRate(this.#rate, settled, elapsedMs);
    }
    this.#lastLook = { backlog, atMs: nowMs };
    this.#enqueuedSinceLook = 0;
  }

  async #walk(walk: Walk, from: RowKey | null): Promise<void> {
    for (let after = from;;) {
      const next = await this.#page(walk, after);
      if (next === null) return;
      if (walk.room <= 0) {
        walk.result.more = true;
        this.#stoppedAfter(after);
        return;
      }
      after = next;
    }
  }

  /** One page: keys, then the documents that are not in flight. Returns the last key, or null when there are no more. */
  async #page(walk: Walk, after: RowKey | null): Promise<RowKey | null> {
    const { type, source, stream, clock } = this.#parts;
    this.#turnedAtMs = clock.now();
    // Before the SELECT: what is settled from here on is told from what was read (enqueue.lua).
    const scanBeganMs = await stream.now();
    const keys = await source.pendingKeys(type, { after, limit: pageRows, skipShops: walk.skipShops });
    const inFlight = await stream.inFlight(keys.map(({ key }) => key));
    const fresh = keys.filter(({ key }) => !inFlight.has(key));
    const { chosen, full } = choose(fresh, walk);
    if (full.length > 0) {
      walk.skipShops.push(...full);
      walk.result.more = true;
      this.#stoppedAfter(after);
    }
    walk.result.found += fresh.length;
    if (chosen.length > 0) await this.#offer(walk, chosen.map(({ key }) => key), scanBeganMs);
    if (chosen.length < fresh.length && full.length === 0) walk.room = 0;
    return keys.length < pageRows
      ? this.#atEnd(walk, fresh.length > chosen.length, after)
      : keys.at(-1)?.key ?? null;
  }

  /** The last page: it may have rows left for which there was no room. */
  #atEnd(walk: Walk, left: boolean, after: RowKey | null): null {
    if (left) {
      walk.result.more = true;
      this.#stoppedAfter(after);
    }
    return null;
  }

  #stoppedAfter(after: RowKey | null): void {
    if (this.#resumeAfter === undefined) this.#resumeAfter = after;
  }

  async #offer(walk: Walk, keys: RowKey[], scanBeganMs: number): Promise<void> {
    const { type, source, bodyMaxBytes, dialect } = this.#parts;
    const rows = await source.readDocuments(type, keys);
    const spec = documentSpecs[type];
    const composed = rows.map((row) => ({ row, composed: compose(spec, row, bodyMaxBytes, dialect) }));
    const ready = composed.flatMap((each) => each.composed.kind === "ready" ? [each.composed.document] : []);
    await this.#enqueue(walk, ready, scanBeganMs);
    for (const { row, composed: made } of composed) {
      if (made.kind === "invalid") walk.result.invalid++;
      else if (made.kind === "early") continue;
      walk.added.set(row.shop, (walk.added.get(row.shop) ?? 0) + 1);
    }
    const invalid = composed.flatMap(({ row, composed: made }) =>
      made.kind === "invalid" ? [{ row, made }] : []
    );
    if (invalid.length > 0) await this.#refuse(invalid, scanBeganMs);
  }

  async #enqueue(walk: Walk, documents: ComposedDocument[], scanBeganMs: number): Promise<void> {
    const { type, stream, queue, log, clock, enqueued, backlogMax, observer = unobserved } = this.#parts;
    const answers = await observer.enqueue(
      documents,
      scanBeganMs,
      (traced) => stream.enqueue(traced, { scanBeganMs, backlogMax }),
    );
    const records: TaskRecord[] = [];
    documents.forEach((document, index) => {
      const answer = answers[index];
      if (answer?.kind === "full") walk.room = 0;
      if (answer?.kind !== "added") return;
      const { key, code, shop } = document;
      log.event("document.enqueued", { type, code, key, shop, entry: answer.id });
      const base = { kind: "task" as const, taskId: answer.id, queue, type, key, code, shop };
      records.push({ ...base, status: "PENDING", event: "enqueued", deliveries: 0, atMs: clock.now() });
    });
    enqueued.add(records);
    walk.room -= records.length;
    walk.result.enqueued += records.length;
    this.#enqueuedSinceLook += records.length;
  }

  /** What the partner would refuse is never sent: the row says why, and so does the journal. */
  async #refuse(
    invalid: { row: SourceDocument; made: Extract<Composed, { kind: "invalid" }> }[],
    scanBeganMs: number,
  ) {
    const { type, source, journal, log, queue, clock, observer = unobserved } = this.#parts;
    await source.writeResults(
      type,
      invalid.map(({ row, made }) => ({
        key: row.key,
        status: "SYNC_FAILED",
        nationalCode: null,
        message: `Chứng từ chưa hợp lệ, chưa gửi: ${made.problems.map(({ message }) => message).join("; ")}`,
      })),
    );
    observer.invalid(invalid.map(({ row }) => row.shop));
    await journal.write(invalid.map(({ row, made }) => ({
      kind: "failure",
      taskId: `invalid:${row.key}:${scanBeganMs}`,
      queue,
      type,
      key: row.key,
      code: made.code,
      shop: row.shop,
      payload: JSON.stringify({ ...row.header, [documentSpecs[type].lines.name]: row.lines }),
      error: {
        kind: "invalid",
        status: null,
        message: made.problems.map(({ message }) => message).join("; "),
      },
      deliveries: 0,
      atMs: clock.now(),
    })));
    for (const { row, made } of invalid) {
      for (const { field, rule } of made.problems) {
        log.event("document.invalid", { type, code: made.code, key: row.key, shop: row.shop, field, rule });
      }
    }
  }
}
