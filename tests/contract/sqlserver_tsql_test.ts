// The T-SQL that is understood, and the refusal by name of what is not.
// @ts-types="@types/mssql"
import sql from "mssql";
import { assertEquals, assertMatch } from "@std/assert";
import { errorOf, rows, value, withSql, withStandIn } from "../support/sqlserver.ts";

const tables = `
CREATE TABLE shop (code varchar(10) NOT NULL CONSTRAINT PK_shop PRIMARY KEY, name nvarchar(50) NULL);
CREATE TABLE sale (id int IDENTITY(1,1) CONSTRAINT PK_sale PRIMARY KEY, shop varchar(10) NOT NULL, amount decimal(9,2) NULL, sold date NOT NULL);
INSERT INTO shop VALUES ('A', N'An Khang'), ('B', N'Bình An'), ('C', NULL);
INSERT INTO sale (shop, amount, sold) VALUES ('A', 10.50, '2024-01-01'), ('a', 2, '2024-01-02'), ('B', NULL, '2024-01-03'), ('X', 7.25, '2024-01-04');`;

async function withTables(test: (pool: sql.ConnectionPool) => Promise<void>): Promise<void> {
  await withSql(async ({ pool }) => {
    await pool.request().batch(tables);
    await test(pool);
  });
}

Deno.test("T-SQL joins keep, lose or fill rows as their kind says", async () => {
  await withTables(async (pool) => {
    assertEquals(
      await rows(
        pool,
        "SELECT s.id, h.name FROM sale s INNER JOIN shop AS h ON h.code = s.shop ORDER BY s.id",
      ),
      [
        { id: 1, name: "An Khang" },
        { id: 2, name: "An Khang" },
        { id: 3, name: "Bình An" },
      ],
    );
    assertEquals(
      await rows(
        pool,
        "SELECT h.code, s.id FROM shop h LEFT JOIN sale s ON s.shop = h.code AND s.amount > 5 ORDER BY h.code",
      ),
      [
        { code: "A", id: 1 },
        { code: "B", id: null },
        { code: "C", id: null },
      ],
    );
    assertEquals(await value(pool, "SELECT COUNT(*) FROM sale CROSS JOIN shop"), 12);
    assertEquals(
      await value(pool, "SELECT COUNT(*) FROM sale s FULL OUTER JOIN shop h ON h.code = s.shop"),
      5,
    );
    assertEquals(await value(pool, "SELECT COUNT(*) FROM sale, shop WHERE shop.code = sale.shop"), 3);
  });
});

Deno.test("T-SQL groups texts that are equal and refuses a column that is not grouped", async () => {
  await withTables(async (pool) => {
    assertEquals(
      await rows(
        pool,
        "SELECT UPPER(shop) AS shop, COUNT(*) AS n, SUM(amount) AS total, AVG(amount) AS mean, MIN(sold) AS first FROM sale GROUP BY UPPER(shop) HAVING COUNT(*) > 1",
      ),
      [{ shop: "A", n: 2, total: 12.5, mean: 6.25, first: new Date("2024-01-01") }],
    );
    assertEquals(
      (await rows(pool, "SELECT shop, COUNT(amount) AS n FROM sale GROUP BY shop ORDER BY n DESC, shop")).map(
        (row) => row.n,
      ),
      [2, 1, 0],
    );
    const { number, message } = await errorOf(pool, "SELECT id, COUNT(*) FROM sale GROUP BY shop");
    assertEquals(number, 8120);
    assertMatch(message, /^Column '(sale\.)?id' is invalid in the select list/);
    assertEquals((await errorOf(pool, "SELECT id FROM sale WHERE SUM(amount) > 1")).number, 147);
  });
});

Deno.test("T-SQL compares without case and without blanks at the end, but with accents", async () => {
  await withSql(async ({ pool }) => {
    const equal = async (a: string, b: string) =>
      await value(pool, `SELECT CASE WHEN ${a} = ${b} THEN 1 ELSE 0 END`);
    assertEquals(await equal("'abc'", "'ABC  '"), 1);
    assertEquals(await equal("N'ĐƠN'", "N'đơn'"), 1);
    assertEquals(await equal("N'don'", "N'đơn'"), 0);
    assertEquals(await equal("N'ế'", "N'ê\u0301'"), 1);
    assertEquals(await equal("' a'", "'a'"), 0);
    assertEquals(await equal("'a_b'", "'ab'"), 0);
    assertEquals(await equal("'abc'", "'ABC' COLLATE Latin1_General_BIN2"), 0);
    assertEquals(await equal("N'ế'", "N'e' COLLATE Latin1_General_CI_AI"), 1);
  });
});

