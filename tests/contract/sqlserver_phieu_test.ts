// Profile phieu on SQL Server: its schema, and every statement of the product with its tables: text keys, a numeric status, no national
// code in invoices, columns that may all be empty.
// @ts-types="@types/mssql"
import sql from "mssql";
import { assertEquals } from "@std/assert";
import { insertSamples } from "../../dev/samples/insert.ts";
import { makeSamples } from "../../dev/samples/samples.ts";
import { splitBatches } from "../../dev/sqlserver/script.ts";
import { sampleStatements } from "../../cli/sample_statements.ts";
import { type DocumentType, documentTypes } from "../../shared/document.ts";
import { documentSpecs } from "../../shared/documents/mod.ts";
import { checkTable } from "../../shared/operator/doctor/check_tables.ts";
import { expectedTables } from "../../shared/operator/doctor/expected.ts";
import { readTable } from "../../shared/operator/doctor/read_sqlserver.ts";
import { OperatorSource } from "../../shared/operator/source.ts";
import { profiles } from "../../shared/profiles.ts";
import { SqlServerSource } from "../../shared/source.ts";
import schemaSql from "../../shared/sql/schema.phieu.sql" with { type: "text" };
import { rows, withSql } from "../support/sqlserver.ts";

const profile = profiles.phieu;

const names: Record<DocumentType, { header: string; detail: string; key: string }> = {
  phieu_nhap: { header: "PhieuNhapHeader", detail: "PhieuNhapDetail", key: "ma_phieu" },
  phieu_xuat: { header: "PhieuXuatHeader", detail: "PhieuXuatDetail", key: "ma_phieu" },
  hoa_don: { header: "HoaDonHeader", detail: "HoaDonDetail", key: "ma_hoa_don" },
};

async function withPhieu(
  test: (source: SqlServerSource, pool: sql.ConnectionPool) => Promise<void>,
  schema = schemaSql,
): Promise<void> {
  await withSql(async ({ pool }) => {
    for (const batch of splitBatches(schema)) await pool.request().batch(batch);
    await test(new SqlServerSource(() => Promise.resolve(pool), profile), pool);
  });
}

/** A header with one line, and nothing else but what is given. */
async function add(
  pool: sql.ConnectionPool,
  type: DocumentType,
  row: { key: string; facility?: string | null; status?: number; lines?: boolean },
): Promise<void> {
  const { header, detail, key } = names[type];
  await rows(
    pool,
    `INSERT INTO ${header} (${key}, ma_co_so, status_phieu) VALUES (@key, @facility, @status)`,
    {
      key: [sql.NVarChar(50), row.key],
      facility: [sql.NVarChar(50), row.facility === undefined ? "CS1" : row.facility],
      status: [sql.Int, row.status ?? 0],
    },
  );
  if (row.lines === false) return;
  await rows(pool, `INSERT INTO ${detail} (${key}, ma_thuoc) VALUES (@key, N'T1')`, {
    key: [sql.NVarChar(50), row.key],
  });
}

const all = { after: null, limit: 10, skipShops: [] };

Deno.test("the schema of profile phieu can be applied twice, and is beside that of profile national", async () => {
  await withPhieu(async (_source, pool) => {
    for (const batch of splitBatches(schemaSql)) await pool.request().batch(batch);
    const found = await rows(pool, "SELECT name FROM sys.tables ORDER BY name");
    assertEquals(found.map((row) => row.name), [
      "HoaDonDetail",
      "HoaDonHeader",
      "PhieuNhapDetail",
      "PhieuNhapHeader",
      "PhieuXuatDetail",
      "PhieuXuatHeader",
    ]);
  });
});

