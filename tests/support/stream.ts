// A stream of purchase receipts on a real Redis, with looks into it: what tests of shared/stream.ts and shared/lua need.
import { assert, assertEquals } from "@std/assert";
import { Redis } from "ioredis";
import type { ComposedDocument } from "../../shared/document.ts";
import { type Enqueued, RedisStream } from "../../shared/stream.ts";
import { group, type StreamKeys } from "../../shared/stream_keys.ts";
import { redisForTest, startRedis } from "./redis.ts";

/** One row of XPENDING. */
export interface Pending {
  id: string;
  consumer: string;
  idleMs: number;
  deliveries: number;
}

/** Everything a test does with the stream. */
export class StreamBench {
  readonly redis: Redis;
  readonly prefix: string;
  readonly keys: StreamKeys;
  /** The scheduler's side, and a worker named "a" with a lease of 5 s. */
  readonly a: RedisStream;

  constructor(redis: Redis, prefix: string) {
    this.redis = redis;
    this.prefix = prefix;
    this.a = this.worker("a");
    this.keys = this.a.keys;
  }

  worker(consumer: string, leaseMs = 5_000): RedisStream {
    return new RedisStream(this.redis, { prefix: this.prefix, type: "phieu_nhap", consumer, leaseMs });
  }

  /** Enqueues documents with these keys; asserts that all were added, and returns their ids. */
  async enqueue(...keys: string[]): Promise<string[]> {
    const answers = await this.offer(keys);
    return answers.map((answer) => {
      assert(answer.kind === "added", answer.kind);
      return answer.id;
    });
  }

  async offer(
    keys: string[],
    limits: { scanBeganMs?: number; backlogMax?: number } = {},
  ): Promise<Enqueued[]> {
    const scanBeganMs = limits.scanBeganMs ?? await this.a.now();
    return await this.a.enqueue(keys.map(documentOf), { backlogMax: 10_000, ...limits, scanBeganMs });
  }

  /** Takes everything there is, for a worker. */
  async takeAll(worker = this.a) {
    const { claims } = await worker.take({ due: 100, fresh: 100 });
    return claims;
  }

  /** Makes an entry due now, as if its holder had been dead for long. */
  async makeDue(...ids: string[]): Promise<void> {
    for (const { id, consumer, deliveries } of await this.pending()) {
      if (!ids.includes(id)) continue;
      await this.redis.call(
        ...["XCLAIM", this.keys.stream, group, consumer, "0", id] as [string, ...string[]],
        ...["IDLE", "300000", "RETRYCOUNT", String(deliveries), "JUSTID"],
      );
    }
  }

  async pending(): Promise<Pending[]> {
    const rows = await this.redis.xpending(this.keys.stream, group, "-", "+", 10_000) as unknown[][];
    return rows.map(([id, consumer, idleMs, deliveries]) => ({
      id: String(id),
      consumer: String(consumer),
      idleMs: Number(idleMs),
      deliveries: Number(deliveries),
    }));
  }

  /** Asserts when an entry is due: in so many ms, give or take the time that the test itself takes. */
  async assertDueIn(id: string, delayMs: number): Promise<void> {
    const row = (await this.pending()).find((each) => each.id === id);
    assert(row, `${id} is not pending`);
    const dueInMs = 300_000 - row.idleMs;
    assert(dueInMs <= delayMs && dueInMs > delayMs - 2_000, `due in ${dueInMs} ms, not ${delayMs}`);
  }

  /** Ids of all entries, in order. */
  async entryIds(): Promise<string[]> {
    return (await this.redis.xrange(this.keys.stream, "-", "+")).map(([id]) => id);
  }

  /** The dead letters, by field. */
  async deadLetters(): Promise<Record<string, string>[]> {
    const letters = await this.redis.xrange(this.keys.dead, "-", "+");
    return letters.map(([, flat]) => {
      const pairs = flat.flatMap((name, at) => at % 2 === 0 ? [[name, flat[at + 1] ?? ""]] : []);
      return Object.fromEntries(pairs);
    });
  }

  /** Asserts that nothing at all is left of any document in flight. */
  async assertEmpty(): Promise<void> {
    const { stream, inflight, receipts } = this.keys;
    const left = await Promise.all([
      this.redis.xlen(stream),
      this.redis.hlen(inflight),
      this.redis.hlen(receipts),
    ]);
    assertEquals([left, await this.pending()], [[0, 0, 0], []]);
  }
}

/** The document with this key. */
function documentOf(key: string): ComposedDocument {
  return { key, code: `PN${key}`, shop: "S1", body: `{"ma_phieu":"PN${key}","ten":"Thuốc"}` };
}

/** Runs a test on a stream with its group, on TEST_REDIS_URL or a server of its own; `own`: always the latter (FLUSHALL). */
export async function withStream(
  test: (bench: StreamBench) => Promise<void>,
  { own = false } = {},
): Promise<void> {
  const server = own ? { ...await ownServer(), prefix: "hermes:" } : await redisForTest();
  const redis = new Redis(server.url);
  try {
    const bench = new StreamBench(redis, server.prefix);
    await bench.a.ensureGroup();
    await test(bench);
  } finally {
    redis.disconnect();
    await server.stop();
  }
}

async function ownServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const server = await startRedis();
  return { url: server.url, stop: () => server.stop() };
}
