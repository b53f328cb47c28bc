// Settings: what an environment becomes, and that everything wrong with it is told in one go without a secret.

import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { join } from "node:path";
import { SettingsError } from "../../shared/errors.ts";
import { type Environment, readSettings } from "../../shared/settings.ts";
import { describeSettings, renderEnvExample, secretsOf } from "../../shared/settings_print.ts";
import { settingNames } from "../../shared/settings_table.ts";

const ENOUGH: Environment = {
  MSSQL_SERVER: "db.pharmacy.example",
  MSSQL_DATABASE: "Pharmacy",
  MSSQL_USER: "hermes",
  MSSQL_PASSWORD: "sql secret",
  MONGO_URI: "mongodb://journal:mongo%20secret@mongo/",
  API_BASE_URL: "https://api.example/duoc/",
};

function problemsOf(env: Environment): string[] {
  const error = assertThrows(() => readSettings(env), SettingsError);
  return error.problems.map(({ name, rule, shown }) =>
    `${name}${shown === undefined ? "" : `=${shown}`} ${rule}`
  );
}

/** The only problem of what is enough plus some more. */
function problemWith(more: Environment): string {
  const problems = problemsOf({ ...ENOUGH, ...more });
  assertEquals(problems.length, 1, problems.join("; "));
  return problems[0]!;
}

Deno.test("readSettings() fills in the defaults and needs nothing but what has none", () => {
  assertEquals<unknown>(readSettings(ENOUGH), {
    redis: { kind: "single", host: "localhost", port: 6379, db: 0, keyPrefix: "hermes:", tls: false },
    mongo: { uri: "mongodb://journal:mongo%20secret@mongo/", dbName: "hermes" },
    mssql: {
      server: "db.pharmacy.example",
      port: 1433,
      database: "Pharmacy",
      user: "hermes",
      password: "sql secret",
      encrypt: true,
      trustServerCertificate: false,
    },
    partner: {
      dialect: "national",
      baseUrl: "https://api.example/duoc",
      timeoutMs: 30_000,
      maxBodyBytes: 1_048_576,
    },
    source: { profile: "national" },
    scan: { everyMs: 5000, backlogMax: 10_000 },
    worker: { concurrency: 16, deliveriesMax: 5, leaseMs: 5000 },
    health: { host: "127.0.0.1" },
    console: { host: "127.0.0.1", port: 8480 },
    log: { level: "info", format: "json" },
  });
});

Deno.test("readSettings() freezes what it returns to its depth", () => {
  const settings = readSettings({ ...ENOUGH, REDIS_CLUSTER_NODES: "a:1,b" });
  assert(Object.isFrozen(settings) && Object.isFrozen(settings.mssql));
  assert(settings.redis.kind === "cluster" && Object.isFrozen(settings.redis.nodes[0]));
});

Deno.test("readSettings() writes words on a terminal unless a format is set", () => {
  assertEquals(readSettings(ENOUGH, { isTerminal: true }).log.format, "pretty");
  assertEquals(readSettings({ ...ENOUGH, LOG_FORMAT: "JSON" }, { isTerminal: true }).log.format, "json");
});

Deno.test("readSettings() takes the partner's dialect from the profile unless it is set", () => {
  const account = { API_USERNAME: "shop", API_PASSWORD: " kept as it is " };
  const phieu = readSettings({ ...ENOUGH, ...account, SOURCE_PROFILE: "phieu" });
  assertEquals(phieu.partner.dialect, "gateway");
  assertEquals(phieu.partner.password, " kept as it is ");
  const mixed = readSettings({ ...ENOUGH, ...account, SOURCE_PROFILE: "phieu", PARTNER_DIALECT: "national" });
  assertEquals(mixed.partner.dialect, "national");
});

Deno.test("readSettings() reads a Redis address with its user, password and database", () => {
  const common = { keyPrefix: "hermes:" };
  assertEquals(readSettings({ ...ENOUGH, REDIS_URL: "rediss://u:p%40ss@cache:6380/2" }).redis, {
    ...{ ...common, kind: "single", host: "cache", port: 6380, db: 2, tls: true },
    ...{ username: "u", password: "p@ss" },
  });
  assertEquals(readSettings({ ...ENOUGH, REDIS_URL: "redis://:50%x@[::1]" }).redis, {
    ...{ ...common, kind: "single", host: "::1", port: 6379, db: 0, tls: false, password: "50%x" },
  });
});

