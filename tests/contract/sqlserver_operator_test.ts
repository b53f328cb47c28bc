// The operator's statements (shared/sql/operator_*.sql, through shared/operator/source.ts) on SQL Server, for every document type.
// @ts-types="@types/mssql"
import sql from "mssql";
import { assertEquals } from "@std/assert";
import { documentTypes } from "../../shared/document.ts";
import type { DocumentType } from "../../shared/document.ts";
import { OperatorSource } from "../../shared/operator/source.ts";
import { profiles } from "../../shared/profiles.ts";
import { applySchema, rows, value, withSql } from "../support/sqlserver.ts";

const headers: Record<DocumentType, { table: string; columns: string; values: string }> = {
  phieu_nhap: {
    table: "PurchaseReceipts",
    columns: "local_receipt_id, receipt_type, receipt_date",
    values: "@code, 1, GETDATE()",
  },
  phieu_xuat: {
    table: "GoodsIssueSlips",
    columns: "local_slip_id, issue_type, notes, issue_date",
    values: "@code, 2, N'', GETDATE()",
  },
  hoa_don: {
    table: "SalesInvoices",
    columns: "local_invoice_id, sale_date",
    values: "@code, GETDATE()",
  },
};

async function addRow(
  pool: sql.ConnectionPool,
  type: DocumentType,
  row: { code: string; status: string; secondsAgo: number },
): Promise<string> {
  const { table, columns, values } = headers[type];
  const text =
    `INSERT INTO ${table} (${columns}, pharmacy_code, shop_pharmacy_code, status, sync_response_message, updated_at) OUTPUT inserted.id
    VALUES (${values}, 'CS', 'S1', @status, N'lỗi ' + @code, DATEADD(second, -@ago, GETDATE()))`;
  return String(
    await value(pool, text, {
      code: [sql.VarChar(50), row.code],
      status: [sql.VarChar(20), row.status],
      ago: [sql.Int, row.secondsAgo],
    }),
  );
}

for (const type of documentTypes) {
  Deno.test(`SQL Server answers what an operator asks of a ${type}`, async () => {
    await withSql(async ({ pool }) => {
      await applySchema(pool);
      const source = new OperatorSource(() => Promise.resolve(pool), profiles.national, () => Date.now());
      const old = await addRow(pool, type, { code: "C1", status: "PENDING_SYNC", secondsAgo: 100 });
      const failed = await addRow(pool, type, { code: "C2", status: "SYNC_FAILED", secondsAgo: 1 });
      await addRow(pool, type, { code: "C3", status: "SYNC_SUCCESS", secondsAgo: 1 });

      assertEquals(await source.countPending(type), { count: 1, more: false });
      const oldestMs = await source.oldestPendingMs(type) ?? 0;
      assertEquals(oldestMs >= 100_000 && oldestMs < 130_000, true);
      assertEquals((await source.pendingRows(type, 5)).map((row) => [row.key, row.code, row.shop]), [[
        old,
        "C1",
        "S1",
      ]]);
      const [found] = await source.findRows(type, "c2");
      assertEquals([found?.key, found?.status, found?.message, found?.lines], [
        failed,
        "SYNC_FAILED",
        "lỗi C2",
        0,
      ]);
      assertEquals((await source.failedRows(type, Date.now() - 60_000)).map((row) => row.key), [failed]);

      const { today } = await source.clock();
      const counts = await source.reportDay(type, today);
      assertEquals(new Map(counts.map((count) => [count.status, count.documents])).get("PENDING_SYNC"), 1);

      assertEquals(await source.redriveRows(type, [failed, old]), 1);
      assertEquals(
        (await rows(pool, `SELECT status FROM ${headers[type].table} ORDER BY id`)).map((row) => row.status),
        [
          "PENDING_SYNC",
          "PENDING_SYNC",
          "SYNC_SUCCESS",
        ],
      );
    });
  });
}

Deno.test("SQL Server shows an operator a row that is held by another transaction", async () => {
  await withSql(async ({ pool }) => {
    await applySchema(pool);
    const source = new OperatorSource(() => Promise.resolve(pool), profiles.national, () => Date.now());
    await addRow(pool, "hoa_don", { code: "HELD", status: "PENDING_SYNC", secondsAgo: 1 });
    const transaction = new sql.Transaction(pool);
    await transaction.begin();
    try {
      await rows(transaction, "UPDATE SalesInvoices SET status = 'SYNC_FAILED'");
      assertEquals((await source.findRows("hoa_don", "HELD")).map((row) => row.status), ["SYNC_FAILED"]);
      assertEquals(await source.countPending("hoa_don"), { count: 0, more: false });
    } finally {
      await transaction.rollback();
    }
    assertEquals(await source.countPending("hoa_don"), { count: 1, more: false });
  });
});