Deno.test("T-SQL's NULL is neither equal nor different", async () => {
  await withTables(async (pool) => {
    assertEquals(await value(pool, "SELECT COUNT(*) FROM sale WHERE amount <> 10.50"), 2);
    assertEquals(await value(pool, "SELECT COUNT(*) FROM sale WHERE amount IS NULL"), 1);
    assertEquals(await value(pool, "SELECT COUNT(*) FROM sale WHERE shop NOT IN ('A', NULL)"), 0);
    assertEquals(await value(pool, "SELECT COUNT(*) FROM sale WHERE NOT (amount > 1)"), 0);
    assertEquals(
      await rows(
        pool,
        "SELECT ISNULL(NULL, 'x') AS a, COALESCE(NULL, 2, 3) AS b, NULLIF(1, 1) AS c, CONCAT('a', NULL, 1) AS d, 'a' + NULL AS e",
      ),
      [
        { a: "x", b: 2, c: null, d: "a1", e: null },
      ],
    );
  });
});

Deno.test("T-SQL takes a page with TOP, a parameter, or OFFSET and FETCH", async () => {
  await withTables(async (pool) => {
    const ids = async (text: string) => (await rows(pool, text, { n: [sql.Int, 2] })).map((row) => row.id);
    assertEquals(await ids("SELECT TOP (@n) id FROM sale ORDER BY id DESC"), [4, 3]);
    assertEquals(await ids("SELECT TOP 1 id FROM sale ORDER BY sold"), [1]);
    assertEquals(await ids("SELECT id FROM sale ORDER BY id OFFSET 1 ROWS FETCH NEXT @n ROWS ONLY"), [2, 3]);
    // A name with its table is the column, even where the list has an alias of that name.
    assertEquals(await ids("SELECT -s.id AS id FROM sale s ORDER BY s.id"), [-1, -2, -3, -4]);
    assertEquals(await ids("SELECT -s.id AS id FROM sale s ORDER BY id"), [-4, -3, -2, -1]);
  });
});

Deno.test("T-SQL knows DISTINCT, UNION, subqueries, EXISTS and common table expressions", async () => {
  await withTables(async (pool) => {
    assertEquals(await value(pool, "SELECT COUNT(DISTINCT shop) FROM sale"), 3);
    assertEquals(
      (await rows(pool, "SELECT DISTINCT UPPER(shop) AS s FROM sale ORDER BY s DESC")).map((row) => row.s),
      ["X", "B", "A"],
    );
    assertEquals(
      (await rows(pool, "SELECT 'a' AS x UNION SELECT 'A' UNION ALL SELECT 'b' ORDER BY x DESC")).length,
      2,
    );
    assertEquals(
      await value(
        pool,
        "SELECT name FROM shop h WHERE EXISTS (SELECT 1 FROM sale s WHERE s.shop = h.code AND s.amount IS NULL)",
      ),
      "Bình An",
    );
    assertEquals(
      await value(
        pool,
        "SELECT (SELECT COUNT(*) FROM sale s WHERE s.shop = h.code) FROM shop h WHERE code = 'A'",
      ),
      2,
    );
    assertEquals(
      await value(
        pool,
        "WITH big AS (SELECT * FROM sale WHERE amount > 5), n (total) AS (SELECT SUM(amount) FROM big) SELECT total FROM n",
      ),
      17.75,
    );
    assertEquals((await errorOf(pool, "SELECT (SELECT id FROM sale)")).number, 512);
    assertEquals((await errorOf(pool, "SELECT * FROM (SELECT id FROM sale ORDER BY id) AS t")).number, 1033);
  });
});

