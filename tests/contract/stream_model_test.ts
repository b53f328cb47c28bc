// The simulation's model of Redis does what the Lua scripts do: the same random moves against both, compared after each.
import { assertEquals } from "@std/assert";
import { Redis } from "ioredis";
import { RedisStream } from "../../shared/stream.ts";
import { group } from "../../shared/stream_keys.ts";
import { randomFrom } from "../simulation/event_loop.ts";
import { SimRedis } from "../simulation/sim_redis.ts";
import { enqueueNewer, newerReaders } from "../support/newer.ts";
import { redisForTest } from "../support/redis.ts";

const leaseMs = 100_000;

/** Both worlds, and the ids that each gave to the same entry. */
class Pair {
  readonly model = new SimRedis();
  readonly real: Record<string, RedisStream>;
  readonly redis: Redis;
  readonly #ids = new Map<string, string>();

  constructor(redis: Redis, prefix: string) {
    this.redis = redis;
    const options = { prefix, type: "phieu_nhap", leaseMs } as const;
    this.real = {
      w1: new RedisStream(redis, { ...options, consumer: "w1" }),
      w2: new RedisStream(redis, { ...options, consumer: "w2" }),
      newer: new RedisStream(redis, { ...options, consumer: "newer", readers: newerReaders }),
    };
  }

  of(consumer: string): RedisStream {
    const stream = this.real[consumer];
    if (!stream) throw new RangeError(`no consumer ${consumer}`);
    return stream;
  }

  learn(realId: string, modelId: string): void {
    this.#ids.set(modelId, realId);
  }

  realId(modelId: string): string {
    return this.#ids.get(modelId) ?? modelId;
  }
}

type Move = (pair: Pair, random: () => number) => Promise<void>;

const moves: Record<string, Move> = {
  async enqueue(pair, random) {
    const key = `k${Math.floor(random() * 8)}`;
    const limits = { scanBeganMs: random() < 0.5 ? 0 : Number.MAX_SAFE_INTEGER, backlogMax: 6 };
    const document = { key, code: `C-${key}`, shop: "S", body: "{}" };
    const [real] = await pair.of("w1").enqueue([document], limits);
    const [model] = pair.model.enqueue([document], limits, Date.now());
    assertEquals(real?.kind, model?.kind);
    if (real?.kind === "added" && model?.kind === "added") pair.learn(real.id, model.id);
  },
  /** What a newer scheduler would do. */
  async enqueueNewer(pair, random) {
    const key = `k${Math.floor(random() * 8)}`;
    const document = { key, code: `C-${key}`, shop: "S", body: "{}" };
    const limits = { scanBeganMs: Number.MAX_SAFE_INTEGER, backlogMax: 1_000 };
    const [model] = pair.model.enqueue([document], limits, Date.now(), 2);
    if (model?.kind !== "added") return;
    pair.learn(await enqueueNewer(pair.redis, pair.of("w1").keys, document), model.id);
  },
  async take(pair, random) {
    const consumer = any(["w1", "w2", "newer"], random) ?? "w1";
    const want = { due: Math.floor(random() * 3), fresh: Math.floor(random() * 3) };
    const real = await pair.of(consumer).take(want);
    const versions = { oldest: 1, newest: consumer === "newer" ? 2 : 1 };
    const model = pair.model.take(consumer, leaseMs, want, Date.now(), versions);
    const told = ({ claims }: typeof real, id: (id: string) => string) =>
      claims.map(({ entry, deliveries, receipt }) => ({
        id: id(entry.id),
        key: entry.key,
        deliveries,
        receipt,
      }));
    assertEquals(told(real, (id) => id), told(model, (id) => pair.realId(id)));
    assertEquals(real.newer, model.newer);
  },
  async postpone(pair, random) {
    const id = any([...pair.model.pending.keys()], random);
    if (!id) return;
    const owner = pair.model.pending.get(id)?.consumer ?? "w1";
    const consumer = owner in pair.real && random() < 0.8 ? owner : "w1";
    const entry = { delayMs: random() < 0.7 ? 0 : 200_000, deliveries: Math.floor(random() * 4) };
    await pair.of(consumer).postpone([{ ...entry, id: pair.realId(id) }]);
    pair.model.postpone(consumer, [{ ...entry, id }], Date.now());
  },
  async renew(pair, random) {
    const [key, id] = any([...pair.model.inflight], random) ?? ["k0", "1-1"];
    const real = await pair.of("w1").renew([{ id: pair.realId(id), key }]);
    assertEquals(real, pair.model.renew("w1", leaseMs, [{ id, key }], Date.now()));
  },
  async recordReceipts(pair, random) {
    const [key, id] = any([...pair.model.inflight], random) ?? ["k0", "1-1"];
    const receipt = { nationalCode: "QG_1", message: "Thành công" };
    await pair.of("w1").recordReceipts([{ id: pair.realId(id), key, receipt }]);
    pair.model.recordReceipts([{ id, key, receipt }]);
  },
  async settle(pair, random) {
    const [key, known] = any([...pair.model.inflight], random) ?? ["k0", "1-1"];
    // Now and then an entry that a FLUSHALL took, whose row has a new one.
    const id = random() < 0.2 ? "1-1" : known;
    await pair.of("w1").settle([{ id: pair.realId(id), key }]);
    pair.model.settle([{ id, key }], Date.now());
  },
  async bury(pair, random) {
    const [key, id] = any([...pair.model.inflight], random) ?? ["k0", "1-1"];
    const burial = { reason: "refused", detail: "", deliveries: 1 };
    const entry = { key, code: "C", shop: "S", scannedAtMs: 1 };
    await pair.of("w1").bury([{ ...burial, entry: { ...entry, id: pair.realId(id) } }]);
    pair.model.bury([{ ...burial, entry: { ...entry, id } }], Date.now());
  },
  async giveBack(pair, random) {
    const [key, id] = any([...pair.model.inflight], random) ?? ["k0", "1-1"];
    await pair.of("w1").giveBack([{ id: pair.realId(id), key }]);
    pair.model.giveBack([{ id, key }], Date.now());
  },
};

