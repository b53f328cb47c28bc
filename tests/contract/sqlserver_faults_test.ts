// The SQL Server stand-in's control endpoint: errors, lost connections, delays, silence; and cancelling a request.
// @ts-types="@types/mssql"
import sql from "mssql";
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { startSqlServer } from "../../dev/sqlserver/server.ts";
import { errorOf, password, rows, value, withPool, withStandIn } from "../support/sqlserver.ts";

type StandIn = Parameters<Parameters<typeof withStandIn>[1]>[0];

async function withTable(test: (db: StandIn & { control: Control }) => Promise<void>): Promise<void> {
  await withStandIn({}, async (db) => {
    await db.pool.request().batch(
      "CREATE TABLE r (id int NOT NULL PRIMARY KEY, n int NOT NULL); INSERT INTO r VALUES (1, 0)",
    );
    await test({ ...db, control: (route, body) => ask(db.server.controlUrl, route, body) });
  });
}

type Control = (route: string, body?: unknown) => Promise<Record<string, unknown>>;

async function ask(url: string, route: string, body?: unknown): Promise<Record<string, unknown>> {
  const [method = "", path = ""] = route.split(" ");
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const response = await fetch(url + path, init);
  return { status: response.status, ...await response.json() };
}

Deno.test("a deadlock can be asked for, and takes the transaction with it", async () => {
  await withTable(async ({ pool, control }) => {
    await control("POST /faults", { match: "UPDATE\\s+r", error: { number: 1205 } });
    const batch = "BEGIN TRAN; UPDATE r SET n = 1; COMMIT";
    const error = await errorOf(pool, batch);
    assertEquals([error.number, error.severity], [1205, 13]);
    assertMatch(error.message, /chosen as the deadlock victim/);
    assertEquals(await value(pool, "SELECT n + @@TRANCOUNT FROM r"), 0);
    await rows(pool, batch);
    assertEquals(await value(pool, "SELECT n FROM r"), 1);
  });
});

Deno.test("a fault strikes as often as asked, only what it matches, until it is taken back", async () => {
  await withTable(async ({ pool, control }) => {
    await control("POST /faults", {
      match: "FROM r",
      times: 2,
      error: { number: 50000, message: "hỏng", severity: 16 },
    });
    assertEquals(await value(pool, "SELECT 1"), 1);
    assertEquals(await errorOf(pool, "SELECT n FROM r"), { number: 50000, severity: 16, message: "hỏng" });
    assertEquals((await errorOf(pool, "select N from R")).number, 50000);
    assertEquals(await value(pool, "SELECT n FROM r"), 0);
    await control("POST /faults", { times: 9, error: { number: 50000 } });
    await control("DELETE /faults");
    assertEquals(await value(pool, "SELECT n FROM r"), 0);
  });
});

Deno.test("a connection can be cut before a statement is run, or after it was committed", async () => {
  await withTable(async ({ pool, control }) => {
    await control("POST /faults", { match: "n = 1", cutBefore: true });
    await assertRejects(() => rows(pool, "UPDATE r SET n = 1"), sql.RequestError);
    assertEquals(await value(pool, "SELECT n FROM r"), 0);
    await control("POST /faults", { match: "n = 2", cutAfter: true });
    await assertRejects(() => rows(pool, "UPDATE r SET n = 2"), sql.RequestError);
    assertEquals(await value(pool, "SELECT n FROM r"), 2);
  });
});

Deno.test("a fault that is not understood is refused by its field", async () => {
  await withTable(async ({ control }) => {
    assertEquals(await control("POST /faults", { mach: "x" }), {
      status: 400,
      error: 'fault field mach: "x" is not taken',
    });
    assertEquals((await control("POST /faults", { match: "(" })).status, 400);
    assertEquals((await control("POST /faults", { error: {} })).status, 400);
    assertEquals((await control("GET /nothing")).status, 404);
  });
});

