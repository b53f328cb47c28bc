// hermes doctor against services that run: each test makes one thing ill, and the doctor has to name it, with its cure.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { plainEnvironment } from "../../dev/stack/env_file.ts";
import { makeIdentity } from "../../dev/sqlserver/tls/certificate.ts";
import { systemClock } from "../../shared/clock.ts";
import { documentTypes } from "../../shared/document.ts";
import type { Examination } from "../../shared/operator/doctor/mod.ts";
import { blockedShopsKey, group, scansKey, streamKeys } from "../../shared/stream_keys.ts";
import phieuSchema from "../../shared/sql/schema.phieu.sql" with { type: "text" };
import { examined, type Illness, openWard, type Ward } from "../support/doctor.ts";
import { goodDocuments } from "../support/flow.ts";
import { startStack } from "../support/stack.ts";

const keys = streamKeys("hermes:", "phieu_nhap");

/** Runs a test in a world of its own. */
async function inWard(illness: Illness, test: (ward: Ward) => Promise<void>): Promise<void> {
  await using ward = await openWard(illness);
  await test(ward);
}

const receipt =
  `INSERT INTO PurchaseReceipts (local_receipt_id, pharmacy_code, shop_pharmacy_code, receipt_date, receipt_type, status)
VALUES ('PN-1', '01-0001', 'NT001', GETDATE(), 3, 'PENDING_SYNC')`;

function account(shop: string, user: string, secret = "right"): string {
  return `INSERT INTO AccountShop (shop_pharmacy_code, pharmacy_code, account, password, status)
VALUES ('${shop}', '01-0001', '${user}', N'${secret}', 1)`;
}

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

Deno.test("doctor finds a header table without an index on status", () =>
  inWard({
    schema: [[
      "  CREATE NONCLUSTERED INDEX [IX_PurchaseReceipts_status] ON [dbo].[PurchaseReceipts] ([status]) INCLUDE ([shop_pharmacy_code]);\n",
      "",
    ]],
  }, async (ward) => {
    await ward.sql(receipt);
    const found = (await ward.examine()).assertOne(
      "sqlserver.index_missing",
      "warning",
      "PurchaseReceipts.status",
    );
    assertStringIncludes(found.en, "(1 row)");
    assertStringIncludes(found.run ?? "", "ON [PurchaseReceipts] ([status]) INCLUDE ([shop_pharmacy_code]);");
    // The cure cures.
    await ward.sql(found.run ?? "");
    (await ward.examine()).assertWell("sqlserver");
  }));

Deno.test("doctor finds a detail table without an index on its foreign key", () =>
  inWard({
    schema: [[
      "  CREATE NONCLUSTERED INDEX [IX_SalesInvoiceDetails_sales_invoice_id] ON [dbo].[SalesInvoiceDetails] ([sales_invoice_id]);\n",
      "",
    ]],
  }, async (ward) => {
    (await ward.examine()).assertOne(
      "sqlserver.index_missing",
      "warning",
      "SalesInvoiceDetails.sales_invoice_id",
    );
  }));

Deno.test("doctor finds a column that is missing, and its SQL adds it", () =>
  inWard({ schema: [["    [supplier_name] nvarchar(500) NULL,\n", ""]] }, async (ward) => {
    const found = (await ward.examine()).assertOne(
      "sqlserver.column_missing",
      "error",
      "PurchaseReceipts.supplier_name",
    );
    assertEquals(found.run, "ALTER TABLE [PurchaseReceipts] ADD [supplier_name] nvarchar(500) NULL;");
    await ward.sql(found.run ?? "");
    (await ward.examine()).assertWell("sqlserver");
  }));

Deno.test("doctor finds a column that is too short for what is written back", () =>
  inWard(
    { schema: [["[national_receipt_id] varchar(100)", "[national_receipt_id] varchar(10)"]] },
    async (ward) => {
      const found = (await ward.examine()).assertOne(
        "sqlserver.column_too_short",
        "error",
        "PurchaseReceipts.national_receipt_id",
      );
      assertStringIncludes(found.en, "holds 10 characters, 100 are needed");
      assertStringIncludes(found.run ?? "", "ALTER COLUMN [national_receipt_id] varchar(100)");
    },
  ));

Deno.test("doctor finds columns of a wrong type", () =>
  inWard({
    schema: [
      ["[receipt_date] datetime NOT NULL", "[receipt_date] varchar(20) NOT NULL"],
      ["[line_total] decimal(18, 2)", "[line_total] float"],
    ],
  }, async (ward) => {
    const found = await ward.examine();
    assertStringIncludes(
      found.assertOne("sqlserver.column_type_wrong", "error", "PurchaseReceipts.receipt_date").en,
      "is varchar(20); a date is needed",
    );
    found.assertOne("sqlserver.column_type_wrong", "error", "SalesInvoiceDetails.line_total");
  }));