Deno.test("T-SQL numbers rows within their group and counts over all of them", async () => {
  await withTables(async (pool) => {
    const numbered = await rows(
      pool,
      "SELECT id, ROW_NUMBER() OVER (PARTITION BY shop ORDER BY sold DESC) AS n, COUNT(*) OVER () AS total, SUM(amount) OVER (PARTITION BY shop) AS s FROM sale ORDER BY id",
    );
    assertEquals(numbered.map((row) => [row.n, row.total, row.s]), [["2", 4, 12.5], ["1", 4, 12.5], [
      "1",
      4,
      null,
    ], ["1", 4, 7.25]]);
  });
});

Deno.test("T-SQL works with texts", async () => {
  await withSql(async ({ pool }) => {
    const [row] = await rows(
      pool,
      `SELECT LEN(N'ế  ') AS len, LEFT('abcdef', 2) AS l, RIGHT('abcdef', 2) AS r, SUBSTRING('abcdef', 2, 3) AS s, SUBSTRING('abc', 0, 2) AS s0,
        REPLACE('aXbx', 'x', '-') AS rep, UPPER(N'đơn') AS u, LOWER('ABC') AS lo, LTRIM('  a ') + '|' AS lt, RTRIM(' a  ') + '|' AS rt,
        CHARINDEX('C', 'abc') AS ci, REPLICATE('ab', 2) AS rp, CONCAT(1, '-', CAST(2.50 AS decimal(5,2))) AS c`,
    );
    assertEquals(row, {
      len: 1,
      l: "ab",
      r: "ef",
      s: "bcd",
      s0: "a",
      rep: "a-b-",
      u: "ĐƠN",
      lo: "abc",
      lt: "a |",
      rt: " a|",
      ci: 3,
      rp: "abab",
      c: "1-2.50",
    });
  });
});

Deno.test("T-SQL's LIKE knows its signs", async () => {
  await withSql(async ({ pool }) => {
    const like = async (text: string, pattern: string) =>
      await value(pool, `SELECT CASE WHEN ${text} LIKE ${pattern} THEN 1 ELSE 0 END`);
    assertEquals(await like("N'Đơn thuốc'", "N'đơn%'"), 1);
    assertEquals(await like("'a1'", "'a[0-9]'"), 1);
    assertEquals(await like("'ax'", "'a[^0-9]'"), 1);
    assertEquals(await like("'a%'", "'a!%' ESCAPE '!'"), 1);
    assertEquals(await like("'ab'", "'a!%' ESCAPE '!'"), 0);
    assertEquals(await like("'a_b'", "'a[_]b'"), 1);
    assertEquals(await like("'abc'", "'a_'"), 0);
  });
});

Deno.test("T-SQL reckons with dates", async () => {
  await withSql(async ({ pool }) => {
    const [row] = await rows(
      pool,
      `SELECT CONVERT(varchar(10), DATEADD(month, 1, CAST('2024-01-31' AS date))) AS m,
        CONVERT(varchar(19), DATEADD(minute, -10, CAST('2024-01-01 00:05' AS datetime)), 120) AS mi,
        DATEDIFF(day, '2023-12-31 23:59', '2024-01-01 00:01') AS d, DATEDIFF(year, '2023-12-31', '2024-01-01') AS y,
        DATEDIFF_BIG(ms, '2000-01-01', '2024-01-01') AS ms, DATEPART(weekday, '2024-02-29') AS w, YEAR('2024-02-29') AS yy,
        CASE WHEN GETDATE() BETWEEN DATEADD(hour, -15, SYSUTCDATETIME()) AND DATEADD(hour, 15, GETUTCDATE()) THEN 1 ELSE 0 END AS now`,
    );
    assertEquals(row, {
      m: "2024-02-29",
      mi: "2023-12-31 23:55:00",
      d: 1,
      y: 1,
      ms: "757382400000",
      w: 5,
      yy: 2024,
      now: 1,
    });
  });
});

Deno.test("T-SQL reckons exactly, and keeps the types of what it reckons with", async () => {
  await withSql(async ({ pool }) => {
    const text = async (expression: string) =>
      await value(pool, `SELECT CONVERT(varchar(60), ${expression})`);
    assertEquals(await text("7 / 2"), "3");
    assertEquals(await text("-7 % 3"), "-1");
    assertEquals(await text("0.1 + 0.2"), "0.3");
    assertEquals(await text("CAST(1 AS decimal(18,2)) / 3"), "0.3333333333333");
    assertEquals(await text("CAST(12.5 AS decimal(18,2)) * CAST(3 AS decimal(18,2))"), "37.5000");
    assertEquals(await text("1e0 / 4"), "0.25");
    assertEquals(await text("ROUND(2.345, 2)"), "2.350");
    assertEquals(await text("ABS(-3) + CEILING(1.2) + FLOOR(-1.2)"), "3");
    assertEquals(await text("CAST('  42 ' AS int) + '8'"), "50");
  });
});

