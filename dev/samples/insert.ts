// Writes sample documents and accounts into a database, through npm:mssql, in whichever layout its tables have. After samples.ts; the
// scheduler finds the documents at its next scan.
// @ts-types="@types/mssql"
import sql from "mssql";
import type { BuiltInProfile } from "../../shared/profiles.ts";
import type { AccountShopRow } from "./accounts.ts";
import insertAccountsSql from "./insert_accounts.sql" with { type: "text" };
import type { SampleLayout } from "./layout.ts";
import { nationalLayout } from "./national.ts";
import { phieuLayout } from "./phieu/layout.ts";
import type { Sample } from "./rows.ts";

/** Documents in one statement at most. */
const BATCH_MAX = 200;

const layouts: Readonly<Record<BuiltInProfile, SampleLayout>> = {
  national: nationalLayout,
  phieu: phieuLayout,
};

/**
 * Inserts documents in batches of at most 200, each batch in one transaction: a header is never seen without its
 * lines. Codes have to be unique within a call. Throws the driver's error, with the batch rolled back.
 */
export async function insertSamples(
  pool: sql.ConnectionPool,
  samples: readonly Sample[],
  { profile }: { profile: BuiltInProfile },
): Promise<void> {
  for (let at = 0; at < samples.length; at += BATCH_MAX) {
    await insertBatch(pool, samples.slice(at, at + BATCH_MAX), layouts[profile]);
  }
}

/** Inserts those accounts that are not there yet. Profile phieu has no table for them. */
export async function insertAccounts(
  pool: sql.ConnectionPool,
  accounts: readonly AccountShopRow[],
): Promise<void> {
  await pool.request().input("accounts", sql.NVarChar(sql.MAX), JSON.stringify(accounts))
    .query(insertAccountsSql);
}

async function insertBatch(
  pool: sql.ConnectionPool,
  samples: readonly Sample[],
  { statements, rowsOf }: SampleLayout,
): Promise<void> {
  const transaction = new sql.Transaction(pool);
  await transaction.begin();
  try {
    for (const [type, { headers, lines }] of Object.entries(statements)) {
      const documents = samples.filter((sample) => sample.type === type)
        .map((sample) => ({ code: sample.code, ...rowsOf(sample) }));
      if (documents.length === 0) continue;
      const ids = await insertHeaders(transaction, headers, documents);
      await insertLines(transaction, lines, { documents, ids });
    }
    await transaction.commit();
  } catch (error) {
    // A broken connection cannot roll back; the server has done so then, and the first error is the one to show.
    await transaction.rollback().catch(() => {});
    throw error;
  }
}

/** A document as rows of the layout. */
interface Rows {
  readonly code: string;
  readonly header: object;
  readonly lines: readonly object[];
}

type Ids = ReadonlyMap<string, number | string>;

async function insertHeaders(
  transaction: sql.Transaction,
  statement: string,
  documents: readonly Rows[],
): Promise<Ids> {
  const rows = documents.map(({ header }, number) => ({ number, ...header }));
  const result = await transaction.request()
    .input("headers", sql.NVarChar(sql.MAX), JSON.stringify(rows))
    .query<{ id: number | string; code: string }>(statement);
  return new Map(result.recordset.map(({ id, code }) => [code, id]));
}

async function insertLines(
  transaction: sql.Transaction,
  statement: string,
  { documents, ids }: { documents: readonly Rows[]; ids: Ids },
): Promise<void> {
  const rows = documents.flatMap(({ code, lines }) =>
    lines.map((line) => ({ header_id: ids.get(code), ...line }))
  );
  const numbered = rows.map((row, number) => ({ number, ...row }));
  if (numbered.length === 0) return;
  await transaction.request().input("lines", sql.NVarChar(sql.MAX), JSON.stringify(numbered)).query(
    statement,
  );
}
