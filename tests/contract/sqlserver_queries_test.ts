// The T-SQL of queries: joins, groups, pages, texts, dates, numbers.
// @ts-types="@types/mssql"
import sql from "mssql";
import { assertEquals, assertMatch } from "@std/assert";
import { errorOf, rows, value, withSql, withTables } from "../support/sqlserver.ts";

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
