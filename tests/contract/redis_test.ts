// What the product relies on in Redis 6.2 or later: streams, their pending lists, and scripts.
// Runs on a redis-server of its own, or on the one at TEST_REDIS_URL under a random key prefix.

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Redis } from "ioredis";
import { redisForTest, startRedis } from "../support/redis.ts";

interface Bench {
  readonly redis: Redis;
  readonly prefix: string;
  readonly stream: string;
}

/** One row of XPENDING: who has the entry, idle for how long, delivered how often. */
interface Pending {
  readonly id: string;
  readonly consumer: string;
  readonly idleMs: number;
  readonly deliveries: number;
}

Deno.test("redis reads each new entry to one consumer of the group, with one delivery counted", () =>
  withRedis(async (bench) => {
    const [id] = await addAndRead(bench, 2);
    assertEquals(await read(bench, "b", 10), []);
    const [first, second] = await pending(bench);
    assertEquals([first?.id, first?.consumer, first?.deliveries], [id, "a", 1]);
    assertEquals(second?.deliveries, 1);
  }));

Deno.test("redis XPENDING IDLE lists only what has been idle that long", () =>
  withRedis(async (bench) => {
    const [id] = await addAndRead(bench, 2);
    await claim(bench, "a", 0, id, ["IDLE", "300000", "JUSTID"]);
    const due = await pending(bench, ["IDLE", "300000"]);
    assertEquals(due.map((row) => row.id), [id]);
    assert((due[0]?.idleMs ?? 0) >= 300_000);
  }));

Deno.test("redis XCLAIM IDLE with JUSTID sets the idle time and does not count a delivery", () =>
  withRedis(async (bench) => {
    const [id] = await addAndRead(bench, 1);
    for (let round = 0; round < 3; round++) {
      assertEquals(await claim(bench, "a", 0, id, ["IDLE", "250000", "JUSTID"]), [id]);
    }
    const [row] = await pending(bench);
    assertEquals(row?.deliveries, 1);
    assert((row?.idleMs ?? 0) >= 250_000 && (row?.idleMs ?? 0) < 260_000, `idle ${row?.idleMs}`);
  }));

Deno.test("redis XCLAIM without JUSTID moves the entry, counts a delivery and begins its idle time anew", () =>
  withRedis(async (bench) => {
    const [id] = await addAndRead(bench, 1);
    await claim(bench, "a", 0, id, ["IDLE", "300000", "JUSTID"]);
    const claimed = await claim(bench, "b", 300_000, id, []);
    assertEquals(claimed, [[id, ["n", "0"]]]);
    const [row] = await pending(bench);
    assertEquals([row?.consumer, row?.deliveries], ["b", 2]);
    assert((row?.idleMs ?? Infinity) < 10_000);
  }));

Deno.test("redis XCLAIM leaves an entry alone that has not been idle long enough", () =>
  withRedis(async (bench) => {
    const [id] = await addAndRead(bench, 1);
    assertEquals(await claim(bench, "b", 300_000, id, ["JUSTID"]), []);
    assertEquals((await pending(bench))[0]?.consumer, "a");
  }));

Deno.test("redis XCLAIM RETRYCOUNT sets the delivery count, so that a wait is not counted", () =>
  withRedis(async (bench) => {
    const [id] = await addAndRead(bench, 1);
    await claim(bench, "a", 0, id, ["IDLE", "0", "RETRYCOUNT", "0", "JUSTID"]);
    assertEquals((await pending(bench))[0]?.deliveries, 0);
    await claim(bench, "b", 0, id, []);
    assertEquals((await pending(bench))[0]?.deliveries, 1);
  }));

