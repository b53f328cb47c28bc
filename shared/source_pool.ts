// The connection pool to SQL Server: made when first used, and again after it was lost. Passed to SqlServerSource.
// @ts-types="@types/mssql"
import sql from "mssql";
import { hostName } from "./host_name.ts";
import type { Settings } from "./settings.ts";

/** Every statement must be done in this time, ms; a page of 500 documents takes some 50. */
const requestTimeoutMs = 30_000;
const connectionTimeoutMs = 10_000;
const connectionsMax = 10;

export interface SourcePool {
  get(): Promise<sql.ConnectionPool>;
  close(): Promise<void>;
}

/** One pool for a process. `get` connects when needed; it throws what the driver threw when the server cannot be reached. */
export function openSourcePool(settings: Settings["mssql"]): SourcePool {
  outliveDriverFault();
  let pool: Promise<sql.ConnectionPool> | null = null;
  return {
    get() {
      pool ??= connect(settings).catch((error) => {
        pool = null;
        throw error;
      });
      return pool;
    },
    async close() {
      const open = await pool?.catch(() => null);
      pool = null;
      await open?.close();
    },
  };
}

async function connect(settings: Settings["mssql"]): Promise<sql.ConnectionPool> {
  const pool = new sql.ConnectionPool(driverConfig(settings));
  // Without a listener the driver's pool errors would end the process; the next request reports them.
  pool.on("error", () => {});
  return await pool.connect();
}

let outlives = false;

/**
 * When a connection ends in the step in which its last answer has come whole, the driver (tedious 20, Connection.onEndOfMessage)
 * calls back a request that it has given up already, with the socket's error; that throws where nobody can catch it, and would end
 * the process. Everything else that is thrown so still ends it.
 */
function outliveDriverFault(): void {
  if (outlives) return;
  outlives = true;
  globalThis.addEventListener("error", (event) => {
    if (isDriverFault(event.error)) event.preventDefault();
  });
}

/** By its words: the names of functions do not outlast a bundle. */
export function isDriverFault(error: unknown): boolean {
  return error instanceof TypeError && error.message.endsWith("(reading 'callback')");
}

function driverConfig(settings: Settings["mssql"]): sql.config {
  return {
    server: settings.server,
    port: settings.port,
    database: settings.database,
    user: settings.user,
    password: settings.password,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: connectionTimeoutMs,
    // By the socket's state; left alone, the driver asks the server before every statement.
    validateConnection: "socket",
    pool: { max: connectionsMax, min: 0, idleTimeoutMillis: 60_000 },
    options: {
      appName: "hermes",
      // The driver would ask for it itself, and fail where it may not know.
      workstationId: hostName(),
      encrypt: settings.encrypt,
      trustServerCertificate: settings.trustServerCertificate,
      enableArithAbort: true,
      ...(settings.caFile
        ? { cryptoCredentialsDetails: { ca: Deno.readTextFileSync(settings.caFile) } }
        : {}),
    },
  };
}
