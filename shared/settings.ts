// The settings of Hermes: read once from the environment and `.env`, checked whole, frozen, and passed in from there.
// `settings_table.ts` has every setting; here they become the groups that the program's parts take.

import { parse } from "@std/dotenv";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeError, SettingsError } from "./errors.ts";
import { problemsOf } from "./settings_check.ts";
import { type HostPort, userinfoFrom } from "./settings_kinds.ts";
import { settingsTable, type SettingValues, valuesGiven } from "./settings_table.ts";

/** A process environment: names and values. An empty value counts as none. */
export type Environment = Record<string, string | undefined>;

/** What every kind of Redis connection has. */
interface RedisCommon {
  keyPrefix: string;
  tls: boolean;
  caFile?: string;
  username?: string;
  password?: string;
}

/** Where Redis is. */
export type RedisSettings =
  & RedisCommon
  & (
    | { kind: "single"; host: string; port: number; db: number }
    | { kind: "cluster"; nodes: readonly HostPort[] }
    | { kind: "sentinel"; sentinels: readonly HostPort[]; masterName: string }
  );

/** All settings, deeply frozen. Times are in milliseconds. */
export type Settings = DeepReadonly<ReturnType<typeof groupsOf>>;

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** What a reading needs to know besides the environment. */
export interface ReadOptions {
  /** Whether the log goes to a terminal, which makes `pretty` the usual format. */
  isTerminal?: boolean;
}

/**
 * Reads and checks the settings of an environment.
 *
 * @throws {SettingsError} naming every setting that is missing, breaks its rule, contradicts another or is misspelt.
 */
export function readSettings(env: Environment, options: ReadOptions = {}): Settings {
  const given = valuesGiven(env);
  const result = settingsTable.safeParse(given);
  const problems = problemsOf(env, given, result.error?.issues ?? []);
  if (!result.success || problems.length > 0) throw new SettingsError(problems);
  return deepFreeze(groupsOf(result.data, options));
}

/**
 * Reads the settings of this process: its environment, and what that leaves out from a `.env` in the working
 * directory or, failing that, beside the program.
 *
 * @throws {SettingsError} as `readSettings()`, or when `.env` is there but cannot be read.
 */
export async function loadSettings(): Promise<Settings> {
  const fromFile = await readEnvFile([".env", join(programFolder(), ".env")]);
  return readSettings({ ...fromFile, ...withoutEmpty(Deno.env.toObject()) }, {
    isTerminal: Deno.stdout.isTerminal(),
  });
}

function groupsOf(values: SettingValues, { isTerminal = false }: ReadOptions) {
  return {
    redis: redisFrom(values),
    mongo: { uri: values.MONGO_URI, dbName: values.MONGO_DB_NAME },
    mssql: {
      server: values.MSSQL_SERVER,
      port: values.MSSQL_PORT,
      database: values.MSSQL_DATABASE,
      user: values.MSSQL_USER,
      password: values.MSSQL_PASSWORD,
      encrypt: values.MSSQL_ENCRYPT,
      trustServerCertificate: values.MSSQL_TRUST_SERVER_CERTIFICATE,
      ...given("caFile", values.MSSQL_CA_FILE),
    },
    partner: partnerFrom(values),
    source: { profile: values.SOURCE_PROFILE },
    scan: { everyMs: values.SCAN_EVERY_SECONDS * 1000, backlogMax: values.MAX_BACKLOG },
    worker: {
      concurrency: values.WORKER_CONCURRENCY,
      deliveriesMax: values.MAX_DELIVERIES,
      leaseMs: values.LEASE_SECONDS * 1000,
    },
    health: { host: values.HEALTH_HOST, ...given("port", values.HEALTH_PORT) },
    console: {
      host: values.CONSOLE_HOST,
      port: values.CONSOLE_PORT,
      ...given("password", values.CONSOLE_PASSWORD),
      ...given("readonlyPassword", values.CONSOLE_READONLY_PASSWORD),
    },
    log: { level: values.LOG_LEVEL, format: values.LOG_FORMAT ?? (isTerminal ? "pretty" : "json") },
  };
}

function partnerFrom(values: SettingValues) {
  return {
    dialect: values.PARTNER_DIALECT ?? (values.SOURCE_PROFILE === "phieu" ? "gateway" : "national"),
    baseUrl: values.API_BASE_URL.href.replace(/\/+$/, ""),
    ...given("username", values.API_USERNAME),
    ...given("password", values.API_PASSWORD),
    timeoutMs: values.API_TIMEOUT_SECONDS * 1000,
    ...given("maxRequestsPerSecond", values.API_MAX_REQUESTS_PER_SECOND),
    ...given("caFile", values.API_CA_FILE),
    maxBodyBytes: values.API_MAX_BODY_BYTES,
  };
}

function redisFrom(values: SettingValues): RedisSettings {
  const caFile = given("caFile", values.REDIS_CA_FILE);
  if (values.REDIS_URL !== undefined) {
    return { ...redisFromUrl(values.REDIS_URL, values.REDIS_KEY_PREFIX), ...caFile };
  }
  const common: RedisCommon = {
    keyPrefix: values.REDIS_KEY_PREFIX,
    tls: values.REDIS_TLS,
    ...caFile,
    ...given("username", values.REDIS_USERNAME),
    ...given("password", values.REDIS_PASSWORD),
  };
  if (values.REDIS_CLUSTER_NODES !== undefined) {
    return { kind: "cluster", nodes: values.REDIS_CLUSTER_NODES, ...common };
  }
  if (values.REDIS_SENTINELS !== undefined && values.REDIS_SENTINEL_NAME !== undefined) {
    const { REDIS_SENTINELS: sentinels, REDIS_SENTINEL_NAME: masterName } = values;
    return { kind: "sentinel", sentinels, masterName, ...common };
  }
  return { kind: "single", host: values.REDIS_HOST, port: values.REDIS_PORT, db: 0, ...common };
}

function redisFromUrl(url: URL, keyPrefix: string): RedisSettings {
  return {
    kind: "single",
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port || "6379"),
    db: Number(url.pathname.slice(1) || "0"),
    keyPrefix,
    tls: url.protocol === "rediss:",
    ...given("username", userinfoFrom(url.username) || undefined),
    ...given("password", userinfoFrom(url.password) || undefined),
  };
}

/** `{name: value}`, or nothing when there is no value: optional fields are left out, never undefined. */
function given<K extends string, T>(name: K, value: T | undefined): { [P in K]?: T } {
  const field: { [P in K]?: T } = {};
  if (value !== undefined) field[name] = value;
  return field;
}

async function readEnvFile(paths: readonly string[]): Promise<Environment> {
  for (const path of paths) {
    try {
      return parse(await Deno.readTextFile(path));
    } catch (error) {
      // Beside the program there may be nothing, or nothing that this process may read.
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) continue;
      throw new SettingsError([{ name: ".env", rule: `cannot be read: ${describeError(error).message}` }], {
        cause: error,
      });
    }
  }
  return {};
}

/** The folder of the compiled program, or the one that holds `deno.json`. */
function programFolder(): string {
  return Deno.build.standalone ? dirname(Deno.execPath()) : fileURLToPath(new URL("..", import.meta.url));
}

function withoutEmpty(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
