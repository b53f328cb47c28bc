// The doctor's other checks, over made-up facts: settings, Redis, MongoDB, partner, clocks, and what kind of trouble an error is.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { checkLogins, checkPartner } from "../../shared/operator/doctor/check_partner.ts";
import { checkRedis } from "../../shared/operator/doctor/check_redis.ts";
import { checkSettings } from "../../shared/operator/doctor/check_settings.ts";
import { checkClocks, type ClockReading, skewOf } from "../../shared/operator/doctor/clocks.ts";
import {
  type DoctorFinding,
  exitCodeOf,
  listed,
  sayer,
  sorted,
} from "../../shared/operator/doctor/finding.ts";
import { tryLogins } from "../../shared/operator/doctor/logins.ts";
import { checkMongo } from "../../shared/operator/doctor/mongodb.ts";
import { factsOf } from "../../shared/operator/doctor/read_redis.ts";
import { servicesOf } from "../../shared/operator/doctor/services.ts";
import { troubleOf, unreachable } from "../../shared/operator/doctor/trouble.ts";
import { readSettings } from "../../shared/settings.ts";

const env = {
  MSSQL_SERVER: "sql.pharmacy.example",
  MSSQL_DATABASE: "hermes",
  MSSQL_USER: "hermes",
  MSSQL_PASSWORD: "not-to-be-seen",
  MONGO_URI: "mongodb://journal:not-to-be-seen@mongo1:27017,mongo2:27017/x?replicaSet=r",
  API_BASE_URL: "https://api.example/base",
  REDIS_URL: "rediss://:not-to-be-seen@redis.pharmacy.example",
};

function names(findings: readonly DoctorFinding[]): string[] {
  return findings.map(({ severity, name }) => `${severity} ${name}`);
}

Deno.test("settings that are safe have nothing to be told", () => {
  assertEquals(names(checkSettings(readSettings(env), [])), ["ok settings"]);
});

Deno.test("what travels in the clear is a warning outside, a note in a network of one's own, nothing on one machine", () => {
  const open = (host: string) => ({
    MSSQL_SERVER: host,
    MSSQL_ENCRYPT: "false",
    REDIS_URL: `redis://${host}`,
    API_BASE_URL: `http://${host}`,
  });
  const of = (host: string) => names(checkSettings(readSettings({ ...env, ...open(host) }), [])).slice(1);
  assertEquals(of("127.0.0.1"), []);
  assertEquals(of("192.168.1.7"), [
    "info sqlserver_unencrypted",
    "info partner_unencrypted",
    "info redis_unencrypted",
    "info redis_without_password",
  ]);
  assert(of("far.example").every((each) => each.startsWith("warning")));
  const trusting = readSettings({ ...env, MSSQL_TRUST_SERVER_CERTIFICATE: "true" });
  assertEquals(names(checkSettings(trusting, [])), [
    "ok settings",
    "warning sqlserver_certificate_unchecked",
  ]);
});

Deno.test("a CA file that holds no certificate is an error", () => {
  const problem = { setting: "API_CA_FILE", path: "ca.pem", message: "holds no certificate in PEM form" };
  assertEquals(names(checkSettings(readSettings(env), [problem])), [
    "ok settings",
    "error authority_unusable",
  ]);
});

Deno.test("no finding shows a password", () => {
  const services = Object.values(servicesOf(readSettings(env)));
  assertEquals(services.map(({ address }) => address), [
    "sql.pharmacy.example:1433",
    "redis.pharmacy.example:6379",
    "mongo1:27017,mongo2:27017",
    "api.example:443",
  ]);
  const found = services.map((service) => unreachable(service, { kind: "refused", message: "m" }));
  assert(!JSON.stringify([found, checkSettings(readSettings(env), [])]).includes("not-to-be-seen"));
});

function failure(message: string, fields: Record<string, unknown> = {}, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), fields);
}

