// hermes doctor and the flow of documents, and the command itself. What is wrong with one service: doctor_sqlserver_test.ts, doctor_services_test.ts.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { plainEnvironment } from "../../dev/stack/env_file.ts";
import { systemClock } from "../../shared/clock.ts";
import { documentTypes } from "../../shared/document.ts";
import type { Examination } from "../../shared/operator/doctor/mod.ts";
import { blockedShopsKey, group, scansKey, streamKeys } from "../../shared/stream_keys.ts";
import { account, examined, inWard, receipt } from "../support/doctor.ts";
import { goodDocuments } from "../support/flow.ts";
import { startStack } from "../support/stack.ts";

const keys = streamKeys("hermes:", "phieu_nhap");

Deno.test("doctor finds nothing wrong with services that are well", () =>
  inWard({}, async (ward) => {
    await ward.sql(account("NT001", "hermes", "hermes"));
    const found = await ward.examine();
    found.assertWell("settings", "sqlserver", "redis", "mongodb", "partner", "clocks");
    found.assertOne("sqlserver.compatibility", "ok");
    found.assertOne("sqlserver.accounts", "ok");
    assertEquals(found.all("sqlserver.table").length, 7);
    found.assertOne("clocks.clocks", "ok");
    found.assertOne("flow.no_scheduler", "error");
  }));

Deno.test("doctor finds entries in a stream without a group, and no worker for them", () =>
  inWard({}, async (ward) => {
    await ward.redis.xadd(keys.stream, "*", "key", "1");
    const found = await ward.examine();
    assertStringIncludes(found.assertOne("flow.group_missing", "error", "phieu_nhap").en, "1 entry");
    const worker = found.assertOne("flow.no_worker", "error", "phieu_nhap");
    assertEquals(worker.run, "deno task worker:phieu_nhap");
    await ward.redis.xgroup("CREATE", keys.stream, group, "0");
    assertEquals((await ward.examine()).all("flow.group_missing"), []);
  }));

Deno.test("doctor finds a paused type, a blocked shop, a failing scan and dead letters", () =>
  inWard({}, async (ward) => {
    const now = Date.now();
    await ward.redis.set(keys.paused, JSON.stringify({ by: "lan", at: now }));
    await ward.redis.hset(
      blockedShopsKey("hermes:"),
      "NT001",
      JSON.stringify({ until: now + 60_000, why: "sai" }),
    );
    await ward.redis.xadd(keys.dead, "*", "key", "1", "reason", "refused");
    await ward.redis.xadd(streamKeys("hermes:", "hoa_don").dead, "1000-0", "key", "1", "reason", "refused");
    await ward.redis.set("hermes:scheduler:leader", "one");
    const beat = {
      atMs: now,
      by: "one",
      found: 0,
      enqueued: 0,
      invalid: 0,
      more: false,
      ms: 3,
      error: "error 208",
    };
    await ward.redis.hset(scansKey("hermes:"), "hoa_don", JSON.stringify(beat));
    const found = await ward.examine();
    assertEquals(found.assertOne("flow.paused", "warning", "phieu_nhap").run, "hermes resume phieu_nhap");
    assertStringIncludes(found.assertOne("flow.shop_blocked", "warning").en, "NT001");
    assertStringIncludes(
      found.assertOne("flow.dead_growing", "warning", "phieu_nhap").en,
      "1 dead letter in the last hour",
    );
    assertEquals(found.all("flow.dead_growing", "hoa_don"), []);
    found.assertOne("flow.dead_letters", "info", "hoa_don");
    found.assertOne("flow.scan_failing", "error", "hoa_don");
    found.assertOne("flow.scan_late", "warning", "phieu_xuat");
  }));

Deno.test("doctor finds documents that have waited too long", () =>
  inWard({}, async (ward) => {
    await ward.sql(`${receipt};\nUPDATE PurchaseReceipts SET updated_at = DATEADD(hour, -3, GETDATE())`);
    assertStringIncludes(
      (await ward.examine()).assertOne("flow.pending_old", "warning", "phieu_nhap").en,
      "3 h",
    );
  }));

Deno.test("doctor finds clocks that disagree", () =>
  inWard({}, async (ward) => {
    const late = { ...systemClock, now: () => Date.now() - 90_000 };
    const found = await ward.examine({}, { clock: late });
    assertStringIncludes(found.assertOne("clocks.clock_skew", "error", "redis").en, "90.0 s ahead");
    for (const service of ["sqlserver", "mongodb"]) found.assertOne("clocks.clock_skew", "error", service);
    found.assertOne("clocks.clock_skew", "warning", "partner");
  }));

