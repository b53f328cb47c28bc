// The product's own statements (shared/sql, through shared/source.ts) on SQL Server: every document type, and the
// databases of the field: BIGINT keys, Vietnamese VARCHAR, tables without an index, text keys with numeric status.
// @ts-types="@types/mssql"
import sql from "mssql";
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { DocumentType } from "../../shared/document.ts";
import { profiles } from "../../shared/profiles.ts";
import { SqlServerSource } from "../../shared/source.ts";
import { fill } from "../../shared/source_sql.ts";
import pendingKeys from "../../shared/sql/pending_keys.sql" with { type: "text" };
import readHeaders from "../../shared/sql/read_headers.sql" with { type: "text" };
import readLines from "../../shared/sql/read_lines.sql" with { type: "text" };
import schemaSql from "../../shared/sql/schema.national.sql" with { type: "text" };
import writeResults from "../../shared/sql/write_results.sql" with { type: "text" };
import { splitBatches } from "../../dev/sqlserver/script.ts";
import { applySchema, errorOf, rows, value, withSql } from "../support/sqlserver.ts";

const inserts: Record<DocumentType, { header: string; line: string; table: string }> = {
  phieu_nhap: {
    table: "PurchaseReceipts",
    header:
      `INSERT INTO PurchaseReceipts (local_receipt_id, pharmacy_code, shop_pharmacy_code, receipt_date, receipt_type, supplier_name, status, created_at)
      OUTPUT inserted.id VALUES (@code, 'CS1', @shop, '2024-03-05 04:06:07', 1, N'Công ty Dược', @status, @created)`,
    line:
      `INSERT INTO PurchaseReceiptDetails (purchase_receipt_id, drug_code, drug_name, lot_number, expiry_date, registration_number, unit, quantity, unit_price)
      VALUES (@id, 'T1', N'Thuốc số một', 'L1', '2030-12-31', 'VD-1', N'viên', 12.5, NULL), (@id, 'T2', N'Thuốc hai', 'L2', '2031-01-01', 'VD-2', N'hộp', 9007199254740993.25, 0.1)`,
  },
  phieu_xuat: {
    table: "GoodsIssueSlips",
    header:
      `INSERT INTO GoodsIssueSlips (local_slip_id, pharmacy_code, shop_pharmacy_code, issue_date, issue_type, notes, status, created_at)
      OUTPUT inserted.id VALUES (@code, 'CS1', @shop, '20240305', 2, N'Trả hàng', @status, @created)`,
    line:
      `INSERT INTO GoodsIssueSlipDetails (goods_issue_slip_id, drug_code, drug_name, lot_number, production_date, expiry_date, registration_number, unit, quantity, unit_price)
      VALUES (@id, 'T1', N'Thuốc', 'L1', '2024-01-01', '2030-12-31', 'VD-1', N'viên', 1, 2)`,
  },
  hoa_don: {
    table: "SalesInvoices",
    header:
      `INSERT INTO SalesInvoices (local_invoice_id, pharmacy_code, shop_pharmacy_code, sale_date, customer_name, status, created_at)
      OUTPUT inserted.id VALUES (@code, 'CS1', @shop, '2024-03-05T04:06:07.890', N'Nguyễn Văn Ắ', @status, @created)`,
    line:
      `INSERT INTO SalesInvoiceDetails (sales_invoice_id, drug_code, drug_name, lot_number, expiry_date, unit, concentration, dosage, quantity, unit_price, line_total, conversion_ratio)
      VALUES (@id, 'T1', N'Thuốc', 'L1', '2030-12-31', N'viên', N'500 mg', N'Ngày hai lần', 1, 2.5, 2.5, 1)`,
  },
};

async function addDocument(
  pool: sql.ConnectionPool,
  type: DocumentType,
  document: { code: string; shop?: string; status?: string; lines?: boolean; created?: Date },
): Promise<string> {
  const id = await value(pool, inserts[type].header, {
    code: [sql.VarChar(50), document.code],
    shop: [sql.VarChar(50), document.shop ?? "S1"],
    status: [sql.VarChar(20), document.status ?? "PENDING_SYNC"],
    created: [sql.DateTime, document.created ?? new Date()],
  });
  if (document.lines !== false) await rows(pool, inserts[type].line, { id: [sql.Int, id] });
  return String(id);
}

async function withSource(
  test: (source: SqlServerSource, pool: sql.ConnectionPool) => Promise<void>,
  prepare: (pool: sql.ConnectionPool) => Promise<void> = applySchema,
): Promise<void> {
  await withSql(async ({ pool }) => {
    await prepare(pool);
    await test(new SqlServerSource(() => Promise.resolve(pool), profiles.national), pool);
  });
}

