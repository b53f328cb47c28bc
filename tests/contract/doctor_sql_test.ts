// The doctor's statements on SQL Server: the real one when TEST_MSSQL_URL is set, else the stand-in. Both have to say the same of the product's own schema.
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { checkTable } from "../../shared/operator/doctor/check_tables.ts";
import { expectedTables } from "../../shared/operator/doctor/expected.ts";
import { readAccounts, readServer, readTable } from "../../shared/operator/doctor/read_sqlserver.ts";
import { profiles } from "../../shared/profiles.ts";
import { applySchema, rows, withSql } from "../support/sqlserver.ts";

Deno.test("the doctor's statements find the schema of profile national as it was made", () =>
  withSql(async ({ pool, config }) => {
    await applySchema(pool);
    const server = await readServer(pool);
    assert(server.compatibilityLevel >= 130);
    assertEquals([server.database, server.readOnly], [config.database, false]);
    assertAlmostEquals(server.utcNowMs, Date.now(), 60_000);
    for (const expected of expectedTables(profiles.national)) {
      const facts = await readTable(pool, expected.name);
      assertEquals(facts.rows, 0);
      const found = checkTable(expected, facts, { user: server.user, statusLength: 12 });
      assertEquals(found.map(({ name }) => name), ["table"], expected.name);
    }
  }));

Deno.test("the doctor's statements tell types, lengths, rows and indexes, and a table that is not there", () =>
  withSql(async ({ pool }) => {
    await rows(
      pool,
      "CREATE TABLE [T] ([id] bigint NOT NULL PRIMARY KEY, [n] nvarchar(20), [m] nvarchar(max), [d] decimal(9, 3))",
    );
    await rows(pool, "CREATE NONCLUSTERED INDEX [IX_n] ON [T] ([n], [d]) INCLUDE ([m])");
    await rows(pool, "INSERT INTO [T] ([id]) VALUES (1), (2)");
    const { columns, indexes, rows: count, triggers } = await readTable(pool, "T");
    assertEquals(
      columns.map((
        { name, type, length, scale, canRead, canWrite },
      ) => [name, type, length, scale, canRead, canWrite]),
      [
        ["id", "bigint", 8, 0, true, true],
        ["n", "nvarchar", 20, 0, true, true],
        ["m", "nvarchar", -1, 0, true, true],
        ["d", "decimal", 5, 3, true, true],
      ],
    );
    assertEquals(indexes.map(({ leading, disabled, filtered }) => [leading, disabled, filtered]), [
      ["id", false, false],
      ["n", false, false],
    ]);
    assertEquals([count, triggers], [2, []]);
    assertEquals((await readTable(pool, "nowhere")).columns, []);
  }));

Deno.test("the doctor's statements count accounts by shop, and find shops with pending rows and none", () =>
  withSql(async ({ pool }) => {
    await applySchema(pool);
    await rows(
      pool,
      `INSERT INTO AccountShop (shop_pharmacy_code, pharmacy_code, account, password, status)
VALUES ('A', 'p', 'one', N'secret  ', 1), ('A', 'p', 'two', N'x', 1), ('B', 'p', 'three', N'x', 0)`,
    );
    await rows(
      pool,
      `INSERT INTO PurchaseReceipts (local_receipt_id, pharmacy_code, shop_pharmacy_code, receipt_date, receipt_type, status)
VALUES ('1', 'p', 'A', GETDATE(), 1, 'PENDING_SYNC'), ('2', 'p', 'B', GETDATE(), 1, 'PENDING_SYNC'), ('3', 'p', 'C', GETDATE(), 1, 'SYNC_SUCCESS')`,
    );
    assertEquals(await readAccounts(pool, profiles.national), {
      shops: [{ shop: "A", accounts: 2, passwordLength: 8 }],
      without: ["B"],
    });
  }));
