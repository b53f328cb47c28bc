// The stream of one document type: every move a document makes in Redis, each one script (shared/lua).
//
// Due time lives in the pending list. An entry is due when its idle time reaches `dueIdleMs`, whoever owned it; a move that
// wants it due after a delay sets its idle time to `dueIdleMs` less the delay (XCLAIM … IDLE … JUSTID).
import type { ComposedDocument, DocumentType, Entry, Receipt, RowKey } from "./document.ts";
import { type EntryReaders, entryReaders, entryVersion, versionsOf } from "./entry_version.ts";
import buryLua from "./lua/bury.lua" with { type: "text" };
import enqueueLua from "./lua/enqueue.lua" with { type: "text" };
import giveBackLua from "./lua/give_back.lua" with { type: "text" };
import postponeLua from "./lua/postpone.lua" with { type: "text" };
import recordReceiptsLua from "./lua/record_receipts.lua" with { type: "text" };
import removeConsumersLua from "./lua/remove_consumers.lua" with { type: "text" };
import renewLua from "./lua/renew.lua" with { type: "text" };
import repairLua from "./lua/repair_inflight.lua" with { type: "text" };
import settleLua from "./lua/settle.lua" with { type: "text" };
import takeLua from "./lua/take.lua" with { type: "text" };
import { clockAt } from "./redis_clock.ts";
import { type RedisClient, Script } from "./script.ts";
import { group, type StreamKeys, streamKeys } from "./stream_keys.ts";
import { readEnqueued, readTaken, type Taken } from "./stream_replies.ts";

/** Idle time at which an entry is due, ms. The longest delay that a move can set. */
export const dueIdleMs = 300_000;
/** How long `settled` remembers, ms: longer than any scan between its SELECT and its XADD. */
const settledKeepMs = 900_000;

export type { Taken, Unreadable } from "./stream_replies.ts";

/** What became of a document offered to the stream. */
export type Enqueued = { kind: "added"; id: string } | { kind: "known" } | { kind: "full" };

export interface Burial {
  entry: Pick<Entry, "id" | "key" | "code" | "shop" | "scannedAtMs">;
  reason: string;
  detail: string;
  deliveries: number;
}

/** What the scheduler does with a stream. */
export interface StreamIntake {
  /** The Redis clock, ms: a scan's beginning. */
  now(): Promise<number>;
  backlog(): Promise<number>;
  inFlight(keys: RowKey[]): Promise<Set<RowKey>>;
  enqueue(
    documents: (ComposedDocument & { traceparent?: string })[],
    limits: { scanBeganMs: number; backlogMax: number },
  ): Promise<Enqueued[]>;
  repairInFlight(
    suspects: Map<RowKey, string>,
  ): Promise<{ removed: RowKey[]; suspects: Map<RowKey, string> }>;
}

/** What a worker does with a stream. Methods throw when Redis cannot be reached; `NOGROUP` when the group is missing. */
export interface StreamDelivery {
  take(want: { due: number; fresh: number }): Promise<Taken>;
  renew(claims: { id: string; key: RowKey }[]): Promise<boolean[]>;
  recordReceipts(receipts: { id: string; key: RowKey; receipt: Receipt }[]): Promise<void>;
  settle(entries: { id: string; key: RowKey }[]): Promise<void>;
  bury(burials: Burial[]): Promise<void>;
  postpone(entries: { id: string; delayMs: number; deliveries: number }[]): Promise<void>;
  giveBack(entries: { id: string; key: RowKey }[]): Promise<void>;
  ensureGroup(): Promise<boolean>;
  removeConsumers(silent: { forMs: number; only?: string }): Promise<string[]>;
}

const scripts = {
  enqueue: new Script(enqueueLua),
  take: new Script(takeLua),
  renew: new Script(renewLua),
  recordReceipts: new Script(recordReceiptsLua),
  settle: new Script(settleLua),
  bury: new Script(buryLua),
  postpone: new Script(postponeLua),
  giveBack: new Script(giveBackLua),
  repair: new Script(repairLua),
  removeConsumers: new Script(removeConsumersLua),
};

export interface RedisStreamOptions {
  prefix: string;
  type: DocumentType;
  /** Name in the consumer group; a scheduler, which claims nothing, may leave it out. */
  consumer?: string;
  /** How long a claim holds unless renewed, ms. */
  leaseMs?: number;
  /** The entries that the consumer understands; those of this version when left out. */
  readers?: EntryReaders;
}

export class RedisStream implements StreamIntake, StreamDelivery {
  readonly keys: StreamKeys;
  readonly consumer: string;
  readonly #redis: RedisClient;
  readonly #leaseMs: number;
  readonly #readers: EntryReaders;

  constructor(redis: RedisClient, options: RedisStreamOptions) {
    this.#redis = redis;
    this.keys = streamKeys(options.prefix, options.type);
    this.consumer = options.consumer ?? "";
    this.#leaseMs = options.leaseMs ?? 0;
    this.#readers = options.readers ?? entryReaders;
  }

