// SQL Server's errors through npm:mssql: their numbers and words, and what they mean for the rest of a batch.
// @ts-types="@types/mssql"
import sql from "mssql";
import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { errorOf, rows, value, withPool, withSql } from "../support/sqlserver.ts";

const tables = `
CREATE TABLE parent (id int NOT NULL CONSTRAINT PK_parent PRIMARY KEY, code varchar(5) NOT NULL CONSTRAINT UQ_parent_code UNIQUE);
CREATE TABLE child (
  id int IDENTITY(1,1) NOT NULL CONSTRAINT PK_child PRIMARY KEY,
  parent_id int NULL CONSTRAINT FK_child_parent FOREIGN KEY REFERENCES parent (id),
  name nvarchar(4) NULL,
  n int NULL CONSTRAINT CK_child_n CHECK (n > 0)
);
CREATE UNIQUE INDEX UX_child_name ON child (name);
INSERT INTO parent VALUES (1, 'A'), (2, 'B');
INSERT INTO child (parent_id, name, n) VALUES (1, N'một', 1);`;

async function withTables(test: (pool: sql.ConnectionPool) => Promise<void>): Promise<void> {
  await withSql(async ({ pool }) => {
    await pool.request().batch(tables);
    await test(pool);
  });
}

Deno.test("SQL Server says which object or column it does not find", async () => {
  await withTables(async (pool) => {
    assertEquals(await errorOf(pool, "SELECT * FROM nowhere"), {
      number: 208,
      severity: 16,
      message: "Invalid object name 'nowhere'.",
    });
    assertEquals(
      (await errorOf(pool, "SELECT * FROM dbo.nowhere")).message,
      "Invalid object name 'dbo.nowhere'.",
    );
    assertEquals(await errorOf(pool, "SELECT nothing FROM parent"), {
      number: 207,
      severity: 16,
      message: "Invalid column name 'nothing'.",
    });
    assertEquals((await errorOf(pool, "SELECT x.id FROM parent AS p")).number, 4104);
    assertEquals((await errorOf(pool, "SELECT id FROM parent AS p CROSS JOIN child AS c")).number, 209);
    assertEquals((await errorOf(pool, "SELECT @nothing")).number, 137);
  });
});

Deno.test("SQL Server names the place where text is no T-SQL", async () => {
  await withTables(async (pool) => {
    assertEquals((await errorOf(pool, "SELECT 1 +")).number, 102);
    assertEquals(await errorOf(pool, "SELECT * FORM parent"), {
      number: 102,
      severity: 15,
      message: "Incorrect syntax near 'FORM'.",
    });
    assertEquals(await errorOf(pool, "SELECT FROM parent"), {
      number: 156,
      severity: 15,
      message: "Incorrect syntax near the keyword 'FROM'.",
    });
    assertEquals((await errorOf(pool, "SELECT 'open")).number, 105);
    assertEquals((await errorOf(pool, "SELECT nosuch(1)")).number, 195);
    assertEquals((await errorOf(pool, "sp_nothing")).number, 2812);
  });
});

