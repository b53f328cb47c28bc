// Transactions through npm:mssql: by the driver's requests and by text, what others see meanwhile, who waits for whom.
// @ts-types="@types/mssql"
import sql from "mssql";
import { assertEquals, assertRejects } from "@std/assert";
import { errorOf, rows, value, withSql, withStandIn } from "../support/sqlserver.ts";

const table = `CREATE TABLE r (id int NOT NULL CONSTRAINT PK_r PRIMARY KEY, status varchar(20) NOT NULL);
CREATE INDEX IX_r_status ON r (status);
INSERT INTO r VALUES (1, 'NEW'), (2, 'NEW'), (3, 'NEW');`;

async function withTable(
  test: (pool: sql.ConnectionPool) => Promise<void>,
): Promise<void> {
  await withSql(async ({ pool }) => {
    await pool.request().batch(table);
    await test(pool);
  });
}

/** Runs an action in a transaction of its own that is rolled back at the end. */
async function inTransaction(
  pool: sql.ConnectionPool,
  action: (transaction: sql.Transaction) => Promise<void>,
): Promise<void> {
  const transaction = new sql.Transaction(pool);
  await transaction.begin();
  try {
    await action(transaction);
  } finally {
    await transaction.rollback();
  }
}

const statuses = "SELECT id, status FROM r ORDER BY id";

Deno.test("a SQL Server transaction is seen by itself until it commits", async () => {
  await withTable(async (pool) => {
    const transaction = new sql.Transaction(pool);
    await transaction.begin();
    await rows(transaction, "INSERT INTO r VALUES (4, 'MINE')");
    assertEquals(await value(transaction, "SELECT COUNT(*) FROM r"), 4);
    assertEquals(await value(pool, "SELECT COUNT(*) FROM r WITH (READPAST)"), 3);
    await transaction.commit();
    assertEquals(await value(pool, "SELECT COUNT(*) FROM r"), 4);
  });
});

Deno.test("a SQL Server transaction that is rolled back leaves nothing, not even its tables", async () => {
  await withTable(async (pool) => {
    await inTransaction(pool, async (transaction) => {
      await rows(transaction, "DELETE FROM r");
      await rows(transaction, "CREATE TABLE made (id int)");
      assertEquals(await value(transaction, "SELECT COUNT(*) FROM made"), 0);
    });
    assertEquals(await value(pool, "SELECT COUNT(*) FROM r"), 3);
    assertEquals((await errorOf(pool, "SELECT * FROM made")).number, 208);
  });
});

Deno.test("SQL Server counts BEGIN TRAN and COMMIT in the text", async () => {
  await withTable(async (pool) => {
    const counted = await rows(
      pool,
      `BEGIN TRAN; BEGIN TRANSACTION; UPDATE r SET status = 'X' WHERE id = 1; DECLARE @inner int = @@TRANCOUNT;
       COMMIT; DECLARE @outer int = @@TRANCOUNT; ROLLBACK; SELECT @inner AS i, @outer AS o, @@TRANCOUNT AS n, status FROM r WHERE id = 1`,
    );
    assertEquals(counted, [{ i: 2, o: 1, n: 0, status: "NEW" }]);
    assertEquals((await errorOf(pool, "COMMIT")).number, 3902);
    assertEquals((await errorOf(pool, "ROLLBACK")).number, 3903);
  });
});

Deno.test("SQL Server returns to a savepoint and keeps what came before it", async () => {
  await withTable(async (pool) => {
    await rows(
      pool,
      `BEGIN TRAN; UPDATE r SET status = 'A' WHERE id = 1; SAVE TRAN here; UPDATE r SET status = 'B' WHERE id = 2;
       ROLLBACK TRAN here; COMMIT;`,
    );
    assertEquals((await rows(pool, statuses)).map((row) => row.status), ["A", "NEW", "NEW"]);
  });
});

Deno.test("a SQL Server reader with READPAST passes over locked rows without waiting", async () => {
  await withTable(async (pool) => {
    await inTransaction(pool, async (transaction) => {
      await rows(transaction, "UPDATE r SET status = 'TAKEN' WHERE id = 2");
      const seen = await rows(
        pool,
        "SELECT id FROM r WITH (READCOMMITTEDLOCK, READPAST) WHERE status = 'NEW' ORDER BY id",
      );
      assertEquals(seen, [{ id: 1 }, { id: 3 }]);
    });
    assertEquals((await rows(pool, statuses)).length, 3);
  });
});

