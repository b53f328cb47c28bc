// Every setting, once: its name, kind, bounds, default and one sentence of help. What reads settings, prints them or
// documents them takes them from here. Groups and settings appear in `.env.example` in this order.

import { z } from "zod";
import {
  type About,
  abouts,
  address,
  choice,
  flag,
  host,
  hosts,
  number,
  pattern,
  port,
  text,
  whole,
} from "./settings_kinds.ts";

const SOURCE = "SQL Server, where the pharmacy's documents are";
const PARTNER = "The partner: the national pharmacy API, or the older gateway";
const REDIS = "Redis, the queue: a single server, or REDIS_URL, or a cluster, or sentinels";
const MONGO = "MongoDB, the journal";
const PACE = "Pace";
const OUTPUT = "Health page and log";
const CONSOLE = "The operator's web page (deno task console)";

/** The settings, by the names of their variables. */
export const settingsTable = z.object({
  MSSQL_SERVER: host().register(abouts, {
    group: SOURCE,
    help: "Host of SQL Server.",
    mistakenFor: ["MSSQL_HOST", "SQL_SERVER", "DB_SERVER", "DB_HOST"],
  }),
  MSSQL_PORT: port().prefault("1433").register(abouts, { group: SOURCE, help: "Port of SQL Server." }),
  MSSQL_DATABASE: text(128).register(abouts, {
    group: SOURCE,
    help: "Database with the pharmacy's tables.",
    mistakenFor: ["MSSQL_DB", "MSSQL_DB_NAME", "DB_NAME"],
  }),
  MSSQL_USER: text(128).register(abouts, {
    group: SOURCE,
    help: "Login that may read the documents and write their status.",
    mistakenFor: ["MSSQL_USERNAME", "DB_USER"],
  }),
  MSSQL_PASSWORD: text(128).register(abouts, {
    group: SOURCE,
    help: "Password of that login.",
    secret: "whole",
    mistakenFor: ["MSSQL_SA_PASSWORD", "MSSQL_PASS", "DB_PASSWORD"],
  }),
  MSSQL_ENCRYPT: flag().prefault("true").register(abouts, {
    group: SOURCE,
    help: "Whether the connection is encrypted.",
  }),
  MSSQL_TRUST_SERVER_CERTIFICATE: flag().prefault("false").register(abouts, {
    group: SOURCE,
    help: "Whether a certificate that nobody known has signed is accepted.",
  }),
  MSSQL_CA_FILE: pattern("the path of a file", /^.{1,4096}$/).optional().register(abouts, {
    group: SOURCE,
    help: "PEM file with the authority that signed SQL Server's certificate.",
  }),
  SOURCE_PROFILE: pattern(
    "national, phieu, or the path of a .json file",
    /^(national|phieu|.{1,4096}\.json)$/,
  )
    .prefault("national").register(abouts, {
      group: SOURCE,
      help:
        "Layout of the tables: national has English names and a text status, phieu Vietnamese and a number; a file describes your own.",
    }),

  API_BASE_URL: address(
    "an http:// or https:// address without user, query or fragment",
    ["http:", "https:"],
    (url) => url.username + url.password + url.search + url.hash === "",
  ).register(abouts, {
    group: PARTNER,
    help: "Address that the paths of the API are added to.",
    secret: "userinfo",
    mistakenFor: ["API_URL", "API_BASE", "API_HOST"],
  }),
  API_USERNAME: text(128).optional().register(abouts, {
    group: PARTNER,
    help: "Account of shops that have no active row in AccountShop.",
    mistakenFor: ["API_USER"],
  }),
  API_PASSWORD: text(128).optional().register(abouts, {
    group: PARTNER,
    help: "Password of that account.",
    secret: "whole",
    mistakenFor: ["API_PASS", "API_PWD"],
  }),
  PARTNER_DIALECT: choice("national", "gateway").optional().register(abouts, {
    group: PARTNER,
    help:
      "How the partner is spoken to; when left out, national for the profile national, gateway for phieu.",
  }),
  API_TIMEOUT_SECONDS: whole(1, 120, "seconds").prefault("30").register(abouts, {
    group: PARTNER,
    help: "How long an answer is waited for; it may be longer than the lease.",
    mistakenFor: ["API_TIMEOUT"],
  }),
  API_MAX_REQUESTS_PER_SECOND: number(0.1, 1000, "requests").optional().register(abouts, {
    group: PARTNER,
    help: "The most that one worker sends in a second; unlimited when left out.",
  }),
  API_MAX_BODY_BYTES: whole(1024, 104_857_600, "bytes").prefault("1048576").register(abouts, {
    group: PARTNER,
    help: "The largest document that is sent, as JSON; a larger one is refused with a message.",
  }),
  API_CA_FILE: pattern("the path of a file", /^.{1,4096}$/).optional().register(abouts, {
    group: PARTNER,
    help: "PEM file with the authority that signed the partner's certificate.",
  }),

  REDIS_URL: address("a redis:// or rediss:// address, with a database number at most as its path", [
    "redis:",
    "rediss:",
  ], (url) => /^\/?\d*$/.test(url.pathname) && url.search + url.hash === "").optional().register(abouts, {
    group: REDIS,
    help: "Address of one server, instead of the five settings below; rediss:// is encrypted.",
    secret: "userinfo",
    mistakenFor: ["REDIS_URI"],
  }),
  REDIS_HOST: host().prefault("localhost").register(abouts, { group: REDIS, help: "Host of the server." }),
  REDIS_PORT: port().prefault("6379").register(abouts, { group: REDIS, help: "Port of the server." }),
  REDIS_USERNAME: text(128).optional().register(abouts, {
    group: REDIS,
    help: "User of the server's access list; left out for the default user.",
    mistakenFor: ["REDIS_USER"],
  }),
  REDIS_PASSWORD: text(512).optional().register(abouts, {
    group: REDIS,
    help: "Password of the server.",
    secret: "whole",
    mistakenFor: ["REDIS_PASS", "REDIS_AUTH"],
  }),
  REDIS_TLS: flag().prefault("false").register(abouts, {
    group: REDIS,
    help: "Whether the connection is encrypted.",
  }),
  REDIS_CA_FILE: text(4096).optional().register(abouts, {
    group: REDIS,
    help: "PEM file with the authority that signed Redis' certificate.",
  }),
  REDIS_CLUSTER_NODES: hosts(6379).optional().register(abouts, {
    group: REDIS,
    help: "Some nodes of a Redis Cluster, instead of host and port.",
    mistakenFor: ["REDIS_CLUSTER", "REDIS_NODES"],
  }),
  REDIS_SENTINELS: hosts(26379).optional().register(abouts, {
    group: REDIS,
    help: "The sentinels, instead of host and port.",
    mistakenFor: ["REDIS_SENTINEL", "REDIS_SENTINEL_NODES"],
  }),
  REDIS_SENTINEL_NAME: text(128).optional().register(abouts, {
    group: REDIS,
    help: "Name the sentinels know the master by.",
  }),
  REDIS_KEY_PREFIX: pattern(
    "1 to 64 letters, digits, or any of : . _ -",
    /^[A-Za-z0-9:._-]{1,64}$/,
  ).prefault("hermes:").register(abouts, {
    group: REDIS,
    help: "What every key begins with; two installations can share a server under two prefixes.",
  }),

  MONGO_URI: pattern(
    "a mongodb:// or mongodb+srv:// address",
    /^mongodb(\+srv)?:\/\/[^/\s]+/,
  ).register(abouts, {
    group: MONGO,
    help: "Connection string, with user and password where the server asks for them.",
    secret: "userinfo",
    mistakenFor: ["MONGO_URL", "MONGODB_URI", "MONGODB_URL"],
  }),
  MONGO_DB_NAME: pattern(
    '1 to 63 characters, none of them a space or any of / \\ . " $',
    /^[^\s/\\."$]{1,63}$/,
  )
    .prefault("hermes").register(abouts, {
      group: MONGO,
      help: "Database of the journal.",
      mistakenFor: ["MONGO_DB", "MONGO_DATABASE"],
    }),

  SCAN_EVERY_SECONDS: whole(1, 60, "seconds").prefault("5").register(abouts, {
    group: PACE,
    help: "How often pending documents are looked for.",
    mistakenFor: ["SCAN_INTERVAL_SECONDS"],
  }),
  MAX_BACKLOG: whole(100, 1_000_000, "documents").prefault("10000").register(abouts, {
    group: PACE,
    help: "The most documents of one type that are in flight.",
    mistakenFor: ["BACKLOG_MAX"],
  }),
  WORKER_CONCURRENCY: whole(1, 256, "documents").prefault("16").register(abouts, {
    group: PACE,
    help: "How many documents one worker sends at a time.",
  }),
  MAX_DELIVERIES: whole(1, 20, "deliveries").prefault("5").register(abouts, {
    group: PACE,
    help: "After how many failed deliveries a document becomes a dead letter.",
  }),
  LEASE_SECONDS: whole(2, 60, "seconds").prefault("5").register(abouts, {
    group: PACE,
    help: "How soon the documents of a worker that died go to another.",
  }),

  HEALTH_PORT: port().optional().register(abouts, {
    group: OUTPUT,
    help: "Port of the health page and the metrics; without it there is none.",
  }),
  HEALTH_HOST: host().prefault("127.0.0.1").register(abouts, {
    group: OUTPUT,
    help: "Address the health page listens on; 0.0.0.0 lets other machines in.",
  }),
  LOG_LEVEL: choice("debug", "info", "warn", "error").prefault("info").register(abouts, {
    group: OUTPUT,
    help: "The least that is worth a line.",
  }),
  LOG_FORMAT: choice("json", "pretty").optional().register(abouts, {
    group: OUTPUT,
    help: "One JSON object a line, or words; when left out, words on a terminal, else JSON.",
  }),

  CONSOLE_PORT: whole(0, 65535).prefault("8480").register(abouts, {
    group: CONSOLE,
    help: "Port of the console; 0 takes any free one, which the log names.",
  }),
  CONSOLE_HOST: host().prefault("127.0.0.1").register(abouts, {
    group: CONSOLE,
    help: "Address the console listens on; 0.0.0.0 lets other machines in, and then a password is needed.",
  }),
  CONSOLE_PASSWORD: consolePassword().optional().register(abouts, {
    group: CONSOLE,
    help: "Password of those who may act. Without one, only this machine is served, and nobody is asked.",
    secret: "whole",
    mistakenFor: ["CONSOLE_TOKEN", "CONSOLE_PASS"],
  }),
  CONSOLE_READONLY_PASSWORD: consolePassword().optional().register(abouts, {
    group: CONSOLE,
    help: "Password of those who may look and not act.",
    secret: "whole",
    mistakenFor: ["CONSOLE_READ_ONLY_PASSWORD", "CONSOLE_READER_PASSWORD"],
  }),
});

function consolePassword() {
  return pattern("a text of 8 to 128 characters", /^.{8,128}$/s);
}

/** The name of a setting's variable. */
export type SettingName = keyof typeof settingsTable.shape;

/** What the table reads from an environment. */
export type SettingValues = z.output<typeof settingsTable>;

/** What an environment gives for settings: text, before it is checked. */
export type Given = { [K in SettingName]?: string };

/** The names of all settings, in the order of the table. */
export const settingNames: readonly SettingName[] = Object.keys(settingsTable.shape).filter(isSettingName);

/** Whether this is the name of a setting. */
export function isSettingName(name: unknown): name is SettingName {
  return typeof name === "string" && Object.hasOwn(settingsTable.shape, name);
}

/** What the table tells about a setting. */
export function aboutOf(name: SettingName): About {
  const about = abouts.get(settingsTable.shape[name]);
  if (about === undefined) throw new TypeError(`the table of settings tells nothing about ${name}`);
  return about;
}

/** The settings that an environment gives; spaces around a value go, except around a password; empty is none. */
export function valuesGiven(env: Record<string, string | undefined>): Given {
  const given: Given = {};
  for (const name of settingNames) {
    const text = env[name]?.replace(/[\r\n]+$/, "");
    const value = aboutOf(name).secret === "whole" ? text : text?.trim();
    if (value !== undefined && value !== "") given[name] = value;
  }
  return given;
}
