// Sets the stage that both commands share: services up, tables and sample documents in, and where everything listens.
import { basename, join } from "node:path";
import { streamKeys } from "../../shared/stream_keys.ts";
import { readSettings, type Settings } from "../../shared/settings.ts";
import { embeddedFor, type Env, layoutOf, plainEnvironment } from "./env_file.ts";
import type { Life } from "./life.ts";
import { type Services, settingsFor, startServices } from "./services.ts";
import { StackSource } from "./source.ts";

/** What is put on it. */
export interface StageOptions {
  readonly given: Env;
  /** null: what is given, or the product's default. */
  readonly profile: string | null;
  readonly dialect: string | null;
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
  const { documents, init } = options;
  const { profile, dialect } = layoutOf(options.given, options);
  const given = { ...options.given, SOURCE_PROFILE: profile, PARTNER_DIALECT: dialect };
  const embedded = embeddedFor(given);
  const plainEnv = plainEnvironment();
  const services = await startServices({
    embedded,
    processes,
    dataDirectory: dataDirectory(directories.data, { profile, dialect }),
    env: plainEnv,
    dialect,
    ...(options.partner === undefined ? {} : { partner: options.partner }),
  });
  const env = settingsFor(services, given);
  const settings = readSettings(env);
  const source = new StackSource(settings);
  const takesSamples = embedded.sqlserver || init; // applySchema() refuses a profile of the developer's own
  if (takesSamples) {
    await source.applySchema();
    // A real partner does not know these accounts; shops without one use API_USERNAME.
    if (embedded.partner) await source.insertSampleAccounts();
    await source.insertNewSamples(documents);
  }
  return { services, env, settings, plainEnv, source, takesSamples };
}

/** Entries of one layout mean nothing to another: each has data of its own. */
function dataDirectory(data: string, { profile, dialect }: { profile: string; dialect: string }): string {
  const isUsual = profile === "national" && dialect === "national";
  return isUsual ? data : join(data, `${basename(profile)}-${dialect}`);
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
    [
      "Partner",
      `${withoutUser(env["API_BASE_URL"] ?? "")}  dialect ${settings.partner.dialect}`,
      services.partner,
    ],
  ] as const;
  return [
    ...lines.map(([name, at, service]) => `  ${name.padEnd(11)} ${at}${mark(service)}`),
    ...hints(services, settings),
  ].join("\n");
}

function sqlNote(services: Services, { mssql, source }: Settings): string {
  const { user, database } = mssql;
  // The password of a stand-in is no secret.
  const password = services.sqlserver === undefined ? "" : `, password ${mssql.password}`;
  return `database ${database}, profile ${source.profile}, user ${user}${password}`;
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
