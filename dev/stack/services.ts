// The backing services of a stack, each a process on 127.0.0.1 at a free port: the stand-ins for SQL Server and MongoDB, a real
// Redis, the simulated partner. What the developer has of his own is not started. Before it: processes.ts; after it: source_setup.ts.
import { join } from "node:path";
import { z } from "zod";
import { DIALECTS } from "../partner/dialects.ts";
import { COMMON_ACCOUNT } from "../samples/accounts.ts";
import type { Child } from "./child.ts";
import type { Embedded, Env } from "./env_file.ts";
import type { Processes } from "./processes.ts";
import { startRedisServer } from "./redis.ts";

/** What to start, and where its data lie. */
export interface ServicesOptions {
  readonly embedded: Embedded;
  readonly processes: Processes;
  /** Made when it is not there. */
  readonly dataDirectory: string;
  /** What every service begins its environment with. */
  readonly env: Env;
  /** The dialect that the partner speaks. */
  readonly dialect: string;
  /** `args`: options of `deno task partner` besides. */
  readonly partner?: {
    readonly latencyMs: number;
    readonly faults: readonly string[];
    readonly args?: readonly string[];
  };
}

/** A service that runs. */
export interface Service {
  readonly child: Child;
  readonly port: number;
  /** What it adds to the product's environment. */
  readonly settings: Env;
  /** Address of its control endpoint, without a slash at the end. */
  readonly controlUrl?: string;
}

/** The services that were started, by name. */
export type Services = { readonly [Name in keyof Embedded]?: Service };

const readyWithinMs = 20_000;
const database = "hermes";
const login = { user: "sa", password: "Hermes-dev-2026" };

/** Starts those services that are the stack's own, all at once. Throws an Error with the end of the log of the one that cannot. */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { embedded } = options;
  await Deno.mkdir(options.dataDirectory, { recursive: true });
  const [sqlserver, redis, mongodb, partner] = await Promise.all([
    embedded.sqlserver ? startSqlServer(options) : undefined,
    embedded.redis ? startRedis(options) : undefined,
    embedded.mongodb ? startMongodb(options) : undefined,
    embedded.partner ? startPartner(options) : undefined,
  ]);
  return {
    ...(sqlserver === undefined ? {} : { sqlserver }),
    ...(redis === undefined ? {} : { redis }),
    ...(mongodb === undefined ? {} : { mongodb }),
    ...(partner === undefined ? {} : { partner }),
  };
}

/** What the product's environment is: the given settings, and over them those of the stack's own services. */
export function settingsFor(services: Services, given: Env): Env {
  return Object.assign(
    { REDIS_KEY_PREFIX: "hermes:", MONGO_DB_NAME: database, SCAN_EVERY_SECONDS: "1" },
    given,
    ...Object.values(services).map(({ settings }) => settings),
  );
}

async function startSqlServer(options: ServicesOptions): Promise<Service> {
  const { child, port, controlUrl } = await startStandIn(options, "sqlserver", [
    ...["--port=0", "--control-port=0", `--database=${database}`],
    ...[`--user=${login.user}`, `--password=${login.password}`],
    `--file=${join(options.dataDirectory, "sqlserver.db")}`,
  ]);
  const settings = {
    MSSQL_SERVER: "127.0.0.1",
    MSSQL_PORT: String(port),
    MSSQL_DATABASE: database,
    MSSQL_USER: login.user,
    MSSQL_PASSWORD: login.password,
    MSSQL_ENCRYPT: "false",
    MSSQL_TRUST_SERVER_CERTIFICATE: "true",
  };
  return { child, port, settings, controlUrl };
}

async function startRedis({ processes, dataDirectory, env }: ServicesOptions): Promise<Service> {
  const { child, port } = await startRedisServer(processes, { directory: join(dataDirectory, "redis"), env });
  return { child, port, settings: { REDIS_URL: `redis://127.0.0.1:${port}` } };
}

async function startMongodb(options: ServicesOptions): Promise<Service> {
  const { child, port, controlUrl } = await startStandIn(options, "mongodb", [
    ...["--port=0", "--control-port=0"],
    `--file=${join(options.dataDirectory, "mongodb.bson")}`,
  ]);
  return { child, port, controlUrl, settings: { MONGO_URI: `mongodb://127.0.0.1:${port}` } };
}

async function startPartner(options: ServicesOptions): Promise<Service> {
  const { latencyMs, faults, args = [] } = options.partner ?? { latencyMs: 0, faults: [] };
  // A dialect that there is not is told by the settings, with the others that are wrong.
  const dialect = DIALECTS.find((known) => known === options.dialect) ?? "national";
  const { child, port } = await startStandIn(options, "partner", [
    ...["--port=0", `--dialect=${dialect}`, `--latency-ms=${latencyMs}`],
    ...faults.map((fault) => `--fault=${fault}`),
    ...args,
  ]);
  const url = `http://127.0.0.1:${port}`;
  const settings = {
    // The gateway's paths are below an address of the installation's choice.
    API_BASE_URL: dialect === "gateway" ? `${url}/gateway` : url,
    API_USERNAME: COMMON_ACCOUNT.account,
    API_PASSWORD: COMMON_ACCOUNT.password,
  };
  return { child, port, settings, controlUrl: `${url}/_control` };
}

const readySchema = z.object({ ready: z.literal(true), port: z.int(), controlPort: z.int().optional() });

async function startStandIn(
  { processes, env }: ServicesOptions,
  name: keyof Embedded,
  args: readonly string[],
): Promise<{ child: Child; port: number; controlUrl: string }> {
  const child = processes.start({
    name,
    rank: "service",
    command: Deno.execPath(),
    args: ["run", "-A", import.meta.resolve(`../${name}/main.ts`), ...args],
    env,
  });
  const { port, controlPort } = readyFrom(await child.firstLine(readyWithinMs), name);
  return { child, port, controlUrl: `http://127.0.0.1:${controlPort ?? port}` };
}

function readyFrom(line: string, name: string): z.infer<typeof readySchema> {
  try {
    return readySchema.parse(JSON.parse(line));
  } catch (cause) {
    throw new Error(`starting ${name}: its first line must be {"ready":true,"port":…}, not ${line}`, {
      cause,
    });
  }
}
