// The user of deploy/redis.acl: every flow test runs the product as it; here is what it may not do, and that the doctor names what is missing.
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Redis } from "ioredis";
import { neededRights, readMissingRights } from "../../shared/operator/doctor/redis_rights.ts";
import { streamKeys } from "../../shared/stream_keys.ts";
import { startRedis } from "../support/redis.ts";

const acl = (await Deno.readTextFile(new URL("../../deploy/redis.acl", import.meta.url))).trim();
const password = "acl-test-1";
const { stream } = streamKeys("hermes:", "hoa_don");

Deno.test("the file gives exactly the rights that the doctor looks for", () => {
  const given = acl.split(" ").filter((word) => word.startsWith("+")).map((word) => word.slice(1));
  assertEquals(given.toSorted(), neededRights.toSorted());
});

Deno.test("the user may touch no other keys, and nothing of the server", async () => {
  await asUser(acl, async (redis) => {
    assertEquals(await redis.set("hermes:token:a", "t", "PX", 1_000), "OK");
    const refused = [
      ["CONFIG", "GET", "*"],
      ["CONFIG", "SET", "maxmemory", "1"],
      ["FLUSHALL"],
      ["FLUSHDB"],
      ["KEYS", "*"],
      ["SCAN", "0"],
      ["SHUTDOWN", "NOSAVE"],
      ["ACL", "LIST"],
      ["CLIENT", "LIST"],
      ["MONITOR"],
      ["SCRIPT", "FLUSH"],
      ["PUBLISH", "hermes:x", "y"],
      ["XTRIM", stream, "MAXLEN", "0"],
      ["XGROUP", "DESTROY", stream, "workers"],
      ["GET", "other:token:a"],
      ["SET", "other", "1"],
      ["HGETALL", "hermes2:accounts:refused"],
      ["EVAL", "return redis.call('GET', KEYS[1])", "1", "other"],
    ];
    for (const [command = "", ...args] of refused) {
      const error = await assertRejects(() => redis.call(command, ...args), Error);
      assertMatch(error.message, /^NOPERM/, [command, ...args].join(" "));
    }
    const inScript = await assertRejects(() => redis.eval("return redis.call('FLUSHALL')", 0), Error);
    assertMatch(inScript.message, /can't run this command|NOPERM/);
  });
});

Deno.test("the doctor names the rights that a user lacks, and the keys that are not its", async () => {
  await asUser(acl, async (redis) => assertEquals(await readMissingRights(redis, stream), []));
  const poorer = acl.replace(" +xadd", "").replace(" +xgroup|create", "");
  await asUser(poorer, async (redis) => {
    assertEquals((await readMissingRights(redis, stream)).toSorted(), ["xadd", "xgroup|create"]);
  });
  await asUser(acl.replace("~hermes:*", "~other:*"), async (redis) => {
    const missing = await readMissingRights(redis, stream);
    assertEquals([missing.includes("xclaim"), missing.includes("ping")], [true, false]);
  });
  await asUser(acl.replace(" +eval ", " "), async (redis) => {
    assertEquals(await readMissingRights(redis, stream), ["eval", "evalsha"]);
  });
});

/** A server that knows the user, and a connection as this user. */
async function asUser(line: string, test: (redis: Redis) => Promise<void>): Promise<void> {
  const [user = "", ...rules] = line.replace("CHANGE-ME", password).split(" ");
  const server = await startRedis({ extraArgs: [`--${user}`, ...rules] });
  const options = { username: "hermes", password, protocol: 2 as const, disableClientInfo: true };
  const redis = new Redis(server.port, "127.0.0.1", options);
  try {
    await test(redis);
  } finally {
    redis.disconnect();
    await server.stop();
  }
}
