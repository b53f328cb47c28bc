// SQL Server's types both ways through npm:mssql: columns, parameters, and the text CONVERT makes of them.
// @ts-types="@types/mssql"
import sql from "mssql";
import { assertEquals } from "@std/assert";
import { errorOf, rows, value, withSql } from "../support/sqlserver.ts";

const table = `CREATE TABLE v (
  id int IDENTITY(1,1) NOT NULL CONSTRAINT PK_v PRIMARY KEY,
  big bigint NULL, small smallint NULL, tiny tinyint NULL, flag bit NULL,
  price decimal(18,2) NULL, wide decimal(38,10) NULL, f float NULL, r real NULL,
  d date NULL, dt datetime NULL, dt2 datetime2(7) NULL, t time(3) NULL, sdt smalldatetime NULL,
  code varchar(50) NULL, vn varchar(50) COLLATE Vietnamese_CI_AS NULL, fixed char(5) NULL,
  name nvarchar(50) NULL, notes nvarchar(max) NULL, old varchar(max) NULL, g uniqueidentifier NULL
)`;

Deno.test("SQL Server keeps the numbers it is given, to the last digit", async () => {
  await withSql(async ({ pool }) => {
    await rows(pool, table);
    await rows(
      pool,
      "INSERT INTO v (big, small, tiny, flag, price, wide, f, r) VALUES (@big, @small, @tiny, @flag, @price, @wide, @f, @r)",
      {
        big: [sql.BigInt, "9223372036854775807"],
        small: [sql.SmallInt, -32768],
        tiny: [sql.TinyInt, 255],
        flag: [sql.Bit, true],
        price: [sql.Decimal(18, 2), 12.5],
        wide: [sql.Decimal(38, 10), 0.1],
        f: [sql.Float, 1.7976931348623157e308],
        r: [sql.Real, 0.5],
      },
    );
    const [row] = await rows(
      pool,
      "SELECT big, small, tiny, flag, price, f, r, CONVERT(varchar(40), wide) AS wide FROM v",
    );
    assertEquals(row, {
      big: "9223372036854775807",
      small: -32768,
      tiny: 255,
      flag: true,
      price: 12.5,
      f: 1.7976931348623157e308,
      r: 0.5,
      wide: "0.1000000000",
    });
  });
});

Deno.test("SQL Server prints a decimal with its scale and keeps one that no double holds", async () => {
  await withSql(async ({ pool }) => {
    await rows(pool, table);
    await rows(
      pool,
      "INSERT INTO v (price) VALUES (12.5), (9007199254740993.25), (-0.05), (CONVERT(decimal(18,2), @text))",
      {
        text: [sql.VarChar(30), "1234567890123456.78"],
      },
    );
    const printed = await rows(pool, "SELECT CONVERT(varchar(40), price) AS p FROM v ORDER BY price");
    assertEquals(printed.map((row) => row.p), [
      "-0.05",
      "12.50",
      "1234567890123456.78",
      "9007199254740993.25",
    ]);
    assertEquals(await value(pool, "SELECT CONVERT(varchar(50), SUM(price)) FROM v"), "10241767144864462.48");
    assertEquals(await value(pool, "SELECT COUNT(*) FROM v WHERE price = 9007199254740993.25"), 1);
    assertEquals(await value(pool, "SELECT COUNT(*) FROM v WHERE price > 9007199254740993.24"), 1);
  });
});

Deno.test("SQL Server rounds a decimal to its scale and refuses one too large with 8115", async () => {
  await withSql(async ({ pool }) => {
    assertEquals(await value(pool, "SELECT CONVERT(varchar(20), CAST(1.005 AS decimal(5,2)))"), "1.01");
    assertEquals(await value(pool, "SELECT CONVERT(varchar(20), CAST(-1.005 AS decimal(5,2)))"), "-1.01");
    const error = await errorOf(pool, "SELECT CAST(123456 AS decimal(5,2))");
    assertEquals(error, {
      number: 8115,
      severity: 16,
      message: "Arithmetic overflow error converting int to data type numeric.",
    });
  });
});