Deno.test("the schema of profile national can be applied twice to SQL Server", async () => {
  await withSource(async (_source, pool) => {
    await applySchema(pool);
    const names = await rows(pool, "SELECT name FROM sys.tables ORDER BY name");
    assertEquals(names.map((row) => row.name), [
      "AccountShop",
      "GoodsIssueSlipDetails",
      "GoodsIssueSlips",
      "PurchaseReceiptDetails",
      "PurchaseReceipts",
      "SalesInvoiceDetails",
      "SalesInvoices",
    ]);
  });
});

for (const type of ["phieu_nhap", "phieu_xuat", "hoa_don"] as const) {
  Deno.test(`SQL Server carries a ${type} from its row to the product and its result back`, async () => {
    await withSource(async (source, pool) => {
      const key = await addDocument(pool, type, { code: "C1" });
      await addDocument(pool, type, { code: "C0", status: "SYNC_SUCCESS" });
      assertEquals(await source.pendingKeys(type, { after: null, limit: 10, skipShops: [] }), [{
        key,
        shop: "S1",
      }]);
      const [document] = await source.readDocuments(type, [key]);
      assertEquals(document?.key, key);
      assertEquals(document?.lines[0]?.han_dung, "2030-12-31");
      const results = [{ key, status: "SYNC_SUCCESS" as const, nationalCode: "QG-1", message: "Thành công" }];
      assertEquals(await source.writeResults(type, results), 1);
      assertEquals(await source.readStatuses(type, [key]), new Map([[key, "SYNC_SUCCESS"]]));
      assertEquals(await source.countByStatus(type), new Map([["SYNC_SUCCESS", 2]]));
      assertEquals(await source.pendingKeys(type, { after: null, limit: 10, skipShops: [] }), []);
    });
  });
}

Deno.test("SQL Server gives the product every value as the text that stands in the table", async () => {
  await withSource(async (source, pool) => {
    const key = await addDocument(pool, "phieu_nhap", { code: "PN-Ạ" });
    const [document] = await source.readDocuments("phieu_nhap", [key]);
    assertEquals(document, {
      key,
      shop: "S1",
      linesDue: false,
      header: {
        ma_phieu: "PN-?",
        ma_co_so: "CS1",
        ngay_nhap: "2024-03-05T04:06:07",
        loai_phieu_nhap: "1",
        ghi_chu: null,
        ten_co_so_cung_cap: "Công ty Dược",
      },
      lines: [
        {
          ma_thuoc: "T1",
          ten_thuoc: "Thuốc số một",
          so_lo: "L1",
          ngay_san_xuat: null,
          han_dung: "2030-12-31",
          so_dklh: "VD-1",
          so_luong: "12.50",
          don_gia: null,
          thanh_tien: null,
          don_vi_tinh: "viên",
        },
        {
          ma_thuoc: "T2",
          ten_thuoc: "Thuốc hai",
          so_lo: "L2",
          ngay_san_xuat: null,
          han_dung: "2031-01-01",
          so_dklh: "VD-2",
          so_luong: "9007199254740993.25",
          don_gia: "0.10",
          thanh_tien: null,
          don_vi_tinh: "hộp",
        },
      ],
    });
  });
});

Deno.test("SQL Server pages pending keys in order and leaves out the shops that are skipped", async () => {
  await withSource(async (source, pool) => {
    const keys: string[] = [];
    for (const shop of ["A", "B", "A", "C", "b"]) {
      keys.push(await addDocument(pool, "hoa_don", { code: `HD${keys.length}`, shop, lines: false }));
    }
    const [first, second, third, fourth] = keys;
    const page = async (after: string | null, limit: number, skipShops: string[]) =>
      (await source.pendingKeys("hoa_don", { after, limit, skipShops })).map((row) => row.key);
    assertEquals(await page(null, 2, []), [first, second]);
    assertEquals(await page(second ?? null, 2, []), [third, fourth]);
    // Shops are compared as the database compares them: case does not count.
    assertEquals(await page(null, 9, ["B"]), [first, third, fourth]);
    assertEquals(await page(null, 9, ["A", "B", "C"]), []);
  });
});

Deno.test("SQL Server tells the product which documents are old enough to have their lines", async () => {
  await withSource(async (source, pool) => {
    const old = await addDocument(pool, "hoa_don", {
      code: "OLD",
      lines: false,
      created: new Date(Date.now() - 11 * 60_000),
    });
    const young = await addDocument(pool, "hoa_don", {
      code: "NEW",
      lines: false,
      created: new Date(Date.now() - 9 * 60_000),
    });
    const documents = await source.readDocuments("hoa_don", [old, young]);
    assertEquals(
      new Map(documents.map((document) => [document.key, document.linesDue])),
      new Map([[old, true], [young, false]]),
    );
  });
});

