// An entry whose row was settled after its scan began: made by a scan that ran between a loss of data and the answer to a call that was out.
import { assertEquals } from "@std/assert";
import { Redis } from "ioredis";
import { RedisStream } from "../../shared/stream.ts";
import { redisForTest } from "../support/redis.ts";

const document = { key: "7", code: "HD-7", shop: "S1", body: "{}" };
const both = { due: 5, fresh: 5 };

Deno.test("take() ends an entry whose row was settled under another entry since its scan began", async () => {
  await withStream(async (stream, redis) => {
    const first = await enqueue(stream);
    await stream.take(both);
    await redis.del(...Object.values(stream.keys));
    await stream.ensureGroup();
    const second = await enqueue(stream);
    await stream.settle([{ id: first, key: document.key }]);
    assertEquals((await stream.take(both)).claims, []);
    const { stream: entries, inflight } = stream.keys;
    assertEquals([await redis.xlen(entries), await redis.hlen(inflight)], [0, 0], `${second} is left`);
  });
});

Deno.test("take() ends a stale entry that waits for its next delivery too", async () => {
  await withStream(async (stream, redis) => {
    const id = await enqueue(stream);
    await stream.take(both);
    await stream.postpone([{ id, delayMs: 0, deliveries: 0 }]);
    await stream.settle([{ id: "1-1", key: document.key }]);
    assertEquals((await stream.take(both)).claims, []);
    assertEquals(await redis.xlen(stream.keys.stream), 0);
  });
});

Deno.test("take() gives an entry whose row was settled before its scan began", async () => {
  await withStream(async (stream, redis) => {
    await stream.settle([{ id: "1-1", key: document.key }]);
    const settledAtMs = Number(await redis.zscore(stream.keys.settled, document.key));
    while (await stream.now() <= settledAtMs);
    const id = await enqueue(stream);
    assertEquals((await stream.take(both)).claims.map(({ entry }) => entry.id), [id]);
  });
});

async function enqueue(stream: RedisStream): Promise<string> {
  const [made] = await stream.enqueue([document], { scanBeganMs: await stream.now(), backlogMax: 10 });
  if (made?.kind !== "added") throw new Error(`not enqueued: ${made?.kind}`);
  return made.id;
}

async function withStream(test: (stream: RedisStream, redis: Redis) => Promise<void>): Promise<void> {
  const server = await redisForTest();
  const redis = new Redis(server.url, { protocol: 2 });
  const options = { prefix: server.prefix, type: "hoa_don", consumer: "w1", leaseMs: 5_000 } as const;
  try {
    const stream = new RedisStream(redis, options);
    await stream.ensureGroup();
    await test(stream, redis);
  } finally {
    redis.disconnect();
    await server.stop();
  }
}
