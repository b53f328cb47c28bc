// Writes sample documents and accounts into a database of profile national, through npm:mssql. After samples.ts;
// the scheduler finds the documents at its next scan.
// @ts-types="@types/mssql"
import sql from "mssql";
import type { AccountShopRow } from "./accounts.ts";
import insertAccountsSql from "./insert_accounts.sql" with { type: "text" };
import insertGoodsIssueSlipDetailsSql from "./insert_goods_issue_slip_details.sql" with { type: "text" };
import insertGoodsIssueSlipsSql from "./insert_goods_issue_slips.sql" with { type: "text" };
import insertPurchaseReceiptDetailsSql from "./insert_purchase_receipt_details.sql" with { type: "text" };
import insertPurchaseReceiptsSql from "./insert_purchase_receipts.sql" with { type: "text" };
import insertSalesInvoiceDetailsSql from "./insert_sales_invoice_details.sql" with { type: "text" };
import insertSalesInvoicesSql from "./insert_sales_invoices.sql" with { type: "text" };
import type { Sample } from "./rows.ts";

/** Documents in one statement at most. */
const BATCH_MAX = 200;

const statements = {
  hoa_don: { headers: insertSalesInvoicesSql, lines: insertSalesInvoiceDetailsSql },
  phieu_nhap: { headers: insertPurchaseReceiptsSql, lines: insertPurchaseReceiptDetailsSql },
  phieu_xuat: { headers: insertGoodsIssueSlipsSql, lines: insertGoodsIssueSlipDetailsSql },
} as const;

/**
 * Inserts documents in batches of at most 200, each batch in one transaction: a header is never seen without its
 * lines. Codes have to be unique within a call. Throws the driver's error, with the batch rolled back.
 */
export async function insertSamples(pool: sql.ConnectionPool, samples: readonly Sample[]): Promise<void> {
  for (let at = 0; at < samples.length; at += BATCH_MAX) {
    await insertBatch(pool, samples.slice(at, at + BATCH_MAX));
  }
}

/** Inserts those accounts that are not there yet. */
export async function insertAccounts(
  pool: sql.ConnectionPool,
  accounts: readonly AccountShopRow[],
): Promise<void> {
  await pool.request().input("accounts", sql.NVarChar(sql.MAX), JSON.stringify(accounts))
    .query(insertAccountsSql);
}

async function insertBatch(pool: sql.ConnectionPool, samples: readonly Sample[]): Promise<void> {
  const transaction = new sql.Transaction(pool);
  await transaction.begin();
  try {
    for (const [type, { headers, lines }] of Object.entries(statements)) {
      const ofType = samples.filter((sample) => sample.type === type);
      if (ofType.length === 0) continue;
      const ids = await insertHeaders(transaction, headers, ofType);
      await insertLines(transaction, lines, { samples: ofType, ids });
    }
    await transaction.commit();
  } catch (error) {
    // A broken connection cannot roll back; the server has done so then, and the first error is the one to show.
    await transaction.rollback().catch(() => {});
    throw error;
  }
}

type Ids = ReadonlyMap<string, number | string>;

async function insertHeaders(
  transaction: sql.Transaction,
  statement: string,
  samples: readonly Sample[],
): Promise<Ids> {
  const rows = samples.map((sample, number) => ({ number, ...sample.header }));
  const result = await transaction.request()
    .input("headers", sql.NVarChar(sql.MAX), JSON.stringify(rows))
    .query<{ id: number | string; code: string }>(statement);
  return new Map(result.recordset.map(({ id, code }) => [code, id]));
}

async function insertLines(
  transaction: sql.Transaction,
  statement: string,
  { samples, ids }: { samples: readonly Sample[]; ids: Ids },
): Promise<void> {
  const rows = samples.flatMap((sample) =>
    sample.lines.map((line) => ({ header_id: ids.get(sample.code), ...line }))
  );
  const numbered = rows.map((row, number) => ({ number, ...row }));
  if (numbered.length === 0) return;
  await transaction.request().input("lines", sql.NVarChar(sql.MAX), JSON.stringify(numbered)).query(
    statement,
  );
}
