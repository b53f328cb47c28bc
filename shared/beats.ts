// What workers and schedulers say of themselves, through Redis, for people: who is alive, what it is doing, when it last did something.
// Nothing in delivery depends on it.
import { z } from "zod";
import { type DocumentType, documentTypes } from "./document.ts";
import type { RedisClient } from "./script.ts";
import { leaderKey, scansKey, streamKeys } from "./stream_keys.ts";

/** How often a worker says what it does, ms; one whose beat is three times as old is not alive. */
export const beatEveryMs = 2_000;
/** A beat so old is forgotten, ms: the worker is gone for good. */
const forgetAfterMs = 3_600_000;

const workerBeat = z.object({
  atMs: z.number(),
  startedAtMs: z.number(),
  /** When its reading loop last turned. */
  turnedAtMs: z.number(),
  /** When it last brought a document to its end; 0 before the first. */
  lastResultAtMs: z.number(),
  breaker: z.enum(["closed", "open", "half_open"]),
  /** When an open breaker lets the next probe out; null otherwise. */
  probeAtMs: z.number().nullable(),
  waiting: z.number(),
  calling: z.number(),
  writing: z.number(),
  /** The newest version of entries that it understands (shared/entry_version.ts). */
  entryVersion: z.number().optional(),
});
export type WorkerBeat = z.infer<typeof workerBeat>;

const scanBeat = z.object({
  atMs: z.number(),
  by: z.string(),
  found: z.number(),
  enqueued: z.number(),
  invalid: z.number(),
  more: z.boolean(),
  ms: z.number(),
  /** What went wrong; null after a sweep that went well. */
  error: z.string().nullable(),
});
export type ScanBeat = z.infer<typeof scanBeat>;

export class Beats {
  readonly #redis: RedisClient;
  readonly #prefix: string;

  constructor(redis: RedisClient, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  async worker(type: DocumentType, name: string, beat: WorkerBeat): Promise<void> {
    await this.#redis.hset(streamKeys(this.#prefix, type).workers, name, JSON.stringify(beat));
  }

  async leave(type: DocumentType, name: string): Promise<void> {
    await this.#redis.hdel(streamKeys(this.#prefix, type).workers, name);
  }

  async scan(type: DocumentType, beat: ScanBeat): Promise<void> {
    await this.#redis.hset(scansKey(this.#prefix), type, JSON.stringify(beat));
  }

  /** All workers of a type that have beaten within the hour, by name. Forgets older ones. */
  async workers(type: DocumentType, nowMs: number): Promise<Map<string, WorkerBeat>> {
    const key = streamKeys(this.#prefix, type).workers;
    const found = new Map<string, WorkerBeat>();
    for (const [name, text] of Object.entries(await this.#redis.hgetall(key))) {
      const beat = parsed(workerBeat, text);
      if (beat && nowMs - beat.atMs < forgetAfterMs) found.set(name, beat);
      else await this.#redis.hdel(key, name);
    }
    return found;
  }

  async scans(): Promise<Map<DocumentType, ScanBeat>> {
    const texts = await this.#redis.hgetall(scansKey(this.#prefix));
    const found = new Map<DocumentType, ScanBeat>();
    for (const type of documentTypes) {
      const beat = parsed(scanBeat, texts[type] ?? "");
      if (beat) found.set(type, beat);
    }
    return found;
  }

  /** The scheduler that scans just now, or null. */
  async leader(): Promise<string | null> {
    return await this.#redis.get(leaderKey(this.#prefix));
  }
}

/** Whether a worker is alive by its last beat. */
export function isAlive(beat: WorkerBeat, nowMs: number): boolean {
  return nowMs - beat.atMs < 3 * beatEveryMs;
}

function parsed<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