Deno.test("trouble is told by what drivers throw", () => {
  const cases: [string, Error][] = [
    ["refused", failure("connect ECONNREFUSED 127.0.0.1:1", { code: "ECONNREFUSED" })],
    [
      "refused",
      failure("Failed to connect to 127.0.0.1:1 - Could not connect (sequence)", { code: "ESOCKET" }),
    ],
    ["unknown_host", failure("getaddrinfo ENOTFOUND nowhere", { code: "ENOTFOUND" })],
    ["no_answer", failure("Failed to connect to h:1 in 3000ms", { code: "ETIMEOUT" })],
    ["no_answer", failure("no answer within 3.5 s")],
    ["login", failure("Login failed for user 'sa'.", { code: "ELOGIN" })],
    ["login", failure("WRONGPASS invalid username-password pair or user is disabled.")],
    ["login", failure("NOAUTH Authentication required.")],
    ["login", failure("Authentication failed.", { codeName: "AuthenticationFailed", code: 18 })],
    ["certificate", failure("self-signed certificate", { code: "DEPTH_ZERO_SELF_SIGNED_CERT" })],
    ["certificate", failure("certificate has expired", { code: "CERT_HAS_EXPIRED" })],
    ["certificate", failure("x", {}, failure("Hostname mismatch", { code: "ERR_TLS_CERT_ALTNAME_INVALID" }))],
    ["no_encryption", failure("Server did not negotiate encryption", { code: "EENCRYPT" })],
    ["database", failure('Cannot open database "x" requested by the login.', { number: 4060 })],
    ["other", failure("something else")],
  ];
  for (const [kind, error] of cases) assertEquals(troubleOf(error).kind, kind, error.message);
});

const healthyInfo = [
  "redis_version:7.0.15",
  "role:master",
  "maxmemory:104857600",
  "used_memory:1048576",
  "maxmemory_policy:noeviction",
  "aof_enabled:1",
  "rdb_last_bgsave_status:ok",
  "aof_last_write_status:ok",
  "evicted_keys:0",
];

function redisNames(...lines: string[]): string[] {
  const changed = lines.map((line) => line.split(":")[0]);
  const info = [...healthyInfo.filter((line) => !changed.includes(line.split(":")[0])), ...lines].join(
    "\r\n",
  );
  return names(checkRedis(factsOf("r:6379", info), "single", false)).filter((each) => !each.startsWith("ok"));
}

Deno.test("Redis is judged by its INFO", () => {
  assertEquals(redisNames(), []);
  assertEquals(redisNames("redis_version:6.2.0"), []);
  assertEquals(redisNames("redis_version:6.0.16"), ["error version_old"]);
  assertEquals(redisNames("maxmemory_policy:volatile-lru"), ["error eviction_policy"]);
  assertEquals(redisNames("aof_enabled:0"), ["warning persistence_off"]);
  assertEquals(redisNames("rdb_last_bgsave_status:err"), ["error save_failing"]);
  assertEquals(redisNames("used_memory:100000000"), ["warning memory_high"]);
  assertEquals(redisNames("maxmemory:0"), ["info memory_unlimited"]);
  assertEquals(redisNames("role:slave"), ["error replica"]);
});

Deno.test("a master of a cluster or under sentinels is expected to have a replica", () => {
  const of = (line: string, kind: "single" | "cluster" | "sentinel") =>
    names(checkRedis(factsOf("r:6379", [...healthyInfo, line].join("\n")), kind, false)).filter((each) =>
      each.includes("replicas")
    );
  assertEquals(of("connected_slaves:0", "single"), []);
  assertEquals(of("connected_slaves:0", "cluster"), ["warning replicas_none"]);
  assertEquals(of("connected_slaves:2", "sentinel"), ["ok replicas"]);
});

Deno.test("rights that the user of Redis lacks are named, with the command that gives them", () => {
  const facts = { ...factsOf("r:6379", healthyInfo.join("\n")), missingRights: ["xadd", "xgroup|create"] };
  const [found] = checkRedis(facts, "single", false);
  assertEquals([found?.severity, found?.name], ["error", "rights_missing"]);
  assertStringIncludes(found?.en ?? "", "may not use XADD, XGROUP CREATE");
  assertEquals(found?.run, "redis-cli ACL SETUSER USER +xadd +xgroup|create");
  // Without INFO there is nothing else to judge.
  assertEquals(names(checkRedis({ ...facts, missingRights: ["info"] }, "single", false)), [
    "error rights_missing",
  ]);
});

Deno.test("of several Redis servers, each finding names its own", () => {
  const found = checkRedis(factsOf("r2:6379", healthyInfo.join("\n")), "cluster", true);
  assert(found.every(({ subject }) => subject === "r2:6379"));
});