Deno.test("SQL Server never turns a success into a failure, and an old failure into a success when asked", async () => {
  await withSource(async (source, pool) => {
    const done = await addDocument(pool, "phieu_xuat", { code: "1", status: "SYNC_SUCCESS" });
    const failed = await addDocument(pool, "phieu_xuat", { code: "2", status: "SYNC_FAILED" });
    const failure = (key: string) => ({
      key,
      status: "SYNC_FAILED" as const,
      nationalCode: null,
      message: "lỗi",
    });
    assertEquals(await source.writeResults("phieu_xuat", [failure(done), failure(failed)]), 1);
    const success = { key: failed, status: "SYNC_SUCCESS" as const, nationalCode: "QG", message: "được" };
    assertEquals(await source.writeResults("phieu_xuat", [success]), 1);
    assertEquals(
      await rows(
        pool,
        "SELECT status, national_slip_id AS code, sync_response_message AS m FROM GoodsIssueSlips ORDER BY id",
      ),
      [
        { status: "SYNC_SUCCESS", code: null, m: null },
        { status: "SYNC_SUCCESS", code: "QG", m: "được" },
      ],
    );
  });
});

Deno.test("SQL Server keeps the national code that is there when a result brings none", async () => {
  await withSource(async (source, pool) => {
    const key = await addDocument(pool, "phieu_nhap", { code: "1" });
    await rows(pool, "UPDATE PurchaseReceipts SET national_receipt_id = 'QG-OLD'");
    await source.writeResults("phieu_nhap", [{
      key,
      status: "SYNC_FAILED",
      nationalCode: null,
      message: "x".repeat(5000),
    }]);
    assertEquals(
      await rows(
        pool,
        "SELECT national_receipt_id AS code, LEN(sync_response_message) AS n FROM PurchaseReceipts",
      ),
      [
        { code: "QG-OLD", n: "5000" },
      ],
    );
  });
});

Deno.test("SQL Server gives the account that was changed last among the active ones", async () => {
  await withSource(async (source, pool) => {
    await rows(
      pool,
      `INSERT INTO AccountShop (shop_pharmacy_code, pharmacy_code, account, password, status, updated_at) VALUES
        ('S1', 'P', 'old', N'mật khẩu', 1, '20240101'), ('S1', 'P', 'new', N'khẩu mật', 1, '20240102'), ('S1', 'P', 'off', N'x', 0, '20240103')`,
    );
    assertEquals(await source.readAccount("s1"), { user: "new", password: "khẩu mật" });
    assertEquals(await source.readAccount("S2"), null);
  });
});

/** The schema with BIGINT keys, shops in Vietnamese VARCHAR, and no index on status. */
function fieldSchema(): string {
  return schemaSql.replaceAll("[id] int IDENTITY", "[id] bigint IDENTITY")
    .replaceAll(/_id\] int NOT NULL/g, "_id] bigint NOT NULL")
    .replaceAll(
      "[shop_pharmacy_code] varchar(50)",
      "[shop_pharmacy_code] varchar(50) COLLATE Vietnamese_CI_AS",
    )
    .replaceAll("[customer_name] nvarchar(50)", "[customer_name] varchar(50) COLLATE Vietnamese_CI_AS")
    .replaceAll(/^ *CREATE NONCLUSTERED INDEX \[IX_\w+_status\].*$/gm, "");
}

Deno.test("SQL Server serves the product from a database with BIGINT keys, Vietnamese VARCHAR and no index", async () => {
  const prepare = async (pool: sql.ConnectionPool) => {
    for (const batch of splitBatches(fieldSchema())) await pool.request().batch(batch);
  };
  await withSource(async (source, pool) => {
    const key = await addDocument(pool, "hoa_don", { code: "HD", shop: "Quầy số 1" });
    const [row] = await source.pendingKeys("hoa_don", { after: null, limit: 5, skipShops: ["Quầy khác"] });
    assertEquals(row?.key, key);
    assertEquals(
      await source.pendingKeys("hoa_don", { after: null, limit: 5, skipShops: [row?.shop ?? ""] }),
      [],
    );
    const [document] = await source.readDocuments("hoa_don", [key]);
    assertEquals(document?.lines.length, 1);
    assertEquals(
      await source.writeResults("hoa_don", [{
        key,
        status: "SYNC_SUCCESS",
        nationalCode: "Q",
        message: "ok",
      }]),
      1,
    );
  }, prepare);
});