Deno.test("doctor takes less than 10 s when nobody answers", () =>
  inWard({}, async (ward) => {
    // It accepts connections and never says a word.
    const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const at = `127.0.0.1:${silent.addr.port}`;
    const began = performance.now();
    const found = await ward.examine({
      MSSQL_PORT: String(silent.addr.port),
      REDIS_URL: `redis://${at}`,
      MONGO_URI: `mongodb://${at}`,
      API_BASE_URL: `http://${at}`,
    });
    assert(performance.now() - began < 10_000, `${performance.now() - began} ms`);
    for (const area of ["sqlserver", "redis", "mongodb", "partner"]) {
      found.assertOne(`${area}.unreachable_no_answer`, "error");
    }
    assertEquals(found.examination.exitCode, 2);
    silent.close();
  }));

Deno.test("doctor finds nothing to do while documents flow", async () => {
  await using stack = await startStack({ env: { LEASE_SECONDS: "2" } });
  stack.startScheduler();
  for (const type of documentTypes) stack.startWorker(type);
  await stack.insert(documentTypes.flatMap((type) => goodDocuments(type, 2)));
  await stack.waitUntilIdle(60_000);
  const found = await stack.waitFor(async () => {
    const found = await examined(stack.settings);
    return found.examination.exitCode === 0 && found.all("mongodb.collection_none").length < 2 ? found : null;
  }, { deadlineMs: 60_000, what: "an examination without a finding" });
  assertStringIncludes(found.assertOne("flow.flow", "ok").en, "3 workers alive");
  found.assertOne("mongodb.index_ttl", "ok");
});

/** Runs the command in a process of its own, with these settings alone. */
async function command(env: Record<string, string>, args: string[]): Promise<{ code: number; text: string }> {
  const directory = await Deno.makeTempDir({ prefix: "hermes-doctor-" });
  await Deno.writeTextFile(`${directory}/.env`, "");
  const script = `import { runDoctor } from ${JSON.stringify(import.meta.resolve("../../cli/doctor.ts"))};
Deno.exit(await runDoctor(Deno.args));`;
  const file = `${directory}/run.ts`;
  await Deno.writeTextFile(file, script);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-lock",
      `--config=${fileURLToPath(import.meta.resolve("../../deno.json"))}`,
      file,
      ...args,
    ],
    cwd: directory,
    clearEnv: true,
    env: { ...plainEnvironment(), ...env },
  }).output();
  await Deno.remove(directory, { recursive: true });
  const words = new TextDecoder();
  // Deno's own words about packages that it fetches the first time stand on the other output, in colour.
  const own = words.decode(stderr).split("\n").filter((line) => !line.includes("Download"));
  return { code, text: words.decode(stdout) + own.join("\n") };
}

Deno.test("hermes doctor prints every finding with its cure, and exits by the worst of them", () =>
  inWard({ redis: ["--maxmemory-policy", "allkeys-lru"] }, async (ward) => {
    const { code, text } = await command(ward.env, []);
    assertEquals(code, 2, text);
    assertStringIncludes(text, "✗ error     maxmemory-policy is allkeys-lru");
    assertStringIncludes(text, "redis-cli CONFIG SET maxmemory-policy noeviction");
    assertStringIncludes(text, "Redis có thể xóa dữ liệu hàng đợi");
    assert(!text.includes("\x1b["), "coloured, though this is no terminal");
    assert(!text.includes(ward.env.MSSQL_PASSWORD ?? "?"));
  }));

Deno.test("hermes doctor tells every problem of the settings, as JSON too", async () => {
  const { code, text } = await command({ MSSQL_HOST: "sql", REDIS_PORT: "many", MAX_BACKLOGG: "5" }, [
    "--json",
  ]);
  assertEquals(code, 2, text);
  const { findings, exitCode }: Examination = JSON.parse(text);
  assertEquals(exitCode, 2);
  const wrong = new Map(findings.map(({ subject = "", en }) => [subject, en]));
  assertStringIncludes(wrong.get("MSSQL_HOST") ?? "", "did you mean MSSQL_SERVER?");
  assertStringIncludes(wrong.get("MAX_BACKLOGG") ?? "", "did you mean MAX_BACKLOG?");
  assertStringIncludes(wrong.get("REDIS_PORT") ?? "", "REDIS_PORT=many must be a whole number");
  assertStringIncludes(wrong.get("MONGO_URI") ?? "", "is required");
  assertStringIncludes(wrong.get("everything else") ?? "", "Not checked");
});

Deno.test("hermes doctor explains itself, and refuses an option that it does not know", async () => {
  const helped = await command({}, ["--help"]);
  assertEquals(helped.code, 0);
  assertStringIncludes(helped.text, "--logins");
  const unknown = await command({}, ["--logings"]);
  assertEquals(unknown.code, 2);
  assertStringIncludes(unknown.text, "--logings");
});