Deno.test("doctor tells a VARCHAR that loses Vietnamese letters from one that keeps them", () =>
  inWard({
    schema: [
      ["[supplier_name] nvarchar(500)", "[supplier_name] varchar(500) COLLATE Vietnamese_CI_AS"],
      ["[recipient_name] nvarchar(500)", "[recipient_name] varchar(500)"],
    ],
  }, async (ward) => {
    const found = await ward.examine();
    found.assertOne("sqlserver.column_loses_vietnamese", "warning", "GoodsIssueSlips.recipient_name");
    assertEquals(found.all("sqlserver.column_loses_vietnamese", "PurchaseReceipts.supplier_name"), []);
  }));

Deno.test("doctor takes BIGINT keys and an NVARCHAR status as they are", () =>
  inWard({
    schema: [
      [
        "[id] int IDENTITY(1, 1) NOT NULL,\n    [local_receipt_id]",
        "[id] bigint IDENTITY(1, 1) NOT NULL,\n    [local_receipt_id]",
      ],
      ["[purchase_receipt_id] int NOT NULL", "[purchase_receipt_id] bigint NOT NULL"],
      [
        "[status] varchar(20) NOT NULL,\n    [national_receipt_id]",
        "[status] nvarchar(20) NOT NULL,\n    [national_receipt_id]",
      ],
    ],
  }, async (ward) => {
    const found = await ward.examine();
    found.assertWell("sqlserver");
    found.assertOne("sqlserver.conversion_harmless", "info", "PurchaseReceipts.status");
  }));

Deno.test("doctor finds a table that is missing", () =>
  inWard({}, async (ward) => {
    await ward.sql("DROP TABLE GoodsIssueSlipDetails");
    const found = (await ward.examine()).assertOne(
      "sqlserver.table_missing",
      "error",
      "GoodsIssueSlipDetails",
    );
    assertStringIncludes(found.run ?? "", "GRANT SELECT ON [GoodsIssueSlipDetails] TO [dbo]");
  }));

Deno.test("doctor finds that no shop has an account, and shops with two", () =>
  inWard({}, async (ward) => {
    await ward.sql(receipt);
    const none = { API_USERNAME: undefined, API_PASSWORD: undefined };
    const empty = await ward.examine(none);
    empty.assertOne("sqlserver.accounts_none", "error");
    assertStringIncludes(empty.assertOne("sqlserver.shop_without_account", "error").en, "NT001");
    (await ward.examine()).assertOne("sqlserver.accounts_none", "info");

    await ward.sql(`${account("NT001", "one")};\n${account("NT001", "two", "x".repeat(31))}`);
    const twice = await ward.examine(none);
    assertStringIncludes(twice.assertOne("sqlserver.accounts_duplicate", "warning").en, "NT001 (2)");
    twice.assertOne("sqlserver.password_long", "warning", "NT001");
    assertEquals(twice.all("sqlserver.shop_without_account"), []);
  }));

Deno.test("doctor tells a wrong SQL password from a wrong database and a server that is down", () =>
  inWard({}, async (ward) => {
    const login = await ward.examine({ MSSQL_PASSWORD: "wrong-word" });
    const found = login.assertOne("sqlserver.unreachable_login", "error");
    assertStringIncludes(found.cure ?? "", "MSSQL_PASSWORD");
    assert(!JSON.stringify(login.examination).includes("wrong-word"));
    login.assertWell("redis", "mongodb", "partner");
    login.assertOne("flow.not_checked", "info", "sqlserver");

    (await ward.examine({ MSSQL_DATABASE: "elsewhere" })).assertOne(
      "sqlserver.unreachable_database",
      "error",
    );
    (await ward.examine({ MSSQL_ENCRYPT: "true" })).assertOne("sqlserver.unreachable_certificate", "error");
    (await ward.examine({ MSSQL_ENCRYPT: "true", MSSQL_TRUST_SERVER_CERTIFICATE: "true" })).assertWell(
      "sqlserver",
    );
    (await ward.examine({ MSSQL_PORT: "1" })).assertOne("sqlserver.unreachable_refused", "error");
    (await ward.examine({ MSSQL_SERVER: "nowhere.invalid" })).assertOne(
      "sqlserver.unreachable_unknown_host",
      "error",
    );
  }));

Deno.test("doctor looks at the tables of the profile that is set, and says what is wrong with a profile", () =>
  inWard({}, async (ward) => {
    const phieu = { SOURCE_PROFILE: "phieu" };
    (await ward.examine(phieu)).assertOne("sqlserver.table_missing", "error", "PhieuNhapHeader");
    await ward.sql(phieuSchema);
    const found = await ward.examine(phieu);
    found.assertWell("settings", "sqlserver");
    assertEquals(found.all("sqlserver.table").length, 6);
    const gone = await ward.examine({ SOURCE_PROFILE: "./not-there.json" });
    gone.assertOne("settings.setting_wrong", "error");
    gone.assertOne("flow.not_checked", "info");
    gone.assertWell("redis", "mongodb");
  }));

Deno.test("doctor finds a Redis that evicts and keeps nothing", () =>
  inWard({ redis: ["--maxmemory-policy", "allkeys-lru", "--appendonly", "no"] }, async (ward) => {
    const found = await ward.examine();
    assertStringIncludes(found.assertOne("redis.eviction_policy", "error").en, "allkeys-lru");
    found.assertOne("redis.persistence_off", "warning");
  }));

