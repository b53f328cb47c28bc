// hermes doctor and Redis, MongoDB and the partner: each test makes one of them ill, and the doctor has to name it, with its cure.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { makeIdentity } from "../../dev/sqlserver/tls/certificate.ts";
import { account, inWard } from "../support/doctor.ts";

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
