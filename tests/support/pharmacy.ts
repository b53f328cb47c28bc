// Rows and a stream in memory, for tests of the scan: they do what shared/sql and shared/lua do, and count what they are asked.
import type { ComposedDocument, RowResult, SourceDocument } from "../../shared/document.ts";
import type { PendingKey } from "../../shared/source.ts";
import type { Enqueued } from "../../shared/stream.ts";
import type { HandClock } from "./clock.ts";
import { goodDocument } from "./documents.ts";

/** One row: its document, and what its status is. */
export interface Row {
  document: SourceDocument;
  status: string;
  message: string | null;
}

/** The table of purchase receipts. */
export class RowsInMemory {
  readonly rows = new Map<string, Row>();
  /** What each page was asked with. */
  readonly pages: { after: string | null; skipShops: string[] }[] = [];
  /** How many documents were read in full so far. */
  documentsRead = 0;
  /** Called before each SELECT of keys. */
  beforeKeys: () => void = () => {};

  /** Adds so many documents of a shop, with keys that follow the last one. Returns their keys. */
  add(shop: string, count: number, change: (document: SourceDocument) => void = () => {}): string[] {
    return Array.from({ length: count }, () => {
      const key = String(this.rows.size + 1);
      const document = { ...goodDocument("phieu_nhap", { header: { ma_phieu: `PN${key}` } }), key, shop };
      change(document);
      this.rows.set(key, { document, status: "PENDING_SYNC", message: null });
      return key;
    });
  }

  pendingKeys(
    _type: string,
    { after, limit, skipShops }: { after: string | null; limit: number; skipShops: string[] },
  ): Promise<PendingKey[]> {
    this.beforeKeys();
    this.pages.push({ after, skipShops: [...skipShops] });
    const found: PendingKey[] = [];
    for (let key = Number(after ?? 0) + 1; key <= this.rows.size && found.length < limit; key++) {
      const { document, status } = this.rows.get(String(key))!;
      if (status === "PENDING_SYNC" && !skipShops.includes(document.shop)) {
        found.push({ key: String(key), shop: document.shop });
      }
    }
    return Promise.resolve(found);
  }

  readDocuments(_type: string, keys: string[]): Promise<SourceDocument[]> {
    this.documentsRead += keys.length;
    const rows = keys.map((key) => this.rows.get(key)!).filter(({ status }) => status === "PENDING_SYNC");
    return Promise.resolve(rows.map(({ document }) => document));
  }

  writeResults(_type: string, results: RowResult[]): Promise<number> {
    for (const { key, status, message } of results) Object.assign(this.rows.get(key)!, { status, message });
    return Promise.resolve(results.length);
  }
}

/** The stream of purchase receipts, without workers: `settle()` is what they would do. */
export class StreamInMemory {
  readonly entries = new Map<string, ComposedDocument>();
  readonly settledAt = new Map<string, number>();
  /** How often each key was enqueued. */
  readonly enqueued = new Map<string, number>();
  backlogSeenMax = 0;
  readonly #clock: HandClock;

  constructor(clock: HandClock) {
    this.#clock = clock;
  }

  now(): Promise<number> {
    return Promise.resolve(this.#clock.now());
  }

  backlog(): Promise<number> {
    return Promise.resolve(this.entries.size);
  }

  inFlight(keys: string[]): Promise<Set<string>> {
    return Promise.resolve(new Set(keys.filter((key) => this.entries.has(key))));
  }

  enqueue(
    documents: ComposedDocument[],
    { scanBeganMs, backlogMax }: { scanBeganMs: number; backlogMax: number },
  ): Promise<Enqueued[]> {
    return Promise.resolve(documents.map((document) => {
      const { key } = document;
      const stale = (this.settledAt.get(key) ?? -1) >= scanBeganMs;
      if (stale || this.entries.has(key)) return { kind: "known" };
      if (this.entries.size >= backlogMax) return { kind: "full" };
      this.entries.set(key, document);
      this.enqueued.set(key, (this.enqueued.get(key) ?? 0) + 1);
      this.backlogSeenMax = Math.max(this.backlogSeenMax, this.entries.size);
      return { kind: "added", id: `${this.#clock.now()}-${key}` };
    }));
  }

  /** Ends the first so many entries, as workers do when the partner accepts. Returns their keys. */
  settle(count: number, rows: RowsInMemory): string[] {
    const keys = [...this.entries.keys()].slice(0, count);
    for (const key of keys) {
      rows.rows.get(key)!.status = "SYNC_SUCCESS";
      this.entries.delete(key);
      this.settledAt.set(key, this.#clock.now());
    }
    return keys;
  }
}