Deno.test("the model of Redis and the Lua scripts agree after every one of two thousand random moves", async () => {
  const server = await redisForTest();
  const redis = new Redis(server.url, { protocol: 2 });
  try {
    for (let seed = 1; seed <= 40; seed++) await compareMoves(redis, server.prefix, seed);
  } finally {
    redis.disconnect();
    await server.stop();
  }
});

async function compareMoves(redis: Redis, prefix: string, seed: number): Promise<void> {
  const random = randomFrom(seed);
  const pair = new Pair(redis, `${prefix}${seed}:`);
  await pair.of("w1").ensureGroup();
  pair.model.ensureGroup();
  for (let step = 0; step < 50; step++) {
    const name = any(Object.keys(moves), random) ?? "take";
    await moves[name]?.(pair, random);
    assertEquals(await realState(redis, pair), modelState(pair), `seed ${seed}, step ${step}: ${name}`);
  }
}

async function realState(redis: Redis, pair: Pair) {
  const { stream, inflight, receipts, dead, settled } = pair.of("w1").keys;
  const entries = await redis.xrange(stream, "-", "+");
  const pending = await redis.xpending(stream, group, "-", "+", 100);
  return {
    entries: entries.map(([id]) => id),
    pending: pending.map((one) => Array.isArray(one) ? [one[0], one[1], one[3]] : []),
    inflight: await redis.hgetall(inflight),
    receipts: Object.keys(await redis.hgetall(receipts)).sort(),
    settled: (await redis.zrange(settled, "0", "-1")).sort(),
    dead: await redis.xlen(dead),
  };
}

function modelState(pair: Pair): Awaited<ReturnType<typeof realState>> {
  const { model } = pair;
  const ids = (list: Iterable<string>) => [...list].map((id) => pair.realId(id)).sort(byId);
  return {
    entries: ids(model.entries.keys()),
    pending: [...model.pending]
      .map(([id, one]) => [pair.realId(id), one.consumer, one.deliveries])
      .sort(([a], [b]) => byId(String(a), String(b))),
    inflight: Object.fromEntries([...model.inflight].map(([key, id]) => [key, pair.realId(id)])),
    receipts: ids(model.receipts.keys()).sort(),
    settled: [...model.settled.keys()].sort(),
    dead: model.dead.length,
  };
}

function byId(a: string, b: string): number {
  const [aMs = 0, aSeq = 0] = a.split("-").map(Number);
  const [bMs = 0, bSeq = 0] = b.split("-").map(Number);
  return aMs - bMs || aSeq - bSeq;
}

function any<T>(list: T[], random: () => number): T | undefined {
  return list[Math.floor(random() * list.length)];
}