Deno.test("T-SQL opens JSON with typed columns, with defaults, and without", async () => {
  await withSql(async ({ pool }) => {
    const json = [
      sql.NVarChar(sql.MAX),
      '[{"id":9007199254740993,"tên":"Ạ\\n","x":{"y":[1,2]},"p":12.50,"b":true},{"id":null}]',
    ] as [
      sql.ISqlType,
      string,
    ];
    const opened = await rows(
      pool,
      `SELECT j.* FROM OPENJSON(@j) WITH (id bigint '$.id', [tên] nvarchar(20), y int '$.x.y[1]', x nvarchar(max) '$.x' AS JSON, p decimal(5,2), b bit, none int '$.none') AS j`,
      { j: json },
    );
    assertEquals(opened, [
      { id: "9007199254740993", "tên": "Ạ\n", y: 2, x: '{"y":[1,2]}', p: 12.5, b: true, none: null },
      { id: null, "tên": null, y: null, x: null, p: null, b: null, none: null },
    ]);
    assertEquals(await rows(pool, 'SELECT [key], value, type FROM OPENJSON(N\'{"a":[1],"b":null}\')'), [
      { key: "a", value: "[1]", type: 4 },
      { key: "b", value: null, type: 0 },
    ]);
    assertEquals(await rows(pool, "SELECT value FROM OPENJSON(NULL)"), []);
    assertEquals(
      await rows(
        pool,
        "SELECT s.n, j.value AS v FROM (VALUES (1, '[5,6]'), (2, '[7]')) AS s (n, t) CROSS APPLY OPENJSON(s.t) AS j",
      ),
      [
        { n: 1, v: "5" },
        { n: 1, v: "6" },
        { n: 2, v: "7" },
      ],
    );
    const { number, message } = await errorOf(pool, "SELECT * FROM OPENJSON(N'[1,x]')");
    assertEquals([number, message], [
      13609,
      "JSON text is not properly formatted. Unexpected character 'x' is found at position 3.",
    ]);
  });
});

Deno.test("T-SQL inserts, updates and deletes with FROM and OUTPUT", async () => {
  await withTables(async (pool) => {
    assertEquals(
      await rows(
        pool,
        "INSERT INTO shop OUTPUT inserted.code, inserted.name AS n VALUES ('D', DEFAULT), ('E', N'Em')",
      ),
      [
        { code: "D", n: null },
        { code: "E", n: "Em" },
      ],
    );
    assertEquals(
      await rows(
        pool,
        "UPDATE s SET s.amount = s.amount * 2, shop = h.code OUTPUT deleted.amount AS old, inserted.* FROM sale AS s JOIN shop h ON h.code = s.shop WHERE s.id <= 2",
      ),
      [
        { old: 10.5, id: 1, shop: "A", amount: 21, sold: new Date("2024-01-01") },
        { old: 2, id: 2, shop: "A", amount: 4, sold: new Date("2024-01-02") },
      ],
    );
    const result = await pool.request().query(
      "DELETE s FROM sale s WHERE NOT EXISTS (SELECT 1 FROM shop h WHERE h.code = s.shop); DELETE TOP (1) FROM sale; INSERT INTO sale (shop, sold) SELECT code, '2025-01-01' FROM shop",
    );
    assertEquals(result.rowsAffected, [1, 1, 5]);
    assertEquals(await value(pool, "SELECT CONVERT(varchar(10), SCOPE_IDENTITY())"), null);
    assertEquals(
      await value(
        pool,
        "INSERT INTO sale (shop, sold) VALUES ('A', '20250102'); SELECT CONVERT(int, SCOPE_IDENTITY())",
      ),
      10,
    );
    assertEquals(await value(pool, "UPDATE sale SET amount = 1; SELECT @@ROWCOUNT"), 8);
    await rows(pool, "TRUNCATE TABLE sale; INSERT INTO sale (shop, sold) VALUES ('A', '20250102')");
    assertEquals(await value(pool, "SELECT id FROM sale"), 1);
  });
});

