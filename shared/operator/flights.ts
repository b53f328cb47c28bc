// What Redis says of documents in flight, for an operator: a stream summed up, and single documents looked up by row key. Only reads, but for `hasten`.
import type { DocumentType, Receipt, RowKey } from "../document.ts";
import hastenLua from "../lua/hasten.lua" with { type: "text" };
import lookUpLua from "../lua/look_up.lua" with { type: "text" };
import summaryLua from "../lua/pending_summary.lua" with { type: "text" };
import { clockAt } from "../redis_clock.ts";
import { type RedisClient, Script } from "../script.ts";
import { dueIdleMs } from "../stream.ts";
import { blockedShopsKey, group, streamKeys } from "../stream_keys.ts";
import type { FlightFacts, FlightState, PausedState } from "./types.ts";

/** Pending entries that are looked at: as many as can be in flight by default. */
const pendingMax = 20_000;
/** The rate is counted over so long, ms. */
const rateOverMs = 60_000;

const summary = new Script(summaryLua);
const lookUp = new Script(lookUpLua);
const hasten = new Script(hastenLua);

/** A stream in numbers. */
export interface StreamSummary {
  inStream: number;
  fresh: number;
  /** In workers' hands. */
  held: number;
  dueLater: number;
  dueNow: number;
  nextDueInMs: number | null;
  /** Set aside for workers that understand a newer version of entries. */
  newer: number;
  /** The highest version among these. */
  newerVersion: number | null;
  dead: number;
  ratePerMinute: number;
  paused: PausedState | null;
}

/** Methods throw when Redis cannot be reached. */
export class Flights {
  readonly #redis: RedisClient;
  readonly #prefix: string;
  readonly #leaseMs: number;

  constructor(redis: RedisClient, options: { prefix: string; leaseMs: number }) {
    this.#redis = redis;
    this.#prefix = options.prefix;
    this.#leaseMs = options.leaseMs;
  }

  /** The clock of the Redis that holds what is blocked, ms. */
  async now(): Promise<number> {
    return await clockAt(this.#redis, blockedShopsKey(this.#prefix));
  }

  async summary(type: DocumentType): Promise<StreamSummary> {
    const keys = streamKeys(this.#prefix, type);
    const nowMs = await clockAt(this.#redis, keys.stream);
    const [reply, inStream, dead, ratePerMinute, paused] = await Promise.all([
      summary.run(this.#redis, [keys.stream], [group, dueIdleMs, this.#leaseMs, pendingMax]),
      this.#redis.xlen(keys.stream),
      this.#redis.xlen(keys.dead),
      this.#redis.zcount(keys.settled, nowMs - rateOverMs, "+inf"),
      this.paused(type),
    ]);
    const [pending = 0, dueLater = 0, dueNow = 0, soonest = -1, newer = 0, newest = 0] = numbers(reply);
    return {
      inStream,
      fresh: Math.max(0, inStream - pending),
      held: pending - dueLater - dueNow - newer,
      dueLater,
      dueNow,
      nextDueInMs: soonest < 0 ? null : soonest,
      newer,
      newerVersion: newest || null,
      dead,
      ratePerMinute,
      paused,
    };
  }

  /** Null unless an operator paused the type. */
  async paused(type: DocumentType): Promise<PausedState | null> {
    const text = await this.#redis.get(streamKeys(this.#prefix, type).paused);
    return text === null ? null : readPaused(text);
  }

  /** False when it was paused already. */
  async pause(type: DocumentType, by: string, atMs: number): Promise<boolean> {
    const key = streamKeys(this.#prefix, type).paused;
    return await this.#redis.set(key, JSON.stringify({ by, at: atMs }), "NX") !== null;
  }

  /** False when it was not paused. */
  async resume(type: DocumentType): Promise<boolean> {
    return await this.#redis.del(streamKeys(this.#prefix, type).paused) === 1;
  }

  /** The entries of those rows that are in flight. `workerAlive` is left false: beats tell. */
  async lookUp(type: DocumentType, keys: RowKey[]): Promise<Map<RowKey, FlightFacts>> {
    if (keys.length === 0) return new Map();
    const { stream, inflight, receipts } = streamKeys(this.#prefix, type);
    const nowMs = await clockAt(this.#redis, stream);
    const reply = await lookUp.run(this.#redis, [stream, inflight, receipts], [group, ...keys]);
    const found = new Map<RowKey, FlightFacts>();
    keys.forEach((key, index) => {
      const item: unknown = Array.isArray(reply) ? reply[index] : [];
      if (Array.isArray(item) && item.length > 0) found.set(key, this.#flight(item, nowMs));
    });
    return found;
  }

  /** What an entry sends; null when it is gone. */
  async body(type: DocumentType, entryId: string): Promise<string | null> {
    const [entry] = await this.#redis.xrange(streamKeys(this.#prefix, type).stream, entryId, entryId);
    const fields = entry?.[1] ?? [];
    const at = fields.findIndex((name, index) => index % 2 === 0 && name === "body");
    return at < 0 ? null : fields[at + 1] ?? null;
  }

  /** Brings a postponed entry's next delivery forward to now; false when it is not postponed. */
  async hasten(type: DocumentType, entryId: string): Promise<boolean> {
    const { stream } = streamKeys(this.#prefix, type);
    return await hasten.run(this.#redis, [stream], [group, entryId, dueIdleMs, this.#leaseMs]) === 1;
  }

  #flight(item: unknown[], nowMs: number): FlightFacts {
    const [id, exists, worker, idle, deliveries, receipt] = item;
    const entryId = String(id);
    const delivered = worker !== "";
    const dueInMs = dueIdleMs - Number(idle);
    return {
      entryId,
      enqueuedAtMs: Number(entryId.split("-")[0]),
      state: stateOf({ exists: exists === 1, delivered, dueInMs }, this.#leaseMs),
      deliveries: Number(deliveries),
      worker: delivered ? String(worker) : null,
      workerAlive: false,
      dueAtMs: delivered ? nowMs + dueInMs : null,
      receipt: readReceipt(String(receipt)),
    };
  }
}

/** Where an entry is by what its pending record says (shared/stream.ts: due time lives there). Pure. */
function stateOf(
  entry: { exists: boolean; delivered: boolean; dueInMs: number },
  leaseMs: number,
): FlightState {
  if (!entry.exists) return "lost";
  if (!entry.delivered) return "fresh";
  if (entry.dueInMs <= 0) return "due";
  return entry.dueInMs <= leaseMs ? "held" : "later";
}

/** Set by us as JSON; by hand, as the README says, as anything. */
function readPaused(text: string): PausedState {
  try {
    const { by, at } = JSON.parse(text);
    if (typeof by === "string" && typeof at === "number") return { by, atMs: at };
  } catch {
    // Not ours: somebody set it by hand.
  }
  return { by: "", atMs: null };
}

function readReceipt(text: string): Receipt | null {
  if (text === "") return null;
  try {
    const { nationalCode, message } = JSON.parse(text);
    return { nationalCode: nationalCode ?? null, message: String(message) };
  } catch {
    return null;
  }
}

function numbers(reply: unknown): number[] {
  return Array.isArray(reply) ? reply.map(Number) : [];
}