Deno.test("SQL Server refuses a row that breaks a rule of its table, by the rule's name", async () => {
  await withTables(async (pool) => {
    const broken = async (text: string) => {
      const { number, message } = await errorOf(pool, text);
      return `${number} ${message}`;
    };
    assertMatch(
      await broken("INSERT INTO parent (id) VALUES (3)"),
      /^515 Cannot insert the value NULL into column 'code', table '.*\.dbo\.parent'; column does not allow nulls\. INSERT fails\.$/,
    );
    assertMatch(await broken("UPDATE parent SET code = NULL"), /^515 .* UPDATE fails\.$/);
    assertEquals(
      await broken("INSERT INTO parent VALUES (1, 'C')"),
      "2627 Violation of PRIMARY KEY constraint 'PK_parent'. Cannot insert duplicate key in object 'dbo.parent'. The duplicate key value is (1).",
    );
    assertEquals(
      await broken("INSERT INTO parent VALUES (3, 'a ')"),
      "2627 Violation of UNIQUE KEY constraint 'UQ_parent_code'. Cannot insert duplicate key in object 'dbo.parent'. The duplicate key value is (a ).",
    );
    assertEquals(
      await broken("INSERT INTO child (name) VALUES (N'MỘT')"),
      "2601 Cannot insert duplicate key row in object 'dbo.child' with unique index 'UX_child_name'. The duplicate key value is (MỘT).",
    );
    assertMatch(
      await broken("INSERT INTO child (parent_id, name) VALUES (9, N'hai')"),
      /^547 The INSERT statement conflicted with the FOREIGN KEY constraint "FK_child_parent"\. The conflict occurred in database ".*", table "dbo\.parent", column 'id'\.$/,
    );
    assertMatch(
      await broken("DELETE FROM parent WHERE id = 1"),
      /^547 The DELETE statement conflicted with the REFERENCE constraint "FK_child_parent"\. The conflict occurred in database ".*", table "dbo\.child", column 'parent_id'\.$/,
    );
    assertMatch(
      await broken("UPDATE child SET n = 0"),
      /^547 The UPDATE statement conflicted with the CHECK constraint "CK_child_n"\. The conflict occurred in database ".*", table "dbo\.child", column 'n'\.$/,
    );
    assertEquals(await rows(pool, "SELECT COUNT(*) AS n, MAX(n) AS m FROM child"), [{ n: 1, m: 1 }]);
  });
});

Deno.test("SQL Server refuses a text too long for its column and cuts one for a variable", async () => {
  await withTables(async (pool) => {
    const { number, message } = await errorOf(pool, "UPDATE child SET name = N'ba bốn'");
    assertEquals(number, 2628);
    assertMatch(message, /in table '.*\.dbo\.child', column 'name'\. Truncated value: 'ba b'\.$/);
    await rows(pool, "UPDATE child SET name = N'ba    '");
    assertEquals(await value(pool, "SELECT CONCAT('[', name, ']') FROM child"), "[ba  ]");
    assertEquals(await value(pool, "DECLARE @x varchar(3) = 'abcdef'; SELECT @x"), "abc");
  });
});

Deno.test("SQL Server says what it could not convert", async () => {
  await withTables(async (pool) => {
    const numberOf = async (expression: string) => (await errorOf(pool, `SELECT ${expression}`)).number;
    assertEquals(
      (await errorOf(pool, "SELECT CAST('abc' AS int)")).message,
      "Conversion failed when converting the varchar value 'abc' to data type int.",
    );
    assertEquals(await numberOf("CAST('abc' AS int)"), 245);
    assertEquals(await numberOf("CAST('abc' AS bigint)"), 8114);
    assertEquals(await numberOf("CAST('abc' AS decimal(5,2))"), 8114);
    assertEquals(await numberOf("CAST('99999999999' AS int)"), 248);
    assertEquals(await numberOf("CAST('2024-13-01' AS date)"), 241);
    assertEquals(await numberOf("CAST('2024-02-30' AS datetime)"), 242);
    assertEquals(await numberOf("CAST('soon' AS datetime)"), 241);
    assertEquals(await numberOf("CAST(3000000000 AS int)"), 8115);
    assertEquals(await numberOf("CAST(300 AS tinyint)"), 220);
    assertEquals(await numberOf("2147483647 + 1"), 8115);
    assertEquals(await numberOf("1 / 0"), 8134);
    assertEquals(await value(pool, "SELECT TRY_CONVERT(int, 'abc')"), null);
  });
});

Deno.test("SQL Server refuses to compare texts whose collations do not agree", async () => {
  await withSql(async ({ pool }) => {
    await pool.request().batch(
      "CREATE TABLE a (x varchar(9) COLLATE Vietnamese_CI_AS); CREATE TABLE b (x varchar(9) COLLATE Latin1_General_CI_AS);",
    );
    const { number, message } = await errorOf(pool, "SELECT 1 FROM a JOIN b ON a.x = b.x");
    assertEquals(number, 468);
    assertStringIncludes(message, "in the equal to operation");
    assertEquals(await rows(pool, "SELECT 1 AS n FROM a JOIN b ON a.x = b.x COLLATE DATABASE_DEFAULT"), []);
  });
});