Deno.test("T-SQL variables, IF, WHILE and PRINT make a batch", async () => {
  await withTables(async (pool) => {
    const printed: string[] = [];
    const request = pool.request();
    request.on("info", (info: { message: string }) => printed.push(info.message));
    const { recordset } = await request.query(`
      DECLARE @i int = 0, @total decimal(9,2);
      WHILE @i < 3 BEGIN SET @i += 1; IF @i = 2 CONTINUE; PRINT CONCAT(N'vòng ', @i); END
      SELECT @total = SUM(amount) FROM sale;
      IF EXISTS (SELECT 1 FROM shop WHERE code = 'Z') SELECT 'no' AS answer ELSE SELECT @total AS answer, @i AS i;
      IF OBJECT_ID(N'dbo.sale', N'U') IS NOT NULL AND OBJECT_ID('nothing') IS NULL RETURN;
      SELECT 'never' AS answer`);
    assertEquals([...recordset], [{ answer: 19.75, i: 3 }]);
    assertEquals(printed, ["vòng 1", "vòng 3"]);
  });
});

Deno.test("T-SQL changes tables that have rows", async () => {
  await withTables(async (pool) => {
    await rows(
      pool,
      "ALTER TABLE shop ADD active bit NOT NULL CONSTRAINT DF_shop_active DEFAULT 1, note nvarchar(20) NULL",
    );
    assertEquals(await value(pool, "SELECT COUNT(*) FROM shop WHERE active = 1 AND note IS NULL"), 3);
    assertEquals(
      (await errorOf(
        pool,
        "ALTER TABLE sale ADD CONSTRAINT FK_sale_shop FOREIGN KEY (shop) REFERENCES shop (code)",
      )).number,
      547,
    );
    await rows(pool, "DELETE FROM sale WHERE shop = 'X'");
    await rows(
      pool,
      "ALTER TABLE sale WITH CHECK ADD CONSTRAINT FK_sale_shop FOREIGN KEY (shop) REFERENCES shop (code)",
    );
    assertEquals((await errorOf(pool, "DELETE FROM shop WHERE code = 'A'")).number, 547);
    assertEquals((await errorOf(pool, "DROP TABLE shop")).number, 3726);
    await rows(
      pool,
      "CREATE INDEX IX_sale_sold ON sale (sold); DROP INDEX IX_sale_sold ON sale; DROP TABLE sale; DROP TABLE IF EXISTS sale",
    );
    assertEquals((await errorOf(pool, "SELECT * FROM sale")).number, 208);
  });
});

Deno.test("SQL Server describes its tables in sys and INFORMATION_SCHEMA", async () => {
  await withTables(async (pool) => {
    assertEquals(
      await rows(
        pool,
        `SELECT c.name, t.name AS type, c.max_length AS n, c.is_nullable AS nullable FROM sys.columns c JOIN sys.types t ON t.user_type_id = c.user_type_id
         WHERE c.object_id = OBJECT_ID(N'shop') ORDER BY c.column_id`,
      ),
      [
        { name: "code", type: "varchar", n: 10, nullable: false },
        { name: "name", type: "nvarchar", n: 100, nullable: true },
      ],
    );
    assertEquals(
      await rows(
        pool,
        "SELECT COLUMN_NAME, DATA_TYPE, NUMERIC_PRECISION AS p FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'SALE' AND IS_NULLABLE = 'YES'",
      ),
      [
        { COLUMN_NAME: "amount", DATA_TYPE: "decimal", p: 9 },
      ],
    );
    assertEquals(
      await value(
        pool,
        "SELECT i.name FROM sys.indexes i JOIN sys.tables t ON t.object_id = i.object_id WHERE t.name = 'sale' AND i.is_primary_key = 1",
      ),
      "PK_sale",
    );
  });
});