Deno.test("readSettings() reads cluster nodes and sentinels", () => {
  const cluster = readSettings({ ...ENOUGH, REDIS_CLUSTER_NODES: "a:7000, b ,[::1]:7002", REDIS_TLS: "yes" });
  assertEquals(cluster.redis, {
    kind: "cluster",
    nodes: [{ host: "a", port: 7000 }, { host: "b", port: 6379 }, { host: "::1", port: 7002 }],
    keyPrefix: "hermes:",
    tls: true,
  });
  const sentinel = readSettings({ ...ENOUGH, REDIS_SENTINELS: "a,b:1", REDIS_SENTINEL_NAME: "main" });
  assertEquals(sentinel.redis, {
    kind: "sentinel",
    sentinels: [{ host: "a", port: 26379 }, { host: "b", port: 1 }],
    masterName: "main",
    keyPrefix: "hermes:",
    tls: false,
  });
});

Deno.test("readSettings() takes an empty value for none", () => {
  const settings = readSettings({
    ...ENOUGH,
    LEASE_SECONDS: " ",
    HEALTH_PORT: "",
    SCAN_EVERY_SECONDS: " 7\r",
  });
  assertEquals([settings.worker.leaseMs, settings.health.port, settings.scan.everyMs], [
    5000,
    undefined,
    7000,
  ]);
});

Deno.test("readSettings() names every missing setting with what it is for", () => {
  const problems = problemsOf({});
  assertEquals(problems.map((line) => line.split(" ")[0]), [
    "MSSQL_SERVER",
    "MSSQL_DATABASE",
    "MSSQL_USER",
    "MSSQL_PASSWORD",
    "API_BASE_URL",
    "MONGO_URI",
  ]);
  assertStringIncludes(problems[0]!, "is required: a host name or IP address alone");
});

Deno.test("readSettings() holds every value to its rule and says which", () => {
  const broken: [string, string, string][] = [
    ["LEASE_SECONDS", "90", "LEASE_SECONDS=90 must be a whole number of seconds from 2 to 60"],
    ["WORKER_CONCURRENCY", "1.5", "must be a whole number of documents from 1 to 256"],
    ["MAX_BACKLOG", "1e3", "from 100 to 1000000"],
    ["API_MAX_REQUESTS_PER_SECOND", "0", "must be a number of requests from 0.1 to 1000"],
    ["MSSQL_ENCRYPT", "maybe", "must be true or false"],
    ["MSSQL_SERVER", "db\\SQLEXPRESS", "without protocol, port or instance"],
    ["MSSQL_SERVER", "db,1433", "without protocol, port or instance"],
    ["LOG_LEVEL", "verbose", "must be debug, info, warn or error"],
    ["API_BASE_URL", "ftp://a", "must be an http:// or https:// address"],
    ["API_BASE_URL", "https://a/?x=1", "without user, query or fragment"],
    ["MONGO_URI", "http://a", "must be a mongodb:// or mongodb+srv:// address"],
    ["REDIS_KEY_PREFIX", "a{b}", "letters, digits"],
    ["REDIS_URL", "redis://a/0/x", "must be a redis:// or rediss:// address"],
    ["REDIS_CLUSTER_NODES", "a:1,,b:2", "comma-separated list of host:port"],
    ["HEALTH_PORT", "70000", "from 1 to 65535"],
  ];
  for (const [name, value, words] of broken) assertStringIncludes(problemWith({ [name]: value }), words);
});

Deno.test("readSettings() finds settings that contradict each other", () => {
  const contradictory: [Environment, string][] = [
    [{ REDIS_URL: "redis://a", REDIS_HOST: "b", REDIS_TLS: "true" }, "together with REDIS_HOST, REDIS_TLS"],
    [
      { REDIS_CLUSTER_NODES: "a", REDIS_PORT: "1" },
      "REDIS_CLUSTER_NODES cannot be set together with REDIS_PORT",
    ],
    [{ REDIS_SENTINELS: "a" }, "REDIS_SENTINEL_NAME is required together with REDIS_SENTINELS"],
    [{ API_USERNAME: "a" }, "API_PASSWORD is required together with API_USERNAME"],
    [{ API_PASSWORD: "a" }, "API_USERNAME is required together with API_PASSWORD"],
    [{ SOURCE_PROFILE: "phieu" }, "API_USERNAME is required with SOURCE_PROFILE=phieu"],
    [{ MSSQL_CA_FILE: "ca.pem", MSSQL_TRUST_SERVER_CERTIFICATE: "1" }, "MSSQL_CA_FILE has no use while"],
    [{ MSSQL_CA_FILE: "ca.pem", MSSQL_ENCRYPT: "off" }, "MSSQL_CA_FILE has no use while"],
    [{ API_CA_FILE: "ca.pem", API_BASE_URL: "http://a" }, "API_CA_FILE has no use while"],
    [{ CONSOLE_HOST: "0.0.0.0" }, "CONSOLE_PASSWORD is required with CONSOLE_HOST=0.0.0.0"],
    [
      { CONSOLE_PASSWORD: "one for both", CONSOLE_READONLY_PASSWORD: "one for both" },
      "CONSOLE_READONLY_PASSWORD must not be the same",
    ],
  ];
  for (const [more, words] of contradictory) assertStringIncludes(problemWith(more), words);
});