Deno.test("redis keeps a deleted entry in the pending list, and gives nothing to send when it is claimed", () =>
  withRedis(async (bench) => {
    const [id] = await addAndRead(bench, 1);
    await bench.redis.xdel(bench.stream, id);
    assertEquals((await pending(bench)).map((row) => row.id), [id]);
    const claimed = await claim(bench, "b", 0, id, []);
    assertEquals(claimed.filter((entry) => entry !== null), []); // 6.2 answers nil, 7.0 drops it from the list
    await bench.redis.xack(bench.stream, "workers", id);
    assertEquals(await pending(bench), []);
  }));

Deno.test("redis keeps the stream and its group when the last entry is deleted", () =>
  withRedis(async (bench) => {
    const [id] = await addAndRead(bench, 1);
    await bench.redis.multi().xack(bench.stream, "workers", id).xdel(bench.stream, id).exec();
    assertEquals([await bench.redis.xlen(bench.stream), await bench.redis.exists(bench.stream)], [0, 1]);
    const [next] = await addAndRead(bench, 1);
    assert(next !== id);
  }));

Deno.test("redis XGROUP DELCONSUMER drops what the consumer had pending, for ever", () =>
  withRedis(async (bench) => {
    await addAndRead(bench, 3);
    assertEquals(await bench.redis.call("XGROUP", "DELCONSUMER", bench.stream, "workers", "a"), 3);
    assertEquals(await pending(bench), []);
    assertEquals(await read(bench, "b", 10), []);
    assertEquals(await bench.redis.xlen(bench.stream), 3);
  }));

Deno.test("redis names a missing group and one that exists already", () =>
  withRedis(async (bench) => {
    const make = () => bench.redis.xgroup("CREATE", bench.stream, "workers", "0", "MKSTREAM");
    const twice = await assertRejects(make, Error);
    assertMatch(twice.message, /^BUSYGROUP/);
    await bench.redis.del(bench.stream);
    const missing = await assertRejects(() => read(bench, "a", 1), Error);
    assertMatch(missing.message, /^NOGROUP/);
    await make();
    assertEquals(await read(bench, "a", 1), []);
  }));

Deno.test("redis ends a blocked read in time when its stream is deleted, and names the group on the next", () =>
  withRedis(async (bench) => {
    const blocked = bench.redis.duplicate();
    const clientId = await blocked.client("ID");
    const reading = blocked.xreadgroup("GROUP", "workers", "a", "BLOCK", 1_000, "STREAMS", bench.stream, ">")
      .catch((error: Error) => error.message);
    await isBlocked(bench.redis, clientId);
    await bench.redis.del(bench.stream);
    await bench.redis.xadd(bench.stream, "*", "n", "0");
    // 7.0 ends the read with UNBLOCKED when the stream goes; 6.2 when it is written anew, or at its BLOCK time.
    assertMatch(String(await reading), /^(UNBLOCKED|NOGROUP|null)/);
    const next = await assertRejects(() => read(bench, "a", 1), Error);
    assertMatch(next.message, /^NOGROUP/);
    blocked.disconnect();
  }));

Deno.test("redis lets a script read the time, take what is due and count it, in one step", () =>
  withRedis(async (bench) => {
    const [id] = await addAndRead(bench, 2);
    await claim(bench, "a", 0, id, ["IDLE", "300000", "JUSTID"]);
    const script = `
      local now = redis.call('TIME')
      redis.call('SET', KEYS[2], now[1])
      local due = redis.call('XPENDING', KEYS[1], 'workers', 'IDLE', 300000, '-', '+', 10)
      local taken = {}
      for _, row in ipairs(due) do
        local entries = redis.call('XCLAIM', KEYS[1], 'workers', ARGV[1], 300000, row[1])
        if entries[1] then taken[#taken + 1] = { row[1], row[4] + 1, entries[1][2] } end
      end
      return taken`;
    const sha = String(await bench.redis.script("LOAD", script));
    const clock = `${bench.prefix}{q}clock`;
    assertEquals(await bench.redis.evalsha(sha, 2, bench.stream, clock, "b"), [[id, 2, ["n", "0"]]]);
    assert(Math.abs(Number(await bench.redis.get(clock)) - Date.now() / 1000) < 60);
    assertEquals(await bench.redis.evalsha(sha, 2, bench.stream, clock, "b"), []);
  }));