Deno.test("a request that takes too long is cancelled and its connection goes on", async () => {
  await withTable(async ({ config }) => {
    await withPool({ ...config, pool: { max: 1, min: 1 } }, async (pool) => {
      const request = pool.request();
      const slow = request.query("WAITFOR DELAY '00:00:30'; SELECT 1").then(
        () => "done",
        (error) => error.code,
      );
      setTimeout(() => request.cancel(), 30);
      assertEquals(await slow, "ECANCEL");
      const spid = await value(pool, "SELECT @@SPID");
      const late = await pool.request().query("SELECT @@SPID AS n");
      assertEquals(late.recordset[0]?.n, spid);
    });
  });
});

Deno.test("a request past its time limit fails with ETIMEOUT and leaves the server usable", async () => {
  await withTable(async ({ config, control }) => {
    await withPool({ ...config, requestTimeout: 60 }, async (pool) => {
      await control("POST /faults", { match: "n = 7", delayMs: 30_000 });
      const error = await assertRejects(() => rows(pool, "UPDATE r SET n = 7"));
      assertEquals(error instanceof sql.RequestError ? error.code : "", "ETIMEOUT");
      assertEquals(await value(pool, "SELECT n FROM r"), 0);
    });
  });
});

Deno.test("a request that waits for a lock can be cancelled", async () => {
  await withTable(async ({ pool }) => {
    const transaction = new sql.Transaction(pool);
    await transaction.begin();
    await rows(transaction, "UPDATE r SET n = 5");
    const request = pool.request();
    const waiting = request.query("UPDATE r SET n = 6").then(() => "done", (error) => error.code);
    setTimeout(() => request.cancel(), 30);
    assertEquals(await waiting, "ECANCEL");
    await transaction.commit();
    assertEquals(await value(pool, "SELECT n FROM r"), 5);
  });
});

Deno.test("a paused server answers nobody until it goes on", async () => {
  await withTable(async ({ pool, control }) => {
    await control("POST /pause");
    let answered = false;
    const asking = value(pool, "SELECT n FROM r").finally(() => answered = true);
    await control("GET /stats");
    assertEquals(answered, false);
    await control("POST /resume");
    assertEquals(await asking, 0);
  });
});

Deno.test("a server that is down refuses connections and comes back on its port with its data", async () => {
  await withTable(async ({ pool, config, control }) => {
    await rows(pool, "UPDATE r SET n = 3");
    await control("POST /down");
    const error = await assertRejects(() =>
      withPool({ ...config, connectionTimeout: 500 }, () => Promise.resolve())
    );
    assertEquals(error instanceof sql.ConnectionError ? error.code : String(error), "ESOCKET");
    await control("POST /up");
    await withPool(config, async (again) => assertEquals(await value(again, "SELECT n FROM r"), 3));
  });
});

Deno.test("the server counts what it was asked", async () => {
  await withTable(async ({ pool, control }) => {
    await value(pool, "SELECT 1");
    await errorOf(pool, "SELECT nothing FROM r");
    const { statements, roundTrips, errors, connections } = await control("GET /stats") as Record<
      string,
      Record<string, number>
    >;
    assertEquals(errors, { 207: 1 });
    assertEquals(roundTrips?.login, connections?.total);
    assertEquals(Number(statements) >= 3, true);
  });
});

Deno.test("a database file is there again when the server is started anew", async () => {
  const directory = await Deno.makeTempDir();
  const file = `${directory}/hermes.db`;
  const once = async (test: (pool: sql.ConnectionPool) => Promise<void>) =>
    await withStandIn({ file }, ({ pool }) => test(pool));
  try {
    await once(async (pool) => {
      await rows(
        pool,
        "CREATE TABLE r (id int IDENTITY PRIMARY KEY, code varchar(9) COLLATE Vietnamese_CI_AS NOT NULL CONSTRAINT UQ_r UNIQUE)",
      );
      await rows(pool, "INSERT INTO r (code) VALUES ('A'), ('B')");
    });
    await once(async (pool) => {
      assertEquals(await value(pool, "INSERT INTO r (code) OUTPUT inserted.id VALUES ('C')"), 3);
      assertEquals((await errorOf(pool, "INSERT INTO r (code) VALUES ('a')")).number, 2627);
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("a server that is stopped lets go of its ports", async () => {
  const server = await startSqlServer({ password });
  await server.stop();
  const again = await startSqlServer({ password, port: server.port, controlPort: server.controlPort });
  assertEquals([again.port, again.controlPort], [server.port, server.controlPort]);
  await again.stop();
});