for (const type of documentTypes) {
  Deno.test(`SQL Server carries a ${type} of profile phieu from its row to the product and its result back`, async () => {
    await withPhieu(async (source, pool) => {
      const { header, key } = names[type];
      await add(pool, type, { key: "Đ-1" });
      await add(pool, type, { key: "A-2", status: 1 });
      await add(pool, type, { key: "Z-3", status: 2 });
      assertEquals(await source.pendingKeys(type, all), [{ key: "Đ-1", shop: "CS1" }]);
      const [document] = await source.readDocuments(type, ["Đ-1", "A-2", "none"]);
      assertEquals([document?.key, document?.shop, document?.lines.length], ["Đ-1", "CS1", 1]);
      assertEquals(document?.header[key], "Đ-1");
      const results = [
        { key: "Đ-1", status: "SYNC_SUCCESS" as const, nationalCode: "QG-1", message: "Thành công" },
        { key: "A-2", status: "SYNC_FAILED" as const, nationalCode: null, message: "lỗi" },
        { key: "Z-3", status: "SYNC_FAILED" as const, nationalCode: null, message: "lỗi khác" },
      ];
      assertEquals(await source.writeResults(type, results), 2);
      const statuses = await source.readStatuses(type, ["Đ-1", "A-2", "Z-3", "none"]);
      assertEquals(
        statuses,
        new Map([["A-2", "SYNC_SUCCESS"], ["Đ-1", "SYNC_SUCCESS"], ["Z-3", "SYNC_FAILED"]]),
      );
      assertEquals(await source.countByStatus(type), new Map([["1", 2], ["2", 1]]));
      assertEquals(await source.pendingKeys(type, all), []);
      const isInvoice = type === "hoa_don";
      const code = isInvoice ? "" : `, ma_${type}_quoc_gia AS code`;
      const [written] = await rows(
        pool,
        `SELECT status_phieu AS status, note_log AS note${code} FROM ${header} WHERE ${key} = N'Đ-1'`,
      );
      assertEquals(
        written,
        isInvoice ? { status: 1, note: "QG-1: Thành công" } : { status: 1, note: "Thành công", code: "QG-1" },
      );
    });
  });

  Deno.test(`SQL Server answers what an operator asks of a ${type} of profile phieu`, async () => {
    await withPhieu(async (_source, pool) => {
      const source = new OperatorSource(() => Promise.resolve(pool), profile, () => Date.now());
      const { header, key } = names[type];
      for (const [at, code] of ["C1", "C2", "C3"].entries()) await add(pool, type, { key: code, status: at });
      const [date, now] = type === "hoa_don" ? ["ngay_ban", "GETDATE()"] : ["dateinsert", "GETDATE()"];
      await rows(
        pool,
        `UPDATE ${header} SET ${date} = ${now}, note_log = CASE WHEN ${key} = N'C3' THEN N'lỗi' END`,
      );
      assertEquals(await source.countPending(type), { count: 1, more: false });
      assertEquals(typeof await source.oldestPendingMs(type), "number");
      assertEquals((await source.pendingRows(type, 5)).map((row) => [row.key, row.code, row.shop]), [
        ["C1", "C1", "CS1"],
      ]);
      const [found] = await source.findRows(type, "c3");
      assertEquals(
        [found?.key, found?.code, found?.status, found?.message, found?.nationalCode, found?.lines],
        ["C3", "C3", "SYNC_FAILED", "lỗi", null, 1],
      );
      const failed = await source.failedRows(type, Date.now() - 172_800_000);
      assertEquals(failed.map((row) => [row.key, row.message]), [["C3", "lỗi"]]);
      const { today } = await source.clock();
      const counts = await source.reportDay(type, today);
      assertEquals(
        new Map(counts.map((count) => [count.status, count.documents])),
        new Map([["PENDING_SYNC", 1], ["SYNC_SUCCESS", 1], ["SYNC_FAILED", 1]]),
      );
      assertEquals(await source.redriveRows(type, ["C1", "C2", "C3"]), 1);
      const after = await rows(pool, `SELECT status_phieu AS s FROM ${header} ORDER BY ${key}`);
      assertEquals(after.map((row) => row.s), [0, 1, 0]);
    });
  });
}