Deno.test("SQL Server gives dates and times as they went in", async () => {
  await withSql(async ({ pool }) => {
    await rows(pool, table);
    const at = new Date("2024-02-29T15:04:05.123Z");
    await rows(pool, "INSERT INTO v (d, dt, dt2, t, sdt) VALUES (@at, @at, @at2, @at2, @at)", {
      at: [sql.DateTime, at],
      at2: [sql.DateTime2(7), at],
    });
    const [row] = await rows(
      pool,
      `SELECT d, dt2, CONVERT(varchar(33), d, 126) AS d126, CONVERT(varchar(33), dt, 126) AS dt126, CONVERT(char(8), dt, 112) AS dt112,
        CONVERT(varchar(33), dt2, 126) AS dt2126, CONVERT(varchar(33), t) AS t, CONVERT(varchar(33), sdt, 120) AS sdt FROM v`,
    );
    assertEquals(row, {
      d: new Date("2024-02-29T00:00:00.000Z"),
      dt2: at,
      d126: "2024-02-29",
      dt126: "2024-02-29T15:04:05.123",
      dt112: "20240229",
      dt2126: "2024-02-29T15:04:05.1230000",
      t: "15:04:05.123",
      sdt: "2024-02-29 15:04:00",
    });
  });
});

Deno.test("SQL Server's DATETIME counts in 1/300 s and style 126 leaves out milliseconds that are zero", async () => {
  await withSql(async ({ pool }) => {
    const printed = async (text: string) =>
      await value(pool, `SELECT CONVERT(varchar(33), CAST('${text}' AS datetime), 126)`);
    assertEquals(await printed("2024-01-01 00:00:00.001"), "2024-01-01T00:00:00");
    assertEquals(await printed("2024-01-01 00:00:00.002"), "2024-01-01T00:00:00.003");
    assertEquals(await printed("2024-01-01 00:00:00.005"), "2024-01-01T00:00:00.007");
    assertEquals(await printed("2024-01-01 23:59:59.999"), "2024-01-02T00:00:00");
    assertEquals(await printed("20240101"), "2024-01-01T00:00:00");
  });
});

Deno.test("SQL Server prints dates in the styles the product uses", async () => {
  await withSql(async ({ pool }) => {
    const at = "CAST('2024-03-05 04:06:07.890' AS datetime)";
    const style = async (n: number) => await value(pool, `SELECT CONVERT(varchar(40), ${at}, ${n})`);
    assertEquals(await style(0), "Mar  5 2024  4:06AM");
    assertEquals(await style(23), "2024-03-05");
    assertEquals(await style(103), "05/03/2024");
    assertEquals(await style(112), "20240305");
    assertEquals(await style(120), "2024-03-05 04:06:07");
    assertEquals(await style(121), "2024-03-05 04:06:07.890");
    assertEquals(await style(126), "2024-03-05T04:06:07.890");
  });
});

Deno.test("SQL Server's VARCHAR holds what its code page has; the rest becomes its nearest letter or a question mark", async () => {
  await withSql(async ({ pool }) => {
    await rows(pool, table);
    const composed = "Tiếng Việt đơn €";
    await rows(pool, "INSERT INTO v (name, code, vn, fixed) VALUES (@n, @n, @n, N'é')", {
      n: [sql.NVarChar(50), composed],
    });
    const [row] = await rows(pool, "SELECT name, code, vn, fixed FROM v");
    // Windows-1258 writes tones as marks of their own and has no letter like ế.
    assertEquals(row, { name: composed, code: "Ti?ng Vi?t don €", vn: "Ti?ng Vi?t đơn €", fixed: "é    " });
    const decomposed = "Tiê\u0301ng Viê\u0323t";
    await rows(pool, "UPDATE v SET vn = @n", { n: [sql.NVarChar(50), decomposed] });
    assertEquals(await value(pool, "SELECT vn FROM v"), decomposed);
    assertEquals(
      await value(
        pool,
        "SELECT CASE WHEN vn = N'TIẾNG VIỆT' COLLATE Vietnamese_CI_AS THEN 1 ELSE 0 END FROM v",
      ),
      1,
    );
  });
});