  async now(): Promise<number> {
    return await clockAt(this.#redis, this.keys.stream);
  }

  async backlog(): Promise<number> {
    return await this.#redis.hlen(this.keys.inflight);
  }

  async inFlight(keys: RowKey[]): Promise<Set<RowKey>> {
    if (keys.length === 0) return new Set();
    const ids = await this.#redis.hmget(this.keys.inflight, ...keys);
    return new Set(keys.filter((_, index) => ids[index] !== null));
  }

  async enqueue(
    documents: (ComposedDocument & { traceparent?: string })[],
    limits: { scanBeganMs: number; backlogMax: number },
  ): Promise<Enqueued[]> {
    if (documents.length === 0) return [];
    const { stream, inflight, settled } = this.keys;
    const fields = documents.flatMap((d) => [d.key, d.code, d.shop, d.body, d.traceparent ?? ""]);
    const args = [limits.scanBeganMs, limits.backlogMax, entryVersion, ...fields];
    return readEnqueued(await scripts.enqueue.run(this.#redis, [stream, inflight, settled], args));
  }

  async take(want: { due: number; fresh: number }): Promise<Taken> {
    const { stream, receipts, paused, inflight, settled } = this.keys;
    const { oldest, newest } = versionsOf(this.#readers);
    const limits = [dueIdleMs, this.#leaseMs, want.due, want.fresh, oldest, newest];
    const keys = [stream, receipts, paused, inflight, settled];
    const reply = await scripts.take.run(this.#redis, keys, [group, this.consumer, ...limits]);
    return readTaken(reply, this.#readers);
  }

  async renew(claims: { id: string; key: RowKey }[]): Promise<boolean[]> {
    const { stream, inflight, settled } = this.keys;
    const args = claims.flatMap((claim) => [claim.id, claim.key]);
    const reply = await scripts.renew.run(this.#redis, [stream, inflight, settled], [
      group,
      this.consumer,
      dueIdleMs - this.#leaseMs,
      ...args,
    ]);
    return Array.isArray(reply) ? reply.map((held) => held === 1) : [];
  }

  async recordReceipts(receipts: { id: string; key: RowKey; receipt: Receipt }[]): Promise<void> {
    const args = receipts.flatMap(({ id, key, receipt }) => [id, key, JSON.stringify(receipt)]);
    await scripts.recordReceipts.run(this.#redis, [this.keys.inflight, this.keys.receipts], args);
  }

  async settle(entries: { id: string; key: RowKey }[]): Promise<void> {
    const { stream, inflight, settled, receipts } = this.keys;
    const args = entries.flatMap((entry) => [entry.id, entry.key]);
    await scripts.settle.run(this.#redis, [stream, inflight, settled, receipts], [
      group,
      settledKeepMs,
      ...args,
    ]);
  }

  async bury(burials: Burial[]): Promise<void> {
    const { stream, inflight, settled, receipts, dead } = this.keys;
    const args = burials.flatMap(({ entry, reason, detail, deliveries }) => [
      entry.id,
      entry.key,
      entry.code,
      entry.shop,
      reason,
      detail,
      deliveries,
      entry.scannedAtMs,
    ]);
    const keys = [stream, inflight, settled, receipts, dead];
    await scripts.bury.run(this.#redis, keys, [group, settledKeepMs, ...args]);
  }

  async postpone(entries: { id: string; delayMs: number; deliveries: number }[]): Promise<void> {
    const args = entries.flatMap(({ id, delayMs, deliveries }) => [id, Math.round(delayMs), deliveries]);
    await scripts.postpone.run(this.#redis, [this.keys.stream], [group, this.consumer, dueIdleMs, ...args]);
  }

  async giveBack(entries: { id: string; key: RowKey }[]): Promise<void> {
    const { stream, inflight, settled, receipts } = this.keys;
    const args = entries.flatMap((entry) => [entry.id, entry.key]);
    await scripts.giveBack.run(this.#redis, [stream, inflight, settled, receipts], [group, ...args]);
  }

  /** Makes the group (and the stream) at id 0 where it is missing, so that no entry is passed over; true when it was made. */
  async ensureGroup(): Promise<boolean> {
    try {
      await this.#redis.xgroup("CREATE", this.keys.stream, group, "0", "MKSTREAM");
      return true;
    } catch (error) {
      if (error instanceof Error && error.message.startsWith("BUSYGROUP")) return false;
      throw error;
    }
  }

  /** Removes consumers that hold nothing and have been silent for so long; returns their names. */
  async removeConsumers(silent: { forMs: number; only?: string }): Promise<string[]> {
    const args = [group, silent.forMs, silent.only ?? ""];
    const reply = await scripts.removeConsumers.run(this.#redis, [this.keys.stream], args);
    return Array.isArray(reply) ? reply.map(String) : [];
  }

  /**
   * Removes inflight records whose entry no longer exists. A record goes only when it was a suspect in the pass before too:
   * a worker may be putting it back just now (renew.lua). Call it every 2 min with the suspects that it returned last.
   */
  async repairInFlight(
    suspects: Map<RowKey, string>,
  ): Promise<{ removed: RowKey[]; suspects: Map<RowKey, string> }> {
    const removed = await this.#orphans("remove", suspects);
    const found = new Map<RowKey, string>();
    let cursor = "0";
    do {
      const [next, flat] = await this.#redis.hscan(this.keys.inflight, cursor, "COUNT", 1000);
      const page = new Map(pairs(flat));
      for (const key of await this.#orphans("look", page)) found.set(key, page.get(key) ?? "");
      cursor = next;
    } while (cursor !== "0");
    return { removed, suspects: found };
  }

  async #orphans(what: "look" | "remove", records: Map<RowKey, string>): Promise<RowKey[]> {
    if (records.size === 0) return [];
    const args = [...records].flat();
    const { stream, inflight, receipts } = this.keys;
    const reply = await scripts.repair.run(this.#redis, [stream, inflight, receipts], [what, ...args]);
    return Array.isArray(reply) ? reply.map(String) : [];
  }
}

function pairs(flat: string[]): [string, string][] {
  const list: [string, string][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) list.push([flat[i] ?? "", flat[i + 1] ?? ""]);
  return list;
}
