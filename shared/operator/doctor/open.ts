// Opens the three services for one examination: with short limits, and without the tireless retries of the product, so that a
// wrong password or a bad certificate comes to light instead of a silence.
// @ts-types="@types/mssql"
import sql from "mssql";
import { Cluster, Redis } from "ioredis";
import { MongoClient } from "mongodb";
import type { RedisClient } from "../../script.ts";
import type { Settings } from "../../settings.ts";
import { within } from "./deadline.ts";
import { type Opened, type Trouble, troubleOf } from "./trouble.ts";

/** How long connecting may take, ms. */
const connectMs = 3_000;
/** How long opening may take in all, ms: SQL Server is tried a second time after a refused login. */
const openMs = 7_000;
/** How long each question may take, ms. */
const answerMs = 4_000;

/** Each is on its way by itself: nobody waits for a service that he does not ask. None of the promises rejects. */
export interface Clients {
  sqlserver: Promise<Opened<sql.ConnectionPool>>;
  redis: Promise<Opened<RedisClient>>;
  mongodb: Promise<Opened<MongoClient>>;
}

/** Begins to open all three; each is open, or given up, within `openMs`. */
export function openClients(settings: Settings): Clients {
  return {
    sqlserver: inTime(openSqlServer(settings.mssql)),
    redis: inTime(openRedis(settings.redis)),
    mongodb: inTime(openMongo(settings.mongo)),
  };
}

/** Finding a host's address has no limit of its own. */
async function inTime<T>(opening: Promise<Opened<T>>): Promise<Opened<T>> {
  try {
    return await within(openMs, opening);
  } catch (error) {
    return { trouble: troubleOf(error) };
  }
}

/** Closes what was opened; what does not let itself be closed is left. */
export async function closeClients(clients: Clients): Promise<void> {
  const [sqlserver, redis, mongodb] = await Promise.all([clients.sqlserver, clients.redis, clients.mongodb]);
  const closing: Promise<unknown>[] = [];
  if ("client" in sqlserver) closing.push(sqlserver.client.close());
  if ("client" in mongodb) closing.push(mongodb.client.close());
  if ("client" in redis) redis.client.disconnect();
  await within(1_000, Promise.allSettled(closing)).catch(() => {});
}

async function openSqlServer(settings: Settings["mssql"]): Promise<Opened<sql.ConnectionPool>> {
  try {
    return { client: await poolOf(settings, settings.database) };
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble.kind !== "login") return { trouble };
    // The driver says "Login failed" for a wrong password and for a database that cannot be opened alike.
    return { trouble: await loginOrDatabase(settings, trouble) };
  }
}

async function loginOrDatabase(settings: Settings["mssql"], trouble: Trouble): Promise<Trouble> {
  try {
    await (await poolOf(settings, undefined)).close();
    return { kind: "database", message: `database ${settings.database} cannot be opened` };
  } catch {
    return trouble;
  }
}

async function poolOf(
  settings: Settings["mssql"],
  database: string | undefined,
): Promise<sql.ConnectionPool> {
  const ca = settings.caFile === undefined ? undefined : await Deno.readTextFile(settings.caFile);
  const pool = new sql.ConnectionPool({
    server: settings.server,
    port: settings.port,
    user: settings.user,
    password: settings.password,
    ...(database === undefined ? {} : { database }),
    requestTimeout: answerMs,
    connectionTimeout: connectMs,
    pool: { max: 4, min: 0 },
    options: {
      appName: "hermes-doctor",
      encrypt: settings.encrypt,
      trustServerCertificate: settings.trustServerCertificate,
      enableArithAbort: true,
      ...(ca === undefined ? {} : { cryptoCredentialsDetails: { ca } }),
    },
  });
  // Without a listener the driver's pool errors would end the process; the question that finds one reports it.
  pool.on("error", () => {});
  return await pool.connect();
}

async function openRedis(settings: Settings["redis"]): Promise<Opened<RedisClient>> {
  let said: unknown;
  let client: RedisClient | null = null;
  try {
    client = await redisOf(settings);
    // `connect()` itself says no more than that the connection is closed.
    client.on("error", (error: unknown) => said ??= error);
    await within(connectMs + 500, client.connect());
    await within(answerMs, client.ping());
    return { client };
  } catch (error) {
    client?.disconnect();
    return { trouble: troubleOf(said ?? error) };
  }
}

async function redisOf(settings: Settings["redis"]): Promise<RedisClient> {
  const ca = settings.caFile === undefined ? undefined : await Deno.readTextFile(settings.caFile);
  const options = {
    ...(settings.username === undefined ? {} : { username: settings.username }),
    ...(settings.password === undefined ? {} : { password: settings.password }),
    ...(settings.tls ? { tls: ca === undefined ? {} : { ca } } : {}),
    connectTimeout: connectMs,
    commandTimeout: answerMs,
    protocol: 2 as const,
    disableClientInfo: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  };
  switch (settings.kind) {
    case "single":
      return new Redis({
        ...options,
        lazyConnect: true,
        host: settings.host,
        port: settings.port,
        db: settings.db,
      });
    case "sentinel":
      return new Redis({
        ...options,
        lazyConnect: true,
        sentinels: settings.sentinels.map((node) => ({ ...node })),
        name: settings.masterName,
        sentinelRetryStrategy: () => null,
        sentinelCommandTimeout: connectMs,
        ...(options.tls ? { enableTLSForSentinelMode: true, sentinelTLS: options.tls } : {}),
      });
    case "cluster":
      return new Cluster(settings.nodes.map((node) => ({ ...node })), {
        redisOptions: options,
        lazyConnect: true,
        clusterRetryStrategy: () => null,
      });
  }
}

async function openMongo({ uri }: Settings["mongo"]): Promise<Opened<MongoClient>> {
  let client: MongoClient | null = null;
  try {
    client = new MongoClient(uri, {
      appName: "hermes-doctor",
      serverSelectionTimeoutMS: connectMs,
      connectTimeoutMS: connectMs,
      socketTimeoutMS: answerMs,
      maxPoolSize: 2,
    });
    await within(connectMs + 500, client.connect());
    return { client };
  } catch (error) {
    await client?.close().catch(() => {});
    return { trouble: troubleOf(error) };
  }
}