Deno.test("SQL Server gives the product every value of profile phieu as the text that stands in the table", async () => {
  await withPhieu(async (source, pool) => {
    await rows(
      pool,
      `INSERT INTO HoaDonHeader (ma_hoa_don, ma_co_so, ngay_ban, ho_ten_khach_hang) VALUES (N'HĐ-Ạ', N'CS', '2024-02-29', N'Nguyễn Ắ');
      INSERT INTO HoaDonDetail (ma_hoa_don, ma_thuoc, ten_thuoc, so_luong, don_gia, thanh_tien, ty_le_quy_doi) VALUES
        (N'HĐ-Ạ', N'T1', N'Thuốc', 2147483647, 9999999999999999.99, 0.1, 12345678901234.5678), (N'HĐ-Ạ', N'T2', N'Thuốc', -1, 12.5, NULL, 0.0333);
      INSERT INTO PhieuNhapHeader (ma_phieu, ma_co_so, ngay_nhap, loai_phieu_nhap) VALUES (N'PN', N'CS', '2024-03-05T04:06:07.890', 1)`,
    );
    const [invoice] = await source.readDocuments("hoa_don", ["HĐ-Ạ"]);
    assertEquals(invoice?.header, {
      ma_hoa_don: "HĐ-Ạ",
      ma_co_so: "CS",
      ma_don_thuoc_quoc_gia: null,
      ngay_ban: "2024-02-29",
      ho_ten_nguoi_ban: null,
      ho_ten_khach_hang: "Nguyễn Ắ",
    });
    assertEquals(
      invoice?.lines.map((line) => [line.so_luong, line.don_gia, line.thanh_tien, line.ty_le_quy_doi]),
      [
        ["2147483647", "9999999999999999.99", "0.10", "12345678901234.5678"],
        ["-1", "12.50", null, "0.0333"],
      ],
    );
    const [receipt] = await source.readDocuments("phieu_nhap", ["PN"]);
    assertEquals([receipt?.header.ngay_nhap, receipt?.header.loai_phieu_nhap], [
      "2024-03-05T04:06:07.890",
      "1",
    ]);
  });
});

Deno.test("SQL Server pages text keys in its own order, without any twice", async () => {
  await withPhieu(async (source, pool) => {
    for (const key of ["b2", "A10", "a1", "Đ1", "PX-2", "PX-10", "_", "ă"]) {
      await add(pool, "phieu_xuat", { key, facility: key === "b2" ? "CS2" : "CS1", lines: false });
    }
    const found: string[] = [];
    for (let after: string | null = null;;) {
      const page = await source.pendingKeys("phieu_xuat", { after, limit: 3, skipShops: ["cs2"] });
      found.push(...page.map(({ key }) => key));
      after = page.at(-1)?.key ?? null;
      if (after === null) break;
    }
    assertEquals(found.toSorted(), ["A10", "a1", "Đ1", "PX-2", "PX-10", "_", "ă"].toSorted());
  });
});

Deno.test("SQL Server finds the lines of a header whatever case their key is in", async () => {
  await withPhieu(async (source, pool) => {
    await add(pool, "phieu_nhap", { key: "PN-Đ1", lines: false });
    await rows(pool, "INSERT INTO PhieuNhapDetail (ma_phieu, ma_thuoc) VALUES (N'pn-đ1', N'T1')");
    const [document] = await source.readDocuments("phieu_nhap", ["PN-Đ1"]);
    assertEquals([document?.key, document?.lines.map((line) => line.ma_thuoc)], ["PN-Đ1", ["T1"]]);
  });
});

Deno.test("a row without a facility is read as it is, and stops no other", async () => {
  await withPhieu(async (source, pool) => {
    await add(pool, "phieu_nhap", { key: "PN-1", facility: null });
    await add(pool, "phieu_nhap", { key: "PN-2" });
    for (const skipShops of [[], ["CS9"]]) {
      assertEquals(await source.pendingKeys("phieu_nhap", { ...all, skipShops }), [
        { key: "PN-1", shop: "" },
        { key: "PN-2", shop: "CS1" },
      ]);
    }
    const documents = await source.readDocuments("phieu_nhap", ["PN-1", "PN-2"]);
    assertEquals(documents.map(({ shop, header }) => [shop, header.ma_co_so]), [["", null], ["CS1", "CS1"]]);
  });
});

Deno.test("an invoice counts as old enough to have its lines from the day after its own, others after ten minutes", async () => {
  await withPhieu(async (source, pool) => {
    for (const key of ["today", "yesterday", "older"]) {
      await add(pool, "hoa_don", { key, lines: false });
    }
    await rows(
      pool,
      `UPDATE HoaDonHeader SET ngay_ban = DATEADD(day, CASE ma_hoa_don WHEN N'today' THEN 0 WHEN N'yesterday' THEN -1 ELSE -2 END, DATEADD(minute, -10, GETDATE()))`,
    );
    const invoices = await source.readDocuments("hoa_don", ["today", "yesterday", "older"]);
    assertEquals(
      new Map(invoices.map(({ key, linesDue }) => [key, linesDue])),
      new Map([["today", false], ["yesterday", true], ["older", true]]),
    );
    for (const key of ["old", "young"]) await add(pool, "phieu_xuat", { key, lines: false });
    await rows(
      pool,
      "UPDATE PhieuXuatHeader SET dateinsert = DATEADD(minute, CASE ma_phieu WHEN N'old' THEN -11 ELSE -9 END, GETDATE())",
    );
    const slips = await source.readDocuments("phieu_xuat", ["old", "young"]);
    assertEquals(
      new Map(slips.map(({ key, linesDue }) => [key, linesDue])),
      new Map([["old", true], ["young", false]]),
    );
  });
});