Deno.test("doctor finds a Redis that is nearly full", () =>
  inWard({ redis: ["--maxmemory", "1mb"] }, async (ward) => {
    (await ward.examine()).assertOne("redis.memory_high", "warning");
  }));

Deno.test("doctor finds a wrong Redis password and a Redis that is down", () =>
  inWard({ redis: ["--user", "hermes", "on", ">right", "~*", "+@all"] }, async (ward) => {
    const at = `127.0.0.1:${ward.redisServer.port}`;
    (await ward.examine({ REDIS_URL: `redis://hermes:wrong@${at}` })).assertOne(
      "redis.unreachable_login",
      "error",
      at,
    );
    (await ward.examine({ REDIS_URL: `redis://hermes:right@${at}` })).assertWell("redis");
    await ward.redisServer.kill("SIGKILL");
    const down = await ward.examine();
    down.assertOne("redis.unreachable_refused", "error", at);
    down.assertOne("flow.not_checked", "info");
    down.assertWell("sqlserver", "mongodb", "partner");
  }));

Deno.test("doctor finds a MongoDB that is down", () =>
  inWard({}, async (ward) => {
    const found = await ward.examine({ MONGO_URI: "mongodb://user:secret@127.0.0.1:1" });
    found.assertOne("mongodb.unreachable_refused", "error", "127.0.0.1:1");
    assert(!JSON.stringify(found.examination).includes("secret"));
  }));

Deno.test("doctor finds journal indexes that are missing", () =>
  inWard({}, async (ward) => {
    (await ward.examine()).assertOne("mongodb.collection_none", "info", "task_logs");
    await ward.mongo.collection("task_logs").createIndex({ queue: 1, task_id: 1 });
    const found = await ward.examine();
    assertStringIncludes(
      found.assertOne("mongodb.index_unique_missing", "warning", "task_logs").en,
      "only one that is not unique",
    );
    found.assertOne("mongodb.index_ttl_missing", "warning", "task_logs");

    await ward.mongo.collection("task_logs").dropIndexes();
    await ward.mongo.collection("task_logs").createIndex({ queue: 1, task_id: 1 }, { unique: true });
    await ward.mongo.collection("task_logs").createIndex({ updated_at: 1 }, {
      expireAfterSeconds: 7_776_000,
    });
    (await ward.examine()).assertWell("mongodb");
  }));

Deno.test("doctor finds a partner that is not there or has troubles of its own", () =>
  inWard({}, async (ward) => {
    (await ward.examine({ API_BASE_URL: "http://127.0.0.1:1" })).assertOne(
      "partner.unreachable_refused",
      "error",
    );
    const ill = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      () => new Response("", { status: 503 }),
    );
    const found = await ward.examine({ API_BASE_URL: `http://127.0.0.1:${ill.addr.port}` });
    found.assertOne("partner.partner_trouble", "warning");
    await ill.shutdown();
  }));

Deno.test("doctor finds a partner whose certificate nobody known has signed, and takes it with API_CA_FILE", () =>
  inWard({}, async (ward) => {
    const identity = await makeIdentity();
    const tls = { ...identity, port: 0, hostname: "127.0.0.1", onListen() {} };
    const partner = Deno.serve(tls, () => new Response("", { status: 404 }));
    const authority = await Deno.makeTempFile({ suffix: ".pem" });
    await Deno.writeTextFile(authority, identity.cert);
    const address = { API_BASE_URL: `https://127.0.0.1:${partner.addr.port}` };
    const found = await ward.examine(address);
    assertStringIncludes(
      found.assertOne("partner.unreachable_certificate", "error").cure ?? "",
      "API_CA_FILE",
    );
    const known = await ward.examine({ ...address, API_CA_FILE: authority });
    known.assertWell("settings", "partner");
    known.assertOne("partner.certificate", "ok");
    (await ward.examine({ ...address, API_CA_FILE: `${authority}.gone` })).assertOne(
      "settings.authority_unusable",
      "error",
      "API_CA_FILE",
    );
    await Deno.remove(authority);
    await partner.shutdown();
  }));

Deno.test("doctor finds accounts that the partner refuses, when asked to log in", () =>
  inWard({ accounts: { hermes: "hermes", kimma: "right", doican: "right" } }, async (ward) => {
    await ward.sql(
      [account("NT001", "kimma"), account("NT002", "doican", "wrong"), account("NT003", "kimma")].join(";\n"),
    );
    assertEquals((await ward.examine()).all("partner.login_refused"), []);
    const found = await ward.examine({}, { logins: true });
    assertStringIncludes(found.assertOne("partner.login", "ok").en, "2 of 3");
    const refused = found.assertOne("partner.login_refused", "error", "doican");
    assertStringIncludes(refused.en, "shop NT002");
    assertEquals(refused.run, "hermes shops unblock NT002");
    assert(!JSON.stringify(found.examination).includes("wrong"));
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
