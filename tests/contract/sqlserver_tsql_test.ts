// The T-SQL besides plain queries: JSON, changes, batches, the catalogue, prepared statements, and the refusal by name of what is not known.
// @ts-types="@types/mssql"
import sql from "mssql";
import { assertEquals, assertMatch } from "@std/assert";
import { errorOf, rows, shopTables, value, withSql, withStandIn, withTables } from "../support/sqlserver.ts";

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
    await pool.request().batch(shopTables);
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
