// A model of what the Lua scripts do to one type's keys, for the simulation. tests/contract/stream_model_test.ts holds it to real Redis.
import type { ComposedDocument, Entry, Receipt, RowKey } from "../../shared/document.ts";
import { type Burial, dueIdleMs, type Enqueued, type Taken } from "../../shared/stream.ts";

const settledKeepMs = 900_000;
const asideMax = 500;

/** Versions of entries that a worker understands. */
export interface Versions {
  oldest: number;
  newest: number;
}

/** One run of take.lua. */
interface Take {
  consumer: string;
  /** What sets the claims due after the lease. */
  sinceMs: number;
  nowMs: number;
  newest: number;
  taken: Taken;
}

const firstVersion: Versions = { oldest: 1, newest: 1 };

interface Pending {
  consumer: string;
  /** When it was delivered last, as XCLAIM … IDLE sets it: idle time is now less this. */
  sinceMs: number;
  deliveries: number;
}

export interface DeadLetter {
  key: RowKey;
  entryId: string;
  reason: string;
  deliveries: number;
}

/** The keys of one document type. Methods are the scripts: each is one step, with the time given. */
export class SimRedis {
  entries = new Map<string, Entry>();
  pending = new Map<string, Pending>();
  inflight = new Map<RowKey, string>();
  settled = new Map<RowKey, number>();
  receipts = new Map<string, Receipt>();
  dead: DeadLetter[] = [];
  paused = false;
  /** Which run of which server this is. */
  server = { run: 1 };
  /** Of entries that are not of version 1. */
  readonly versions = new Map<string, number>();
  #group = false;
  #lastDelivered = "0-0";
  #lastId = { ms: 0, seq: 0 };

  flushAll(): void {
    this.entries.clear();
    this.pending.clear();
    this.inflight.clear();
    this.settled.clear();
    this.receipts.clear();
    this.versions.clear();
    this.dead = [];
    this.paused = false;
    this.#group = false;
    this.#lastDelivered = "0-0";
  }