Deno.test("MongoDB is judged by its version, its role and its indexes", () => {
  const unique = { key: { queue: 1, task_id: 1 }, unique: true, expireSeconds: null };
  const ttl = { key: { updated_at: 1 }, unique: false, expireSeconds: 7_776_000 };
  const well = { version: "7.0.2", writable: true, tasks: [unique, ttl], failures: [unique] };
  assertEquals(exitCodeOf(checkMongo(well, "hermes")), 0);
  assertEquals(names(checkMongo({ ...well, version: "4.2.1" }, "hermes"))[0], "error version_old");
  assert(names(checkMongo({ ...well, writable: false }, "hermes")).includes("warning not_primary"));
  const reversed = { ...unique, key: { task_id: 1, queue: 1 } };
  const [bad] = checkMongo({ ...well, failures: [reversed] }, "hermes").filter(({ severity }) =>
    severity === "warning"
  );
  assertEquals(
    bad?.run,
    "mongosh hermes --eval 'db.sync_failures.createIndex({ queue: 1, task_id: 1 }, { unique: true })'",
  );
});

Deno.test("a partner is judged by its answer and by its certificate's end", () => {
  const service = servicesOf(readSettings(env)).partner;
  const nowMs = Date.UTC(2026, 10, 22);
  const of = (status: number, ms: number, days: number) =>
    names(checkPartner(
      {
        answer: { status, ms, askedAtMs: nowMs, dateMs: null },
        certificateUntilMs: nowMs + days * 86_400_000,
      },
      service,
      nowMs,
    ));
  assertEquals(of(404, 20, 90), ["ok reachable", "ok certificate"]);
  assertEquals(of(200, 3_000, 7), ["warning partner_slow", "warning certificate_ends"]);
  assertEquals(of(503, 20, -1), ["warning partner_trouble", "error certificate_expired"]);
});

Deno.test("logins are tried once for each account, and not after the time is up", async () => {
  const asked: string[] = [];
  const tried = await tryLogins(["NT1", "NT2", "NT3"], {
    partner: {
      login: (user) => {
        asked.push(user);
        return Promise.resolve(
          user === "b"
            ? { kind: "refused", message: "sai mật khẩu" }
            : { kind: "token", token: "t", expiresAtMs: null },
        );
      },
    },
    readAccount: (shop) => Promise.resolve({ user: shop === "NT2" ? "b" : "a", password: "p" }),
    common: { user: "common", password: "p" },
    nowMs: () => asked.length < 3 ? 0 : 100,
    untilMs: 50,
  });
  assertEquals(asked.sort(), ["a", "b", "common"]);
  assertEquals(tried.find(({ account }) => account === "a")?.shops, ["NT1", "NT3"]);
  const found = checkLogins([...tried, {
    account: "late",
    shops: ["NT4"],
    outcome: "not_tried",
    message: "",
  }]);
  assertEquals(names(found), ["ok login", "error login_refused", "info login_not_tried"]);
  assertStringIncludes(found[1]?.en ?? "", "sai mật khẩu");
});

Deno.test("a clock is off only by what the time of the question cannot explain", () => {
  const of = (remoteMs: number, exactToMs = 1) =>
    skewOf({ service: "redis", remoteMs, beforeMs: 1_000, afterMs: 1_200, exactToMs });
  assertEquals([of(1_100), of(1_201), of(5_200), of(500)], [0, 1, 4_000, -499]);
  assertEquals(of(500, 1_000), 0);
});

Deno.test("clocks that are off are a warning, then an error; the partner's matters less", () => {
  const of = (service: ClockReading["service"], aheadMs: number) =>
    names(checkClocks([{ service, remoteMs: aheadMs, beforeMs: 0, afterMs: 0, exactToMs: 0 }]));
  assertEquals(of("redis", 1_000), ["ok clocks"]);
  assertEquals(of("redis", -5_000), ["warning clock_skew"]);
  assertEquals(of("sqlserver", 31_000), ["error clock_skew"]);
  assertEquals(of("partner", 31_000), ["ok clocks"]);
  assertEquals(of("partner", 3_600_000), ["warning clock_skew"]);
  assertEquals(checkClocks([]), []);
});

Deno.test("findings are sorted by area, the worst first, and the exit code is the worst of all", () => {
  const of = (area: DoctorFinding["area"], severity: DoctorFinding["severity"]) =>
    sayer(area)(severity, "n", { en: "", vi: "" });
  const all = [of("flow", "warning"), of("redis", "ok"), of("redis", "warning"), of("settings", "info")];
  assertEquals(sorted(all).map(({ area, severity }) => `${area} ${severity}`), [
    "settings info",
    "redis warning",
    "redis ok",
    "flow warning",
  ]);
  assertEquals([exitCodeOf([]), exitCodeOf(all), exitCodeOf([...all, of("flow", "error")])], [0, 1, 2]);
  assertEquals(listed(["a", "b", "c"], 2), "a, b and 1 more");
});
