// The SQL Server of a contract test: the one at TEST_MSSQL_URL (mssql://user:password@host:port), else a stand-in of
// the test's own. Either way the test has a database of its own, which is gone at the end.
// @ts-types="@types/mssql"
import sql from "mssql";
import { splitBatches } from "../../dev/sqlserver/script.ts";
import { type SqlServer, type SqlServerOptions, startSqlServer } from "../../dev/sqlserver/server.ts";
import schemaSql from "../../shared/sql/schema.national.sql" with { type: "text" };

export const password = "Hermes-test-1";
const REQUEST_TIMEOUT_MS = 60_000;

export interface SqlForTest {
  readonly pool: sql.ConnectionPool;
  readonly config: sql.config;
  /** Missing on a real server. */
  readonly server?: SqlServer;
}

type Values = Record<string, [sql.ISqlType | (() => sql.ISqlType), unknown]>;

/** Runs a test against the real server if there is one, else against a stand-in. */
export async function withSql(test: (db: SqlForTest) => Promise<void>): Promise<void> {
  const given = Deno.env.get("TEST_MSSQL_URL");
  if (given) return await withRealDatabase(new URL(given), test);
  await withStandIn({}, test);
}

/** Runs a test against a stand-in that it may also break. */
export async function withStandIn<T>(
  options: Partial<SqlServerOptions>,
  test: (db: SqlForTest & { server: SqlServer }) => Promise<T>,
): Promise<T> {
  const server = await startSqlServer({ password, ...options });
  try {
    const config = configFor({
      server: "127.0.0.1",
      port: server.port,
      user: "sa",
      password,
      database: "hermes",
    });
    return await withPool(config, (pool) => test({ pool, config, server }));
  } finally {
    await server.stop();
  }
}

/** Runs an action with a pool of its own. */
export async function withPool<T>(
  config: sql.config,
  action: (pool: sql.ConnectionPool) => Promise<T>,
): Promise<T> {
  const pool = new sql.ConnectionPool(config);
  // A lost connection is reported by the request that finds it.
  pool.on("error", () => {});
  await pool.connect();
  try {
    return await action(pool);
  } finally {
    await pool.close();
  }
}

function configFor(
  parts: Pick<sql.config, "server" | "port" | "user" | "password" | "database">,
): sql.config {
  return {
    ...parts,
    requestTimeout: REQUEST_TIMEOUT_MS,
    options: { encrypt: false, trustServerCertificate: true },
    pool: { max: 12, min: 0 },
  } as sql.config;
}

async function withRealDatabase(url: URL, test: (db: SqlForTest) => Promise<void>): Promise<void> {
  const database = `hermes_test_${crypto.randomUUID().slice(0, 8)}`;
  const login = {
    server: url.hostname,
    port: Number(url.port || "1433"),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
  await withPool(configFor({ ...login, database: "master" }), async (master) => {
    await master.request().batch(`CREATE DATABASE [${database}]`);
    try {
      const config = configFor({ ...login, database });
      await withPool(config, (pool) => test({ pool, config }));
    } finally {
      await master.request().batch(`DROP DATABASE [${database}]`);
    }
  });
}

/** Applies the schema of profile national. */
export async function applySchema(pool: sql.ConnectionPool): Promise<void> {
  for (const batch of splitBatches(schemaSql)) await pool.request().batch(batch);
}

/** Rows of a query with typed inputs. */
export async function rows(
  pool: sql.ConnectionPool | sql.Transaction,
  text: string,
  values: Values = {},
): Promise<Record<string, unknown>[]> {
  const request = requestOn(pool);
  for (const [name, [type, value]] of Object.entries(values)) request.input(name, type, value);
  const result = await request.query(text);
  return [...(result.recordset ?? [])];
}

/** The one value of a query. */
export async function value(
  pool: sql.ConnectionPool | sql.Transaction,
  text: string,
  values: Values = {},
): Promise<unknown> {
  const [row] = await rows(pool, text, values);
  return Object.values(row ?? {})[0];
}

/** The number and the words of the error a statement ends in; fails when it ends well. */
export async function errorOf(
  pool: sql.ConnectionPool | sql.Transaction,
  text: string,
  values: Values = {},
): Promise<{ number: number; message: string; severity: number }> {
  try {
    await rows(pool, text, values);
  } catch (error) {
    if (error instanceof sql.RequestError) {
      return { number: error.number ?? 0, message: error.message, severity: Number(error.class ?? 0) };
    }
    throw error;
  }
  throw new Error(`no error from: ${text}`);
}

function requestOn(pool: sql.ConnectionPool | sql.Transaction): sql.Request {
  return pool instanceof sql.Transaction ? new sql.Request(pool) : pool.request();
}

/** Two tables with a few rows: shops and their sales. */
export const shopTables = `
CREATE TABLE shop (code varchar(10) NOT NULL CONSTRAINT PK_shop PRIMARY KEY, name nvarchar(50) NULL);
CREATE TABLE sale (id int IDENTITY(1,1) CONSTRAINT PK_sale PRIMARY KEY, shop varchar(10) NOT NULL, amount decimal(9,2) NULL, sold date NOT NULL);
INSERT INTO shop VALUES ('A', N'An Khang'), ('B', N'Bình An'), ('C', NULL);
INSERT INTO sale (shop, amount, sold) VALUES ('A', 10.50, '2024-01-01'), ('a', 2, '2024-01-02'), ('B', NULL, '2024-01-03'), ('X', 7.25, '2024-01-04');`;

/** With shops and sales in a database of its own. */
export async function withTables(test: (pool: sql.ConnectionPool) => Promise<void>): Promise<void> {
  await withSql(async ({ pool }) => {
    await pool.request().batch(shopTables);
    await test(pool);
  });
}