Deno.test("SQL Server says who it is", async () => {
  await withSql(async ({ pool, config }) => {
    assertEquals(await value(pool, "SELECT DB_NAME()"), config.database);
    assertMatch(String(await value(pool, "SELECT @@VERSION")), /^Microsoft SQL Server/);
    assertMatch(
      String(await value(pool, "SELECT CONVERT(varchar(20), SERVERPROPERTY('ProductVersion'))")),
      /^\d+\.\d+/,
    );
    assertEquals(await value(pool, "SELECT SUSER_SNAME()"), config.user);
  });
});

Deno.test("SQL Server runs prepared statements as often as wanted", async () => {
  await withTables(async (pool) => {
    const statement = new sql.PreparedStatement(pool);
    statement.input("code", sql.VarChar(10));
    await statement.prepare("SELECT name FROM shop WHERE code = @code");
    const name = async (code: string) => (await statement.execute({ code })).recordset[0]?.name;
    assertEquals([await name("A"), await name("b"), await name("?")], ["An Khang", "Bình An", undefined]);
    await statement.unprepare();
    const broken = new sql.PreparedStatement(pool);
    assertEquals(await broken.prepare("SELEKT").then(() => "prepared", (error) => error.number), 2812);
  });
});

Deno.test("SQL Server gives values back in output parameters", async () => {
  await withTables(async (pool) => {
    const result = await pool.request().input("code", sql.VarChar(10), "B").output("name", sql.NVarChar(50))
      .output("n", sql.Int)
      .query("SELECT @name = name FROM shop WHERE code = @code; SET @n = @@ROWCOUNT");
    assertEquals(result.output, { name: "Bình An", n: 1 });
  });
});

const refusals: Record<string, [number, string]> = {
  "MERGE shop AS t USING sale AS s ON 1 = 1 WHEN MATCHED THEN DELETE;": [40510, "MERGE"],
  "EXEC sp_who": [40510, "EXEC"],
  "SELECT * INTO copy FROM shop": [40510, "SELECT INTO"],
  "SELECT * FROM shop FOR JSON AUTO": [40510, "FOR XML / FOR JSON"],
  "SELECT TOP 10 PERCENT * FROM shop": [40510, "TOP PERCENT"],
  "SELECT * FROM shop CROSS APPLY (SELECT 1 AS x) AS y": [40510, "CROSS APPLY of anything but OPENJSON"],
  "SELECT * FROM shop EXCEPT SELECT * FROM shop": [40510, "EXCEPT"],
  "SELECT STRING_AGG(code, ',') FROM shop": [40510, "aggregate STRING_AGG"],
  "SELECT LAG(code) OVER (ORDER BY code) FROM shop": [40510, "window function LAG"],
  "CREATE VIEW v AS SELECT 1 AS x": [40510, "CREATE VIEW"],
  "CREATE TABLE #t (x int)": [40510, "temporary table"],
  "DECLARE @t TABLE (x int)": [40510, "table variable"],
  "CREATE TABLE m (x money)": [40510, "type money"],
  "SELECT * FROM shop WITH (FORCESEEK)": [40510, "table hint FORCESEEK"],
  "SELECT * FROM shop WHERE code = ANY (SELECT 'A')": [40510, "comparison with ANY"],
  "SET ROWCOUNT 5": [40510, "SET ROWCOUNT 5"],
  "SET DATEFORMAT dmy": [40510, "SET DATEFORMAT DMY"],
  "ALTER DATABASE hermes SET READ_COMMITTED_SNAPSHOT ON": [40510, "ALTER DATABASE"],
  "SELECT CONVERT(varchar(20), GETDATE(), 130)": [40510, "CONVERT style 130 for datetime"],
  "SELECT * FROM shop OPTION (RECOMPILE)": [40510, "OPTION"],
};

Deno.test("the SQL Server stand-in refuses by name what it does not know", async () => {
  await withStandIn({}, async ({ pool }) => {
    await pool.request().batch(tables);
    for (const [text, [number, construct]] of Object.entries(refusals)) {
      const error = await errorOf(pool, text);
      assertEquals([text, error.number, error.message], [
        text,
        number,
        `Statement '${construct}' is not supported by this SQL Server stand-in.`,
      ]);
    }
    assertEquals((await errorOf(pool, "SELECT * FROM shop WITH (QUICKLY)")).number, 321);
    assertEquals(await value(pool, "SELECT COUNT(*) FROM shop"), 3);
  });
});