const phieu: Record<string, string> = {
  header: "[PhieuXuatHeader]",
  details: "[PhieuXuatDetail]",
  key: "h.[ma_phieu]",
  key_text: "CONVERT(nvarchar(50), h.[ma_phieu])",
  key_type: "nvarchar(50)",
  key_collation: " COLLATE DATABASE_DEFAULT",
  shop: "CONVERT(nvarchar(50), h.[shop_code])",
  status: "h.[status_phieu]",
  status_type: "int",
  created_at: "h.[dateinsert]",
  and_where: "",
  line_parent: "d.[ma_phieu]",
  line_key: "d.[id]",
  header_columns: "h.[ma_phieu] AS [ma_phieu], CONVERT(varchar(33), h.[ngay_xuat], 126) AS [ngay_xuat]",
  line_columns: "d.[ma_thuoc] AS [ma_thuoc], CONVERT(varchar(40), d.[so_luong]) AS [so_luong]",
  assignments: "h.[status_phieu] = r.[status], h.[note_log] = r.[message]",
};
const phieuTables = `
CREATE TABLE PhieuXuatHeader (ma_phieu nvarchar(50) COLLATE Vietnamese_CI_AS NOT NULL CONSTRAINT PK_PhieuXuatHeader PRIMARY KEY,
  ma_co_so nvarchar(50) NOT NULL, shop_code int NOT NULL, ngay_xuat date NOT NULL, dateinsert datetime NOT NULL DEFAULT GETDATE(),
  status_phieu int NOT NULL DEFAULT 0, note_log nvarchar(max) NULL);
CREATE INDEX IX_PhieuXuatHeader_status ON PhieuXuatHeader (status_phieu);
CREATE TABLE PhieuXuatDetail (id int IDENTITY PRIMARY KEY, ma_phieu nvarchar(50) COLLATE Vietnamese_CI_AS NOT NULL REFERENCES PhieuXuatHeader,
  ma_thuoc nvarchar(50) NOT NULL, so_luong int NOT NULL);
INSERT INTO PhieuXuatHeader (ma_phieu, ma_co_so, shop_code, ngay_xuat) VALUES (N'PX-Đ1', 'C', 7, '20240305'), (N'PX-A2', 'C', 8, '20240306');
INSERT INTO PhieuXuatDetail (ma_phieu, ma_thuoc, so_luong) VALUES (N'px-đ1', N'T', 3);`;

Deno.test("SQL Server serves the statements of tables with text keys and a numeric status", async () => {
  await withSql(async ({ pool }) => {
    await pool.request().batch(phieuTables);
    const request = pool.request().input("pending", sql.Int, 0).input(
      "keys",
      sql.NVarChar(sql.MAX),
      '["PX-Đ1"]',
    )
      .input("after", sql.NVarChar(50), "").input("limit", sql.Int, 5).input(
        "skip_shops",
        sql.NVarChar(sql.MAX),
        "[8]",
      )
      .input("lines_due", sql.Int, 10);
    const { recordsets } = await request.query(
      [pendingKeys, readHeaders, readLines].map((text) => fill(text, phieu)).join("\n"),
    );
    assertEquals(JSON.parse(JSON.stringify(recordsets)), [
      [{ key: "PX-Đ1", shop: "7" }],
      [{ key: "PX-Đ1", shop: "7", lines_due: 0, ma_phieu: "PX-Đ1", ngay_xuat: "2024-03-05" }],
      [{ key: "PX-Đ1", ma_thuoc: "T", so_luong: "3" }],
    ]);
    await rows(pool, fill(writeResults, phieu), {
      results: [
        sql.NVarChar(sql.MAX),
        JSON.stringify([{ key: "PX-Đ1", status: 2, national_code: null, message: "lỗi" }]),
      ],
      failed: [sql.Int, 2],
      success: [sql.Int, 1],
    });
    assertEquals(
      await rows(pool, "SELECT status_phieu AS s, note_log AS n FROM PhieuXuatHeader ORDER BY shop_code"),
      [
        { s: 2, n: "lỗi" },
        { s: 0, n: null },
      ],
    );
  });
});

Deno.test("SQL Server refuses to compare a text key of another collation with the database's own", async () => {
  await withSql(async ({ pool }) => {
    await pool.request().batch(phieuTables);
    const { number, message } = await errorOf(pool, fill(readHeaders, { ...phieu, key_collation: "" }), {
      keys: [sql.NVarChar(sql.MAX), "[]"],
      pending: [sql.Int, 0],
      lines_due: [sql.Int, 1],
    });
    assertEquals(number, 468);
    assertStringIncludes(message, "Vietnamese_CI_AS");
  });
});
