// The stack's view of SQL Server: its tables and sample documents put in, its rows looked at. After services.ts; the product
// finds the documents by itself.
// @ts-types="@types/mssql"
import sql from "mssql";
import { type DocumentType, documentTypes, type RowStatus } from "../../shared/document.ts";
import { documentSpecs } from "../../shared/documents/mod.ts";
import { describeError } from "../../shared/errors.ts";
import { profiles } from "../../shared/profiles.ts";
import type { Settings } from "../../shared/settings.ts";
import { SqlServerSource } from "../../shared/source.ts";
import { openSourcePool } from "../../shared/source_pool.ts";
import { fill } from "../../shared/source_sql.ts";
import schemaSql from "../../shared/sql/schema.national.sql" with { type: "text" };
import { sampleAccounts } from "../samples/accounts.ts";
import { insertAccounts, insertSamples } from "../samples/insert.ts";
import { makeSamples } from "../samples/samples.ts";
import { splitBatches } from "../sqlserver/script.ts";
import rowsByStatusSql from "./rows_by_status.sql" with { type: "text" };

/** A document's row. */
export interface Row {
  readonly key: string;
  readonly code: string;
  readonly shop: string;
  readonly status: string;
  readonly national_code: string | null;
  readonly message: string | null;
}

/** How many rows of a type stand at each status. */
export type StatusCounts = Record<RowStatus, number>;

const statuses = ["PENDING_SYNC", "SYNC_SUCCESS", "SYNC_FAILED"] as const;
const sampleSeed = 1;
const allRows = 1_000_000;

export class StackSource {
  readonly #pool: ReturnType<typeof openSourcePool>;
  readonly #source: SqlServerSource;

  constructor(settings: Settings["mssql"]) {
    this.#pool = openSourcePool(settings);
    this.#source = new SqlServerSource(() => this.#pool.get(), profiles.national);
  }

  /** The driver's pool, for statements of one's own. */
  pool(): Promise<sql.ConnectionPool> {
    return this.#pool.get();
  }

  /** Makes the tables where there are none yet. */
  async applySchema(): Promise<void> {
    await doing("making the tables", async () => {
      const pool = await this.#pool.get();
      for (const batch of splitBatches(schemaSql)) await pool.request().batch(batch);
    });
  }

  async insertSampleAccounts(): Promise<void> {
    await doing("inserting accounts", async () => insertAccounts(await this.#pool.get(), sampleAccounts()));
  }

  /** Inserts so many new sample documents, numbered on from the rows that are there. */
  async insertNewSamples(count: number): Promise<void> {
    if (count === 0) return;
    const byType = await Promise.all(documentTypes.map((type) => this.counts(type)));
    const startNumber = byType.reduce((sum, counts) => sum + totalOf(counts), 0);
    const samples = makeSamples({ count, seed: sampleSeed, startNumber, now: new Date() });
    await doing("inserting documents", async () => insertSamples(await this.#pool.get(), samples));
  }

  async counts(type: DocumentType): Promise<StatusCounts> {
    const found = await this.#source.countByStatus(type);
    const of = (status: RowStatus) => found.get(profiles.national.statusValues[status]) ?? 0;
    return {
      PENDING_SYNC: of("PENDING_SYNC"),
      SYNC_SUCCESS: of("SYNC_SUCCESS"),
      SYNC_FAILED: of("SYNC_FAILED"),
    };
  }

  /** Rows of a type that stand at one status, or at any, oldest first. */
  async rows(type: DocumentType, status?: RowStatus, limit = allRows): Promise<Row[]> {
    const pool = await this.#pool.get();
    const statement = rowsStatement(type);
    const found: Row[] = [];
    for (const each of status === undefined ? statuses : [status]) {
      const { recordset } = await pool.request()
        .input("status", sql.VarChar(20), profiles.national.statusValues[each])
        .input("limit", sql.Int(), limit)
        .query<Row>(statement);
      found.push(...recordset);
    }
    return found.sort((a, b) => Number(a.key) - Number(b.key));
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}

/** The driver's errors do not say what was being done. */
async function doing(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    throw new Error(`SQL Server, ${what}: ${describeError(cause).message}`, { cause });
  }
}

/** All rows of a type. */
function totalOf(counts: StatusCounts): number {
  return statuses.reduce((sum, status) => sum + counts[status], 0);
}

function rowsStatement(type: DocumentType): string {
  const { tables, code } = documentSpecs[type];
  const national = tables.national;
  const codeColumn = national?.columns[code];
  if (!national || !codeColumn) throw new RangeError(`the profile national has no table for ${type}`);
  return fill(rowsByStatusSql, {
    header: `[${national.header}]`,
    key: `h.[${national.key}]`,
    code: `h.[${codeColumn}]`,
    shop: `h.[${national.shop}]`,
    status: `h.[${national.status}]`,
    national_code: `h.[${national.nationalCode}]`,
    message: `h.[${national.message}]`,
  });
}