Deno.test("a SQL Server reader without READPAST waits for the row and sees what was committed", async () => {
  await withTable(async (pool) => {
    const transaction = new sql.Transaction(pool);
    await transaction.begin();
    await rows(transaction, "UPDATE r SET status = 'DONE' WHERE id = 2");
    let answered = false;
    const reading = value(pool, "SELECT status FROM r WITH (READCOMMITTEDLOCK) WHERE id = 2").finally(() =>
      answered = true
    );
    assertEquals(await value(pool, "SELECT status FROM r WHERE id = 1"), "NEW");
    assertEquals(answered, false);
    await transaction.commit();
    assertEquals(await reading, "DONE");
  });
});

Deno.test("SQL Server's NOLOCK reads what is not committed", async () => {
  await withTable(async (pool) => {
    await inTransaction(pool, async (transaction) => {
      await rows(transaction, "UPDATE r SET status = 'DIRTY' WHERE id = 1");
      assertEquals(await value(pool, "SELECT status FROM r WITH (NOLOCK) WHERE id = 1"), "DIRTY");
    });
  });
});

Deno.test("SQL Server ends a wait for a lock with 1222 when the session's time is up", async () => {
  await withTable(async (pool) => {
    await inTransaction(pool, async (transaction) => {
      await rows(transaction, "UPDATE r SET status = 'HELD' WHERE id = 1");
      const write = await errorOf(pool, "SET LOCK_TIMEOUT 50; UPDATE r SET status = 'LATE' WHERE id = 1");
      assertEquals([write.number, write.severity], [1222, 16]);
      assertEquals(
        (await errorOf(pool, "SET LOCK_TIMEOUT 50; SELECT status FROM r WHERE id = 1")).number,
        1222,
      );
    });
    assertEquals((await rows(pool, statuses)).map((row) => row.status), ["NEW", "NEW", "NEW"]);
  });
});

Deno.test("ten SQL Server readers see whole batches while a writer works", async () => {
  await withTable(async (pool) => {
    await rows(pool, "DELETE FROM r");
    const writer = async () => {
      for (let i = 0; i < 20; i++) {
        const transaction = new sql.Transaction(pool);
        await transaction.begin();
        await rows(transaction, `INSERT INTO r VALUES (${i * 2}, 'PAIR')`);
        await rows(transaction, `INSERT INTO r VALUES (${i * 2 + 1}, 'PAIR')`);
        await transaction.commit();
      }
    };
    const counts: number[] = [];
    const reader = async () => {
      for (let i = 0; i < 20; i++) {
        counts.push(Number(await value(pool, "SELECT COUNT(*) FROM r WITH (READPAST)")));
      }
    };
    await Promise.all([writer(), ...Array.from({ length: 10 }, reader)]);
    assertEquals(counts.length, 200);
    assertEquals(await value(pool, "SELECT COUNT(*) FROM r"), 40);
  });
});

Deno.test("a SQL Server stand-in shows no half of a transaction to a reader", async () => {
  await withStandIn({}, async ({ pool }) => {
    await pool.request().batch(table);
    await inTransaction(pool, async (transaction) => {
      await rows(transaction, "INSERT INTO r VALUES (8, 'HALF')");
      assertEquals(await value(pool, "SELECT COUNT(*) FROM r"), 3);
    });
  });
});

Deno.test("writers of one SQL Server wait for each other and lose nothing", async () => {
  await withTable(async (pool) => {
    await rows(
      pool,
      "CREATE TABLE counter (id int PRIMARY KEY, n int NOT NULL); INSERT INTO counter VALUES (1, 0)",
    );
    const add = async () => {
      for (let i = 0; i < 10; i++) await rows(pool, "UPDATE counter SET n = n + 1 WHERE id = 1");
    };
    await Promise.all(Array.from({ length: 8 }, add));
    assertEquals(await value(pool, "SELECT n FROM counter"), 80);
  });
});

Deno.test("SQL Server refuses the isolation level SNAPSHOT, which its database has not allowed", async () => {
  await withTable(async (pool) => {
    const transaction = new sql.Transaction(pool);
    await assertRejects(async () => {
      await transaction.begin(sql.ISOLATION_LEVEL.SNAPSHOT);
      await rows(transaction, statuses);
    });
    assertEquals(await value(pool, "SELECT COUNT(*) FROM r"), 3);
  });
});

Deno.test("a SERIALIZABLE SQL Server transaction keeps others from changing what it has read", async () => {
  await withTable(async (pool) => {
    const transaction = new sql.Transaction(pool);
    await transaction.begin(sql.ISOLATION_LEVEL.SERIALIZABLE);
    assertEquals(await value(transaction, "SELECT COUNT(*) FROM r"), 3);
    assertEquals((await errorOf(pool, "SET LOCK_TIMEOUT 20; INSERT INTO r VALUES (9, 'NEW')")).number, 1222);
    assertEquals(await value(transaction, "SELECT COUNT(*) FROM r"), 3);
    await transaction.commit();
  });
});
