// What the processes say when they cannot work: settings that are wrong, servers that are not there.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runEntry } from "../support/entry.ts";
import { assertAcceptedOnce, goodDocuments, waitUntilDrained } from "../support/flow.ts";
import { type Stack, startStack } from "../support/stack.ts";

const startsWithinMs = 20_000;
const endsWithinMs = 40_000;
const type = "phieu_xuat";

const complete = {
  MSSQL_SERVER: "sql.example",
  MSSQL_DATABASE: "pharmacy",
  MSSQL_USER: "hermes",
  MSSQL_PASSWORD: "Bi-mat-1234",
  MONGO_URI: "mongodb://journal:Nhat-ky-5678@mongo.example/",
  API_BASE_URL: "https://api.example",
};

for (const entry of ["scheduler.ts", "workers/hoa_don.ts"]) {
  Deno.test(`${entry} without settings names each that is missing, and exits 2`, async () => {
    const { code, said } = await runEntry(entry, {});
    assertEquals(code, 2, said);
    assertMatch(said, /\d problems in the settings:/);
    for (const name of Object.keys(complete)) assertStringIncludes(said, `  ${name}: is required`);
  });
}

Deno.test("wrong settings are reported in one go, with rule and value, the setting that was meant, and no secret", async () => {
  const { code, said } = await runEntry("scheduler.ts", {
    ...complete,
    MONGO_URI: "http://journal:Nhat-ky-5678@mongo.example",
    SCAN_EVERY_SECONDS: "0",
    LEASE_SECONDS: "ten",
    LOG_LEVEL: "loud",
    MSSQL_PASSWORD: "",
    MSSQL_PASWORD: "Bi-mat-1234",
    API_PASSWORD: "Mat-khau-9999",
    REDIS_HOTS: "redis.example",
  });
  assertEquals(code, 2, said);
  for (const wrong of ["SCAN_EVERY_SECONDS=0", "LEASE_SECONDS=ten", "LOG_LEVEL=loud"]) {
    assertStringIncludes(said, `  ${wrong}: `);
  }
  assertStringIncludes(said, "MONGO_URI=***@mongo.example: ");
  assertStringIncludes(said, "MSSQL_PASSWORD: is required");
  assertStringIncludes(said, "MSSQL_PASWORD: is not a setting; did you mean MSSQL_PASSWORD?");
  assertStringIncludes(said, "REDIS_HOTS: is not a setting; did you mean REDIS_HOST?");
  assertStringIncludes(said, "API_USERNAME: is required together with API_PASSWORD");
  for (const secret of ["Bi-mat-1234", "Nhat-ky-5678", "Mat-khau-9999"]) {
    assert(!said.includes(secret), secret);
  }
});

Deno.test("processes say that SQL Server is not there, and go on when it is", async () => {
  await using stack = await startStack();
  const samples = goodDocuments(type, 3);
  await stack.insert(samples);
  await stack.control("sqlserver", "POST down");
  const scheduler = stack.startScheduler();
  stack.startWorker(type);
  const failed = await scheduler.waitForEvent("scan.failed", startsWithinMs, (event) => event.type === type);
  assertEquals(failed.level, "error");
  assertStringIncludes(failed.message, "finding pending rows of phieu_xuat");
  assertStringIncludes(failed.message, `127.0.0.1:${stack.settings.mssql.port}`);
  assert(scheduler.isRunning);
  await stack.control("sqlserver", "POST up");
  await waitUntilDrained(stack, endsWithinMs);
  assertEquals(await assertAcceptedOnce(stack, samples), []);
});

Deno.test("processes say that SQL Server refuses their login, without the password", async () => {
  await using stack = await startStack();
  const scheduler = stack.startScheduler({ MSSQL_PASSWORD: "Sai-mat-khau-1" });
  const failed = await scheduler.waitForEvent("scan.failed", startsWithinMs);
  assertStringIncludes(failed.message, "Login failed for user 'sa'");
  assertEquals(failed.error_code, "ELOGIN");
  assert(scheduler.isRunning);
  assert(!scheduler.logLines().some((event) => JSON.stringify(event).includes("Sai-mat-khau-1")));
});

Deno.test("processes say that Redis is not there, and go on when it is", async () => {
  await using stack = await startStack();
  const samples = goodDocuments(type, 3);
  await stack.insert(samples);
  await stack.signalService("redis", "SIGKILL");
  const processes = [stack.startScheduler(), stack.startWorker(type)];
  for (const process of processes) {
    const lost = await process.waitForEvent("redis.lost", startsWithinMs);
    assertStringIncludes(lost.message, redisAddress(stack));
    assert(process.isRunning);
  }
  await stack.restartRedis();
  await waitUntilDrained(stack, endsWithinMs);
  assertEquals(await assertAcceptedOnce(stack, samples), []);
});

/** How a process names the Redis that it cannot reach. */
function redisAddress({ settings: { redis } }: Stack): string {
  const [first] = redis.kind === "single"
    ? [redis]
    : redis.kind === "cluster"
    ? redis.nodes
    : redis.sentinels;
  return `${first?.host}:${first?.port}`;
}