Deno.test("redis names a script that it does not know", () =>
  withRedis(async ({ redis }) => {
    const error = await assertRejects(() => redis.evalsha("0".repeat(40), 0), Error);
    assertMatch(error.message, /^NOSCRIPT/);
  }));

Deno.test("redis writes a script's effects to its log, not its text, so a restart gives the same values", async () => {
  const server = await startRedis({ appendonly: true });
  const redis = new Redis(server.url);
  try {
    const script = `
      local now = redis.call('TIME')
      redis.call('ZADD', KEYS[1], now[1] * 1000000 + now[2], 'row')
      return redis.call('ZSCORE', KEYS[1], 'row')`;
    const before = await redis.eval(script, 1, "settled");
    await redis.xgroup("CREATE", "s", "workers", "0", "MKSTREAM");
    await redis.xadd("s", "1-0", "n", "0");
    await redis.xreadgroup("GROUP", "workers", "a", "STREAMS", "s", ">");
    await server.kill("SIGKILL");
    await server.restart();
    assertEquals(await redis.zscore("settled", "row"), before);
    assertEquals(
      (await pending({ redis, prefix: "", stream: "s" })).map(({ id, deliveries }) => [id, deliveries]),
      [
        ["1-0", 1],
      ],
    );
  } finally {
    redis.disconnect();
    await server.stop();
  }
});

async function withRedis(test: (bench: Bench) => Promise<void>): Promise<void> {
  const server = await redisForTest();
  const redis = new Redis(server.url);
  const stream = `${server.prefix}{q}stream`;
  try {
    await redis.xgroup("CREATE", stream, "workers", "0", "MKSTREAM");
    await test({ redis, prefix: server.prefix, stream });
  } finally {
    redis.disconnect();
    await server.stop();
  }
}

/** Adds entries `n: 0, 1, …`, reads them as consumer `a`, and returns their ids. */
async function addAndRead(bench: Bench, count: number): Promise<[string, ...string[]]> {
  for (let n = 0; n < count; n++) await bench.redis.xadd(bench.stream, "*", "n", String(n));
  const [first, ...others] = await read(bench, "a", count);
  assert(first);
  return [first, ...others];
}

/** The ids of the new entries that a consumer gets. */
async function read(bench: Bench, consumer: string, count: number): Promise<string[]> {
  const answer = await bench.redis.xreadgroup(
    "GROUP",
    "workers",
    consumer,
    "COUNT",
    count,
    "STREAMS",
    bench.stream,
    ">",
  );
  return (answer as [string, [string, string[]][]][] | null)?.[0]?.[1].map(([id]) => id) ?? [];
}

async function claim(bench: Bench, consumer: string, minIdleMs: number, id: string, options: string[]) {
  return await bench.redis.call(
    "XCLAIM",
    bench.stream,
    "workers",
    consumer,
    minIdleMs,
    id,
    ...options,
  ) as unknown[];
}

async function pending(bench: Bench, filter: string[] = []): Promise<Pending[]> {
  const rows = await bench.redis.call("XPENDING", bench.stream, "workers", ...filter, "-", "+", "10");
  return (rows as [string, string, number, number][])
    .map(([id, consumer, idleMs, deliveries]) => ({ id, consumer, idleMs, deliveries }));
}

/** Waits until the server says that this client is blocked. */
async function isBlocked(redis: Redis, clientId: number): Promise<void> {
  for (const endMs = Date.now() + 5_000; Date.now() < endMs;) {
    const clients = String(await redis.client("LIST"));
    if (clients.split("\n").some((line) => line.startsWith(`id=${clientId} `) && / flags=\w*b/.test(line))) {
      return;
    }
  }
  throw new Error(`client ${clientId} was not blocked within 5 s`);
}
