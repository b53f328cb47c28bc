// What the SQL Server stand-in does around SQLite rather than in it: text made of a result's columns, rows as they were before an UPDATE.
import { assertEquals } from "@std/assert";
import { errorOf, rows, withSql } from "../support/sqlserver.ts";

const tables = [
  `CREATE TABLE parent (id int NOT NULL CONSTRAINT PK_parent PRIMARY KEY, code varchar(10) NOT NULL CONSTRAINT UQ_parent UNIQUE,
    price decimal(18,2) NULL CONSTRAINT CK_parent CHECK (price < 1000), bought date NULL, note nvarchar(max) NULL)`,
  `CREATE TABLE child (id int NOT NULL CONSTRAINT PK_child PRIMARY KEY, parent int NULL CONSTRAINT FK_child REFERENCES parent (id),
    code varchar(5) NULL)`,
  `INSERT INTO parent (id, code, price, bought, note) VALUES (1, 'A', 9, '2024-01-31', N'một'), (2, 'B', 10, NULL, NULL), (3, 'C', NULL, '2024-12-01', N'ba')`,
  "INSERT INTO child (id, parent, code) VALUES (1, 1, 'x'), (2, NULL, NULL)",
];

async function withTables(test: (pool: Parameters<typeof rows>[0]) => Promise<void>): Promise<void> {
  await withSql(async ({ pool }) => {
    for (const text of tables) await rows(pool, text);
    await test(pool);
  });
}

Deno.test("SQL Server orders, cuts off, groups and tells apart by the text it made of a column", async () => {
  await withTables(async (pool) => {
    const all =
      "SELECT CONVERT(varchar(10), price) AS p, CONVERT(nvarchar(33), bought, 126) AS d FROM parent";
    assertEquals(await rows(pool, `${all} ORDER BY p DESC`), [
      { p: "9.00", d: "2024-01-31" },
      { p: "10.00", d: null },
      { p: null, d: "2024-12-01" },
    ]);
    assertEquals(
      await rows(pool, "SELECT TOP (1) CONVERT(varchar(10), id) AS i FROM parent ORDER BY id DESC"),
      [{ i: "3" }],
    );
    assertEquals(
      await rows(
        pool,
        "SELECT CONVERT(char(4), bought, 112) AS y, COUNT(*) AS n FROM parent GROUP BY CONVERT(char(4), bought, 112) ORDER BY y",
      ),
      [{ y: null, n: 1 }, { y: "2024", n: 2 }],
    );
    assertEquals(
      await rows(pool, "SELECT DISTINCT CONVERT(varchar(4), bought, 112) AS y FROM parent ORDER BY y DESC"),
      [
        { y: "2024" },
        { y: null },
      ],
    );
    assertEquals(
      await rows(
        pool,
        "DECLARE @p varchar(10); SELECT @p = CONVERT(varchar(10), price) FROM parent WHERE id = 1; SELECT @p AS p",
      ),
      [{ p: "9.00" }],
    );
  });
});

Deno.test("SQL Server refuses a number that its text has no room for, with 8115, and sends no row before it", async () => {
  await withTables(async (pool) => {
    const error = await errorOf(pool, "SELECT CONVERT(nvarchar(4), price) AS p FROM parent ORDER BY id");
    assertEquals([error.number, error.message], [
      8115,
      "Arithmetic overflow error converting numeric to data type nvarchar.",
    ]);
    assertEquals(await rows(pool, "SELECT TRY_CONVERT(nvarchar(4), price) AS p FROM parent ORDER BY id"), [
      { p: "9.00" },
      { p: null },
      { p: null },
    ]);
  });
});

Deno.test("SQL Server's OUTPUT of an UPDATE has every column of the row before and after it", async () => {
  await withTables(async (pool) => {
    const set =
      "UPDATE parent SET price = price + 1 OUTPUT deleted.note, deleted.price AS before, inserted.price AS after";
    assertEquals(await rows(pool, `${set}, inserted.code, inserted.bought WHERE id = 3`), [
      { note: "ba", before: null, after: null, code: "C", bought: new Date("2024-12-01T00:00:00Z") },
    ]);
    assertEquals(await rows(pool, `${set} WHERE id = 1`), [{ note: "một", before: 9, after: 10 }]);
    await rows(pool, "UPDATE parent SET price = 11 WHERE id = 1");
    assertEquals(await rows(pool, "SELECT * FROM parent WHERE id = 1"), [
      { id: 1, code: "A", price: 11, bought: new Date("2024-01-31T00:00:00Z"), note: "một" },
    ]);
  });
});

Deno.test("SQL Server looks at the rules an UPDATE touches, and not at what it leaves as it is", async () => {
  await withTables(async (pool) => {
    const refused = async (text: string) => (await errorOf(pool, text)).number;
    assertEquals(await refused("UPDATE parent SET code = 'b' WHERE id = 1"), 2627);
    assertEquals(await refused("UPDATE parent SET code = NULL WHERE id = 1"), 515);
    assertEquals(await refused("UPDATE parent SET price = 1000 WHERE id = 1"), 547);
    assertEquals(await refused("UPDATE parent SET id = 9 WHERE id = 1"), 547);
    assertEquals(await refused("UPDATE child SET parent = 9 WHERE id = 1"), 547);
    assertEquals(
      await refused(
        "UPDATE child SET code = parent.note + N'  ...' FROM child JOIN parent ON parent.id = child.parent",
      ),
      2628,
    );
    await rows(pool, "UPDATE parent SET id = 9 WHERE id = 3");
    await rows(pool, "UPDATE child SET parent = 9, code = 12345");
    assertEquals(await rows(pool, "SELECT parent, code FROM child"), [
      { parent: 9, code: "12345" },
      { parent: 9, code: "12345" },
    ]);
  });
});

Deno.test("SQL Server's OPENJSON of one column gives each element as the column's type, NULL for what is null", async () => {
  await withTables(async (pool) => {
    const keys = `OPENJSON('["1", 3, null, "1"]') WITH (id int '$') AS k`;
    assertEquals(
      await rows(pool, `SELECT k.id AS k, p.code FROM ${keys} LEFT JOIN parent AS p ON p.id = k.id`),
      [
        { k: 1, code: "A" },
        { k: 3, code: "C" },
        { k: null, code: null },
        { k: 1, code: "A" },
      ],
    );
    assertEquals(
      await rows(
        pool,
        `SELECT v FROM OPENJSON('[12345678901234567890.5, "0.1"]') WITH (v decimal(38,2) '$') AS k ORDER BY v`,
      ),
      [{ v: 0.1 }, { v: 12345678901234567000 }],
    );
  });
});