Deno.test("readSettings() tells what a misspelt name was meant to be", () => {
  const { MSSQL_SERVER: _, ...without } = ENOUGH;
  const problems = problemsOf({ ...without, MSSQL_SERVR: "db" });
  assertEquals(problems.at(-1), "MSSQL_SERVR is not a setting; did you mean MSSQL_SERVER?");
  assertMatch(problemWith({ SCAN_EVERY_SECOND: "9" }), /did you mean SCAN_EVERY_SECONDS\?$/);
  assertMatch(problemsOf({ ...without, MSSQL_HOST: "db" }).join(), /MSSQL_HOST .* mean MSSQL_SERVER\?/);
});

Deno.test("readSettings() leaves other programs' variables alone", () => {
  const others = {
    PATH: "/bin",
    HOME: "/",
    MSSQL_SERVR: "x",
    REDIS_VERSION: "7",
    MONGO_MAJOR: "7",
    TERM: "",
  };
  assertEquals(readSettings({ ...ENOUGH, ...others }), readSettings(ENOUGH));
});

Deno.test("no problem, printout or masked value shows a secret", () => {
  const secrets = {
    MSSQL_PASSWORD: "p".repeat(200),
    REDIS_URL: "redi//:hidden-1@a",
    MONGO_URI: "mongo://u:hidden-2@a",
  };
  const error = assertThrows(() => readSettings({ ...ENOUGH, ...secrets }), SettingsError);
  const shown = describeSettings(readSettings({ ...ENOUGH, REDIS_URL: "redis://u:hidden-3@a" }));
  for (const secret of ["ppp", "hidden-1", "hidden-2", "hidden-3", "mongo%20secret", "sql secret"]) {
    assert(!`${error.message} ${shown}`.includes(secret), secret);
  }
  assertMatch(error.message, /^3 problems in the settings:\n/);
  assertStringIncludes(shown, "redis.password: ***\n");
  assertStringIncludes(shown, "mongo.uri: mongodb://journal:***@mongo/\n");
});

Deno.test("readSettings() answers any values with settings or a report, never with another error", () => {
  const values = fc.oneof(
    fc.string(),
    fc.webUrl(),
    fc.integer().map(String),
    fc.constantFrom("%", "a:b@c", "::1"),
  );
  const environments = fc.dictionary(fc.constantFrom(...settingNames), values, { maxKeys: 8 });
  fc.assert(fc.property(environments, (env) => {
    try {
      assert(Object.isFrozen(readSettings({ ...ENOUGH, ...env })));
    } catch (error) {
      assert(error instanceof SettingsError && error.problems.length > 0, String(error));
    }
  }));
});

Deno.test("secretsOf() gives every password, also as it stands in an address", () => {
  assertEquals(secretsOf(readSettings(ENOUGH)), ["sql secret", "mongo%20secret", "mongo secret"]);
});

Deno.test(".env.example is what the table of settings makes it", async () => {
  const written = await Deno.readTextFile(new URL("../../.env.example", import.meta.url));
  assertEquals(written, renderEnvExample(), "write renderEnvExample() to .env.example");
});

Deno.test("loadSettings() reads .env from the working directory and lets the environment win", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const lines = Object.entries({ ...ENOUGH, LEASE_SECONDS: "9", MAX_BACKLOG: "200" }).map(([n, v]) =>
      `${n}='${v}'`
    );
    await Deno.writeTextFile(join(folder, ".env"), lines.join("\n"));
    const [lease, backlog] = await settingsSeenIn(folder, { LEASE_SECONDS: "3", MAX_BACKLOG: "" });
    assertEquals([lease, backlog], ["3000", "200"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Runs a process there that loads its settings; returns its lease in ms and its backlog. */
async function settingsSeenIn(cwd: string, env: Record<string, string>): Promise<string[]> {
  const module = new URL("../../shared/settings.ts", import.meta.url).href;
  const code = `const s = await (await import("${module}")).loadSettings();` +
    `console.log(s.worker.leaseMs + " " + s.scan.backlogMax);`;
  const program = join(cwd, "program.ts");
  await Deno.writeTextFile(program, code);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const run = new Deno.Command(Deno.execPath(), { args: ["run", "-A", "-c", config, program], cwd, env });
  const { stdout, stderr } = await run.output();
  const words = new TextDecoder();
  assertEquals(words.decode(stderr), "");
  return words.decode(stdout).trim().split(" ");
}