  /** What a replica has by now; the returned function makes it the master, and what was written since is lost. */
  copy(): () => void {
    const copied = {
      entries: new Map(this.entries),
      pending: new Map([...this.pending].map(([id, one]) => [id, { ...one }])),
      inflight: new Map(this.inflight),
      settled: new Map(this.settled),
      receipts: new Map(this.receipts),
      dead: [...this.dead],
      versions: new Map(this.versions),
      paused: this.paused,
    };
    const [group, lastDelivered, lastId] = [this.#group, this.#lastDelivered, { ...this.#lastId }];
    return () => {
      Object.assign(this, copied);
      [this.#group, this.#lastDelivered, this.#lastId] = [group, lastDelivered, lastId];
      this.server = { run: this.server.run + 1 };
    };
  }

  destroyGroup(): void {
    this.#group = false;
    this.pending.clear();
    this.#lastDelivered = "0-0";
  }

  ensureGroup(): boolean {
    if (this.#group) return false;
    this.#group = true;
    return true;
  }

  enqueue(
    documents: ComposedDocument[],
    limits: { scanBeganMs: number; backlogMax: number },
    nowMs: number,
    version = 1,
  ): Enqueued[] {
    let room = limits.backlogMax - this.inflight.size;
    return documents.map((document) => {
      const settledAtMs = this.settled.get(document.key);
      if (
        this.inflight.has(document.key) || (settledAtMs !== undefined && settledAtMs >= limits.scanBeganMs)
      ) {
        return { kind: "known" };
      }
      if (room-- <= 0) return { kind: "full" };
      const id = this.#nextId(nowMs);
      this.entries.set(id, { ...document, id, scannedAtMs: limits.scanBeganMs });
      if (version > 1) this.versions.set(id, version);
      this.inflight.set(document.key, id);
      return { kind: "added", id };
    });
  }

  take(
    consumer: string,
    leaseMs: number,
    want: { due: number; fresh: number },
    nowMs: number,
    { oldest, newest }: Versions = firstVersion,
  ): Taken {
    this.#needGroup();
    const sinceMs = nowMs - (dueIdleMs - leaseMs);
    const take: Take = { consumer, sinceMs, nowMs, newest, taken: this.#nothingTaken() };
    if (this.paused) return take.taken;
    const isDue = (one: Pending) => nowMs - one.sinceMs >= dueIdleMs;
    againWhileSetAside(take, want.due, (most) => this.#takePending(take, most, isDue));
    for (let version = Math.max(oldest, 2); version <= newest; version++) {
      this.#takePending(take, roomIn(take, want.due), (one) => one.consumer === `newer:${version}`);
    }
    againWhileSetAside(take, want.fresh, (most) => this.#takeFresh(take, most));
    return { ...take.taken, lastDeliveredId: this.#lastDelivered };
  }

  #nothingTaken(): Taken {
    const { paused } = this;
    return { paused, lastDeliveredId: this.#lastDelivered, claims: [], unreadable: [], newer: 0 };
  }

  #takePending(take: Take, most: number, isWanted: (one: Pending) => boolean): void {
    const found = sorted([...this.pending].filter(([, one]) => isWanted(one)));
    for (const [id, one] of found.slice(0, most)) this.#claim(take, id, one.deliveries);
  }

  #takeFresh(take: Take, most: number): void {
    const fresh = sorted([...this.entries].filter(([id]) => compareIds(id, this.#lastDelivered) > 0));
    for (const [id] of fresh.slice(0, most)) {
      if (!this.pending.has(id)) this.#claim(take, id, 0);
      this.#lastDelivered = id;
    }
  }

  #claim({ consumer, sinceMs, nowMs, newest, taken }: Take, id: string, before: number): void {
    const entry = this.entries.get(id);
    const version = this.versions.get(id) ?? 1;
    if (!entry) {
      this.pending.delete(id);
    } else if (version > newest) {
      this.pending.set(id, { consumer: `newer:${version}`, sinceMs: nowMs, deliveries: before });
      taken.newer++;
    } else if ((this.settled.get(entry.key) ?? -Infinity) >= entry.scannedAtMs) {
      this.#end(id, entry.key);
    } else {
      const deliveries = before + 1;
      const problem = this.inflight.get(entry.key) === id ? null : "not enqueued by a scheduler";
      this.pending.set(id, { consumer, sinceMs, deliveries });
      if (problem) taken.unreadable.push({ id, deliveries, problem, fields: {} });
      else taken.claims.push({ entry, deliveries, receipt: this.receipts.get(id) ?? null });
    }
  }

  renew(consumer: string, leaseMs: number, claims: { id: string; key: RowKey }[], nowMs: number): boolean[] {
    this.#needGroup();
    return claims.map(({ id, key }) => {
      const one = this.pending.get(id);
      if (one) {
        if (one.consumer !== consumer) return false;
        // XCLAIM of an entry that was deleted by hand drops its pending record.
        if (!this.entries.has(id)) this.pending.delete(id);
        one.sinceMs = nowMs - (dueIdleMs - leaseMs);
        return true;
      }
      const recorded = this.inflight.get(key);
      if (recorded !== undefined && recorded !== id) return false;
      if (recorded === undefined && this.settled.has(key)) return false;
      this.inflight.set(key, id);
      // It looks as if nobody had read it.
      const sinceMs = nowMs - (dueIdleMs - leaseMs);
      if (this.entries.has(id)) this.pending.set(id, { consumer, sinceMs, deliveries: 1 });
      return true;
    });
  }

  recordReceipts(receipts: { id: string; key: RowKey; receipt: Receipt }[]): void {
    for (const { id, key, receipt } of receipts) {
      if (this.inflight.get(key) === id) this.receipts.set(id, receipt);
    }
  }

  settle(entries: { id: string; key: RowKey }[], nowMs: number): void {
    for (const { id, key } of entries) {
      this.#end(id, key);
      this.settled.set(key, nowMs);
    }
    this.#prune(nowMs);
  }

  bury(burials: Burial[], nowMs: number): void {
    for (const { entry, reason, deliveries } of burials) {
      const ours = this.entries.has(entry.id) || this.inflight.get(entry.key) === entry.id;
      if (ours) this.dead.push({ key: entry.key, entryId: entry.id, reason, deliveries });
      this.#end(entry.id, entry.key);
      if (entry.key !== "") this.settled.set(entry.key, nowMs);
    }
    this.#prune(nowMs);
  }

  postpone(
    consumer: string,
    entries: { id: string; delayMs: number; deliveries: number }[],
    nowMs: number,
  ): void {
    this.#needGroup();
    for (const { id, delayMs, deliveries } of entries) {
      const one = this.pending.get(id);
      if (one?.consumer !== consumer) continue;
      // XCLAIM of an entry that was deleted by hand drops its pending record.
      if (!this.entries.has(id)) this.pending.delete(id);
      else this.pending.set(id, { consumer, sinceMs: nowMs - Math.max(0, dueIdleMs - delayMs), deliveries });
    }
  }

  giveBack(entries: { id: string; key: RowKey }[], nowMs: number): void {
    for (const { id, key } of entries) {
      this.#end(id, key);
      this.settled.set(key, nowMs);
    }
  }

  orphans(records: Map<RowKey, string>, remove: boolean): RowKey[] {
    const orphans = [...records].filter(([key, id]) =>
      this.inflight.get(key) === id && !this.entries.has(id)
    );
    if (remove) {
      for (const [key, id] of orphans) {
        this.inflight.delete(key);
        this.receipts.delete(id);
      }
    }
    return orphans.map(([key]) => key);
  }

  #end(id: string, key: RowKey): void {
    this.pending.delete(id);
    this.entries.delete(id);
    this.versions.delete(id);
    this.receipts.delete(id);
    if (this.inflight.get(key) === id) this.inflight.delete(key);
  }

  #prune(nowMs: number): void {
    for (const [key, atMs] of this.settled) if (atMs <= nowMs - settledKeepMs) this.settled.delete(key);
  }

  #needGroup(): void {
    if (!this.#group) throw new Error("NOGROUP No such key or consumer group");
  }

  #nextId(nowMs: number): string {
    if (nowMs > this.#lastId.ms) this.#lastId = { ms: nowMs, seq: 0 };
    else this.#lastId.seq++;
    return `${this.#lastId.ms}-${this.#lastId.seq}`;
  }
}

function roomIn({ taken }: Take, most: number): number {
  return Math.max(0, most - taken.claims.length - taken.unreadable.length);
}

/** What is set aside makes room for what comes behind it. */
function againWhileSetAside(take: Take, most: number, step: (most: number) => void): void {
  for (let before = -1; before !== take.taken.newer;) {
    if (roomIn(take, most) === 0 || take.taken.newer >= asideMax) return;
    before = take.taken.newer;
    step(roomIn(take, most));
  }
}

function sorted<T>(list: [string, T][]): [string, T][] {
  return list.sort(([a], [b]) => compareIds(a, b));
}

function compareIds(a: string, b: string): number {
  const [aMs = 0, aSeq = 0] = a.split("-").map(Number);
  const [bMs = 0, bSeq = 0] = b.split("-").map(Number);
  return aMs - bMs || aSeq - bSeq;
}
