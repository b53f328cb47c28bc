// Connections to each kind of Redis (shared/redis.ts, shared/redis_holder.ts), as the product makes them.
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Processes } from "../../dev/stack/processes.ts";
import { documentTypes } from "../../shared/document.ts";
import { openRedis } from "../../shared/redis.ts";
import { clockAt } from "../../shared/redis_clock.ts";
import { KeySight } from "../../shared/redis_holder.ts";
import type { RedisClient } from "../../shared/script.ts";
import { readSettings } from "../../shared/settings.ts";
import { streamKeys } from "../../shared/stream_keys.ts";
import { type RedisKind, redisKinds, type StackRedis, startRedisKind } from "../support/redis_kinds.ts";

const { stream } = streamKeys("hermes:", "hoa_don");
const agreeWithinMs = 2_000;

for (const kind of redisKinds) {
  Deno.test(`${kind}: the first commands may come all at once, each type's clock among them`, async () => {
    await withRedis(kind, async (client) => {
      const keys = documentTypes.map((type) => streamKeys("hermes:", type).stream);
      const reads = await Promise.all(keys.flatMap((key) => [client.xlen(key), client.exists(key)]));
      assertEquals(reads, keys.flatMap(() => [0, 0]));
      for (const nowMs of await Promise.all(keys.map((key) => clockAt(client, key)))) {
        assert(Math.abs(nowMs - Date.now()) < agreeWithinMs, `${nowMs}`);
      }
    });
  });

  Deno.test(`${kind}: a new connection to the same server is seen as such, and a server started anew as another`, async () => {
    await withRedis(kind, async (client, redis) => {
      const sight = new KeySight(client, stream);
      const first = await sight.look();
      assertEquals(sight.connection(), first.connection);
      await redis.askMasters((master) => master.call("CLIENT", "KILL", "TYPE", "normal"));
      const second = await lookAgain(sight, first.connection);
      assertEquals(second.server, first.server);
      await redis.restart({ withData: true });
      const third = await lookAgain(sight, second.connection);
      assertNotEquals(third.server, first.server);
    });
  });
}

/** What is seen once the connection is another one. */
async function lookAgain(sight: KeySight, old: object) {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const seen = await sight.look().catch(() => null);
    if (seen && seen.connection !== old) return seen;
    assert(Date.now() < deadline, "no new connection within 20 s");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A Redis of the kind, and the product's connection to it. */
async function withRedis(
  kind: RedisKind,
  test: (client: RedisClient, redis: StackRedis) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "hermes-redis-" });
  const processes = new Processes(directory);
  processes.removeAtEnd(directory);
  try {
    const redis = await startRedisKind(kind, { processes, directory: `${directory}/redis`, env: {} });
    const { client, close } = await openRedis(readSettings({ ...elsewhere, ...redis.settings }).redis);
    try {
      await test(client, redis);
    } finally {
      close();
    }
  } finally {
    await processes.stop();
  }
}

/** What the settings want besides; nobody is asked there. */
const elsewhere = {
  MSSQL_SERVER: "sql.example",
  MSSQL_DATABASE: "pharmacy",
  MSSQL_USER: "hermes",
  MSSQL_PASSWORD: "-",
  MONGO_URI: "mongodb://mongo.example",
  API_BASE_URL: "http://127.0.0.1:1",
  API_USERNAME: "-",
  API_PASSWORD: "-",
};