Deno.test("there are no accounts in profile phieu, and nobody asks SQL Server for one", async () => {
  await withPhieu(async (source) => {
    assertEquals(await source.readAccount("CS1"), null);
  });
});

Deno.test("SQL Server serves profile phieu where the tables have another collation than the database", async () => {
  const vietnamese = schemaSql.replaceAll(
    /(nvarchar\(\d+\)) (NOT )?NULL/g,
    "$1 COLLATE Vietnamese_CI_AS $2NULL",
  );
  await withPhieu(async (source, pool) => {
    await add(pool, "phieu_nhap", { key: "PN-Đ1" });
    assertEquals(await source.pendingKeys("phieu_nhap", { ...all, skipShops: ["CS9"] }), [
      { key: "PN-Đ1", shop: "CS1" },
    ]);
    const [document] = await source.readDocuments("phieu_nhap", ["PN-Đ1"]);
    assertEquals(document?.lines.length, 1);
    const result = { key: "PN-Đ1", status: "SYNC_SUCCESS" as const, nationalCode: "QG", message: "được" };
    assertEquals(await source.writeResults("phieu_nhap", [result]), 1);
    assertEquals(await source.readStatuses("phieu_nhap", ["PN-Đ1"]), new Map([["PN-Đ1", "SYNC_SUCCESS"]]));
  }, vietnamese);
});

Deno.test("the doctor finds nothing wrong with the tables that the schema of profile phieu makes", async () => {
  await withPhieu(async (_source, pool) => {
    const expected = expectedTables(profile);
    assertEquals(expected.map(({ name }) => name).toSorted(), [
      "HoaDonDetail",
      "HoaDonHeader",
      "PhieuNhapDetail",
      "PhieuNhapHeader",
      "PhieuXuatDetail",
      "PhieuXuatHeader",
    ]);
    for (const table of expected) {
      const found = checkTable(table, await readTable(pool, table.name), { user: "dbo", statusLength: 1 });
      assertEquals(found.filter(({ severity }) => severity !== "ok"), [], table.name);
    }
  });
});

Deno.test("sample documents of every kind go into the tables of profile phieu, and come out as they were made", async () => {
  await withPhieu(async (source, pool) => {
    const samples = makeSamples({ count: 240, seed: 5, startNumber: 0, now: new Date() });
    await insertSamples(pool, samples, { profile: "phieu" });
    for (const type of documentTypes) {
      const ofType = samples.filter((sample) => sample.type === type);
      const keys = (await source.pendingKeys(type, { ...all, limit: 500 })).map(({ key }) => key);
      assertEquals(keys.toSorted(), ofType.map(({ code }) => code).toSorted());
      const documents = new Map((await source.readDocuments(type, keys)).map((each) => [each.key, each]));
      for (const { code, lines, flaw, header } of ofType) {
        const document = documents.get(code);
        assertEquals(document?.lines.map((line) => line.ma_thuoc), lines.map((line) => line.drug_code), code);
        assertEquals(document?.header.ma_co_so, header.pharmacy_code);
        if (flaw === "no_lines") assertEquals(document?.linesDue, true, code);
      }
    }
  });
});

Deno.test("`hermes db init` can fill the tables of profile phieu", async () => {
  await withPhieu(async (source, pool) => {
    const { headers, lines } = sampleStatements(documentSpecs.phieu_xuat, profile);
    const write = (statement: string, row: object) =>
      rows(pool, statement, { rows: [sql.NVarChar(sql.MAX), JSON.stringify([row])] });
    const header = { ma_phieu: "PX-1", ma_co_so: "CS1", ngay_xuat: "2026-11-22T08:30:00" };
    await write(headers, { shop: "NT001", status: "0", ...header, loai_phieu_xuat: "3" });
    await write(lines, { code: "PX-1", ma_thuoc: "T1", so_luong: "3.00", don_gia: "12.50" });
    const [document] = await source.readDocuments("phieu_xuat", ["PX-1"]);
    assertEquals([document?.header.ngay_xuat, document?.lines[0]?.so_luong], ["2026-11-22", "3"]);
  });
});