Deno.test("SQL Server goes on with a batch after an error of one statement", async () => {
  await withTables(async (pool) => {
    const batch = "INSERT INTO parent VALUES (1, 'X'); INSERT INTO parent VALUES (5, 'E');";
    assertEquals((await errorOf(pool, batch)).number, 2627);
    assertEquals(await value(pool, "SELECT COUNT(*) FROM parent WHERE id = 5"), 1);
  });
});

Deno.test("SQL Server ends a batch and its transaction after a failed conversion", async () => {
  await withTables(async (pool) => {
    const batch =
      "BEGIN TRAN; INSERT INTO parent VALUES (6, 'F'); SELECT CAST('x' AS int); INSERT INTO parent VALUES (7, 'G'); COMMIT;";
    assertEquals((await errorOf(pool, batch)).number, 245);
    assertEquals(await rows(pool, "SELECT @@TRANCOUNT AS t, COUNT(*) AS n FROM parent WHERE id > 5"), [{
      t: 0,
      n: 0,
    }]);
  });
});

Deno.test("SQL Server with XACT_ABORT ends everything after any error", async () => {
  await withTables(async (pool) => {
    const batch =
      "SET XACT_ABORT ON; BEGIN TRAN; INSERT INTO parent VALUES (8, 'H'); INSERT INTO parent VALUES (1, 'X'); COMMIT; SELECT 1";
    assertEquals((await errorOf(pool, batch)).number, 2627);
    assertEquals(await value(pool, "SELECT COUNT(*) FROM parent WHERE id = 8"), 0);
  });
});

Deno.test("SQL Server hands an error to CATCH and can throw it again", async () => {
  await withTables(async (pool) => {
    const batch = (handler: string) =>
      `BEGIN TRY INSERT INTO parent VALUES (1, 'X'); END TRY BEGIN CATCH ${handler} END CATCH`;
    assertEquals(await rows(pool, batch("SELECT ERROR_NUMBER() AS n, ERROR_SEVERITY() AS s")), [{
      n: 2627,
      s: 14,
    }]);
    assertEquals((await errorOf(pool, batch("THROW;"))).number, 2627);
    assertEquals(await errorOf(pool, batch("THROW 50001, N'Không được', 1;")), {
      number: 50001,
      severity: 16,
      message: "Không được",
    });
  });
});

Deno.test("SQL Server changes nothing by a statement that fails halfway", async () => {
  await withTables(async (pool) => {
    assertEquals(
      (await errorOf(pool, "INSERT INTO parent VALUES (10, 'J'), (11, 'K'), (1, 'X')")).number,
      2627,
    );
    assertEquals(await value(pool, "SELECT COUNT(*) FROM parent"), 2);
    assertEquals((await errorOf(pool, "UPDATE parent SET code = 'Z'")).number, 2627);
    assertEquals((await rows(pool, "SELECT code FROM parent ORDER BY id")).map((row) => row.code), [
      "A",
      "B",
    ]);
  });
});

Deno.test("SQL Server lets nobody in with a wrong password or to a database it does not have", async () => {
  await withSql(async ({ config }) => {
    const refused = async (change: Partial<sql.config>) => {
      const error = await assertRejects(() => withPool({ ...config, ...change }, () => Promise.resolve()));
      return error instanceof sql.ConnectionError ? `${error.code} ${error.message}` : String(error);
    };
    assertEquals(await refused({ password: "wrong" }), `ELOGIN Login failed for user '${config.user}'.`);
    assertMatch(
      await refused({ database: "nowhere" }),
      /^ELOGIN (Login failed|Cannot open database "nowhere")/,
    );
  });
});
