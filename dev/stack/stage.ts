// Sets the stage that both commands share: services up, tables and sample documents in, and where everything listens.
import { streamKeys } from "../../shared/stream_keys.ts";
import { readSettings, type Settings } from "../../shared/settings.ts";
import { embeddedFor, type Env, plainEnvironment } from "./env_file.ts";
import type { Life } from "./life.ts";
import { type Services, settingsFor, startServices } from "./services.ts";
import { StackSource } from "./source.ts";

/** What is put on it. */
export interface StageOptions {
  readonly given: Env;
  readonly documents: number;
  /** Puts tables and samples into a SQL Server of the developer's own, too. */
  readonly init: boolean;
  readonly partner?: { readonly latencyMs: number; readonly faults: readonly string[] };
}

/** The stage when it is set. */
export interface Stage {
  readonly services: Services;
  /** The settings of the product, by their names. */
  readonly env: Env;
  /** The same, checked. */
  readonly settings: Settings;
  /** What every child begins its environment with. */
  readonly plainEnv: Env;
  readonly source: StackSource;
  /** Whether sample documents may be inserted. */
  readonly takesSamples: boolean;
}

/** Starts services, makes tables, inserts accounts and documents. Throws SettingsError for what is given, and what the servers throw. */
export async function setStage({ processes, directories }: Life, options: StageOptions): Promise<Stage> {
  const { given, documents, init } = options;
  const embedded = embeddedFor(given);
  const plainEnv = plainEnvironment();
  const services = await startServices({
    embedded,
    processes,
    dataDirectory: directories.data,
    env: plainEnv,
    ...(options.partner === undefined ? {} : { partner: options.partner }),
  });
  const env = settingsFor(services, given);
  const settings = readSettings(env);
  const source = new StackSource(settings.mssql);
  const takesSamples = embedded.sqlserver || init;
  if (takesSamples) {
    await source.applySchema();
    // A real partner does not know these accounts; shops without one use API_USERNAME.
    if (embedded.partner) await source.insertSampleAccounts();
    await source.insertNewSamples(documents);
  }
  return { services, env, settings, plainEnv, source, takesSamples };
}

/** Where everything listens, a line each. */
export function placesOf({ services, env, settings }: Stage): string {
  const mark = (service: unknown) => service === undefined ? "  (yours)" : "";
  const { mssql, mongo, redis } = settings;
  const redisAt = redis.kind === "single" ? `${redis.host}:${redis.port}` : redis.kind;
  const lines = [
    ["SQL Server", `${mssql.server}:${mssql.port}  ${sqlNote(services, settings)}`, services.sqlserver],
    ["MongoDB", `${withoutUser(mongo.uri)}  database ${mongo.dbName}`, services.mongodb],
    ["Redis", redisAt, services.redis],
    ["Partner", withoutUser(env["API_BASE_URL"] ?? ""), services.partner],
  ] as const;
  return [
    ...lines.map(([name, at, service]) => `  ${name.padEnd(11)} ${at}${mark(service)}`),
    ...hints(services, settings),
  ].join("\n");
}

function sqlNote(services: Services, { mssql }: Settings): string {
  const { user, database } = mssql;
  // The password of a stand-in is no secret.
  const password = services.sqlserver === undefined ? "" : `, password ${mssql.password}`;
  return `database ${database}, user ${user}${password}`;
}

function hints({ redis, partner, sqlserver, mongodb }: Services, settings: Settings): string[] {
  const stream = streamKeys(settings.redis.keyPrefix, "phieu_nhap").stream;
  const server = redis === undefined ? "" : ` -p ${redis.port}`;
  return [
    `  look: redis-cli${server} XPENDING '${stream}' workers - + 20`,
    ...(partner === undefined ? [] : [`  look: curl ${partner.controlUrl}/stats`]),
    ...[sqlserver, mongodb].flatMap((service) =>
      service?.controlUrl === undefined ? [] : [`  control of ${service.child.name}: ${service.controlUrl}`]
    ),
  ];
}

function withoutUser(address: string): string {
  return address.replace(/\/\/[^/]*@/, "//***@");
}