Deno.test("SQL Server takes 'text' for VARCHAR and N'text' for NVARCHAR", async () => {
  await withSql(async ({ pool }) => {
    assertEquals(
      await rows(pool, "SELECT N'ế' AS n, 'ế' AS v, DATALENGTH(N'ab') AS dn, DATALENGTH('ab') AS dv"),
      [
        { n: "ế", v: "?", dn: 4, dv: 2 },
      ],
    );
  });
});

Deno.test("SQL Server carries a text of 1 MB both ways", async () => {
  await withSql(async ({ pool }) => {
    await rows(pool, table);
    const text = "Đơn thuốc số ế ".repeat(70_000);
    await rows(pool, "INSERT INTO v (notes, old) VALUES (@t, @a)", {
      t: [sql.NVarChar(sql.MAX), text],
      a: [sql.VarChar(sql.MAX), "x".repeat(1_000_000)],
    });
    const [row] = await rows(pool, "SELECT notes, LEN(notes) AS n, DATALENGTH(notes) AS b, old FROM v");
    assertEquals(row?.notes === text, true);
    assertEquals([row?.n, row?.b], ["1049999", "2100000"]);
    assertEquals(String(row?.old).length, 1_000_000);
  });
});

Deno.test("SQL Server gives NULL for every type that was given none", async () => {
  await withSql(async ({ pool }) => {
    await rows(pool, table);
    await rows(pool, "INSERT INTO v DEFAULT VALUES");
    const [row] = await rows(pool, "SELECT * FROM v");
    const { id, ...others } = row ?? {};
    assertEquals(id, 1);
    assertEquals(new Set(Object.values(others)), new Set([null]));
    assertEquals(Object.keys(others).length, 20);
  });
});

Deno.test("SQL Server tells the types of its columns", async () => {
  await withSql(async ({ pool }) => {
    await rows(pool, table);
    const { recordset } = await pool.request().query(
      "SELECT id, big, price, d, dt, code, name, notes, g FROM v",
    );
    const types = Object.values(recordset.columns).map((column) => [
      column.name,
      (column.type as unknown as { declaration: string }).declaration,
      column.length ?? null,
    ]);
    // Lengths are in bytes.
    assertEquals(types, [
      ["id", "int", 4],
      ["big", "bigint", 8],
      ["price", "decimal", 9],
      ["d", "date", null],
      ["dt", "datetime", 8],
      ["code", "varchar", 50],
      ["name", "nvarchar", 100],
      ["notes", "nvarchar", 65535],
      ["g", "uniqueidentifier", 16],
    ]);
  });
});

Deno.test("SQL Server converts parameters to what their column is compared as", async () => {
  await withSql(async ({ pool }) => {
    await rows(pool, "CREATE TABLE k (id int NOT NULL PRIMARY KEY, code varchar(20) NOT NULL)");
    await rows(pool, "INSERT INTO k VALUES (1, 'A'), (2, 'b ')");
    assertEquals(await value(pool, "SELECT code FROM k WHERE id = @id", { id: [sql.BigInt, "2"] }), "b ");
    assertEquals(
      await value(pool, "SELECT code FROM k WHERE id = @id", { id: [sql.NVarChar(10), "1"] }),
      "A",
    );
    assertEquals(await value(pool, "SELECT id FROM k WHERE code = @c", { c: [sql.NVarChar(10), "B"] }), 2);
    assertEquals(
      (await errorOf(pool, "SELECT 1 FROM k WHERE id = @c", { c: [sql.VarChar(10), "x"] })).number,
      245,
    );
  });
});
