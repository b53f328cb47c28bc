// The stack's view of SQL Server: its tables and sample documents put in, its rows looked at. After services.ts; the product
// finds the documents by itself.
// @ts-types="@types/mssql"
import sql from "mssql";
import { type DocumentType, documentTypes, type RowStatus } from "../../shared/document.ts";
import { documentSpecs, type Tables } from "../../shared/documents/mod.ts";
import { describeError } from "../../shared/errors.ts";
import { profileFor } from "../../shared/profile_file.ts";
import { type BuiltInProfile, type Profile, profiles } from "../../shared/profiles.ts";
import type { Settings } from "../../shared/settings.ts";
import { SqlServerSource } from "../../shared/source.ts";
import { openSourcePool } from "../../shared/source_pool.ts";
import { fill, quote } from "../../shared/source_sql.ts";
import nationalSchema from "../../shared/sql/schema.national.sql" with { type: "text" };
import phieuSchema from "../../shared/sql/schema.phieu.sql" with { type: "text" };
import { sampleAccounts } from "../samples/accounts.ts";
import { insertAccounts, insertSamples } from "../samples/insert.ts";
import type { Sample } from "../samples/rows.ts";
import { makeSamples } from "../samples/samples.ts";
import { splitBatches } from "../sqlserver/script.ts";
import rowsByStatusSql from "./rows_by_status.sql" with { type: "text" };

/** A document's row. */
export interface Row {
  readonly key: string;
  readonly code: string;
  readonly shop: string;
  /** In Hermes' words, whatever stands in the table. */
  readonly status: RowStatus;
  /** null too where the table has no column for it: then it is in the message. */
  readonly national_code: string | null;
  readonly message: string | null;
}

/** How many rows of a type stand at each status. */
export type StatusCounts = Record<RowStatus, number>;

const schemas: Readonly<Record<BuiltInProfile, string>> = { national: nationalSchema, phieu: phieuSchema };
const statuses = ["PENDING_SYNC", "SYNC_SUCCESS", "SYNC_FAILED"] as const;
const sampleSeed = 1;
const allRows = 1_000_000;

export class StackSource {
  readonly #pool: ReturnType<typeof openSourcePool>;
  readonly #source: SqlServerSource;
  readonly #profile: Profile;
  readonly #builtIn: BuiltInProfile | null;

  /** Throws SettingsError for a profile that is not known, or a file that is not right. */
  constructor({ mssql, source }: Pick<Settings, "mssql" | "source">) {
    this.#pool = openSourcePool(mssql);
    this.#profile = profileFor(source.profile);
    this.#builtIn = isBuiltIn(source.profile) ? source.profile : null;
    this.#source = new SqlServerSource(() => this.#pool.get(), this.#profile);
  }

  /** Whether the profile is one that there are tables and samples for, and not a pharmacy's own. */
  get hasSamples(): boolean {
    return this.#builtIn !== null;
  }

  /** The driver's pool, for statements of one's own. */
  pool(): Promise<sql.ConnectionPool> {
    return this.#pool.get();
  }

  /** Makes the tables where there are none yet. */
  async applySchema(): Promise<void> {
    const schema = schemas[this.#known()];
    await doing("making the tables", async () => {
      const pool = await this.#pool.get();
      for (const batch of splitBatches(schema)) await pool.request().batch(batch);
    });
  }

  /** Inserts those that are not there yet; none where the profile has no table for them. */
  async insertSampleAccounts(): Promise<void> {
    if (!this.#profile.hasAccounts) return;
    await doing("inserting accounts", async () => insertAccounts(await this.#pool.get(), sampleAccounts()));
  }

  /** Inserts so many new sample documents, numbered on from the rows that are there. */
  async insertNewSamples(count: number): Promise<void> {
    if (count === 0) return;
    const byType = await Promise.all(documentTypes.map((type) => this.counts(type)));
    const startNumber = byType.reduce((sum, counts) => sum + totalOf(counts), 0);
    await this.insert(makeSamples({ count, seed: sampleSeed, startNumber, now: new Date() }));
  }

  /** Inserts sample documents into the profile's tables. */
  async insert(samples: readonly Sample[]): Promise<void> {
    const profile = this.#known();
    await doing(
      "inserting documents",
      async () => insertSamples(await this.#pool.get(), samples, { profile }),
    );
  }

  async counts(type: DocumentType): Promise<StatusCounts> {
    const found = await this.#source.countByStatus(type);
    const of = (status: RowStatus) => found.get(this.#profile.statusValues[status]) ?? 0;
    return {
      PENDING_SYNC: of("PENDING_SYNC"),
      SYNC_SUCCESS: of("SYNC_SUCCESS"),
      SYNC_FAILED: of("SYNC_FAILED"),
    };
  }

  /** Rows of a type that stand at one status, or at any, oldest first. */
  async rows(type: DocumentType, status?: RowStatus, limit = allRows): Promise<Row[]> {
    const pool = await this.#pool.get();
    const statement = rowsStatement(documentSpecs[type].code, this.#profile.tables[type]);
    const found: Row[] = [];
    for (const each of status === undefined ? statuses : [status]) {
      const { recordset } = await pool.request()
        .input("status", statusType(this.#profile), this.#profile.statusValues[each])
        .input("limit", sql.Int(), limit)
        .query<Omit<Row, "status">>(statement);
      found.push(...recordset.map((row) => ({ ...row, status: each })));
    }
    // Keys are numbers, or codes that end in one.
    return found.sort((a, b) => a.key.length - b.key.length || (a.key < b.key ? -1 : 1));
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  #known(): BuiltInProfile {
    if (this.#builtIn !== null) return this.#builtIn;
    const known = Object.keys(profiles).join(" and ");
    throw new Error(
      `SOURCE_PROFILE names a layout of your own: there are tables and samples for ${known} only`,
    );
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

function rowsStatement(codeField: string, tables: Tables): string {
  const code = tables.columns[codeField];
  if (code === undefined) throw new RangeError(`the profile has no column for ${codeField}`);
  return fill(rowsByStatusSql, {
    header: quote(tables.header),
    key: `h.[${tables.key}]`,
    code: `h.[${code}]`,
    shop: `h.[${tables.shop}]`,
    status: `h.[${tables.status}]`,
    national_code: tables.nationalCode === null ? "CAST(NULL AS nvarchar(1))" : `h.[${tables.nationalCode}]`,
    message: `h.[${tables.message}]`,
  });
}

/** Typed like the column, so that its index stays usable. */
function statusType(profile: Profile): sql.ISqlType {
  return profile.statusType.includes("char") ? sql.VarChar(20) : sql.Int();
}

function isBuiltIn(name: string): name is BuiltInProfile {
  return Object.hasOwn(profiles, name);
}
