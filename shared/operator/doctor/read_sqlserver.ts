// What SQL Server says of itself and of the tables: facts for check_sqlserver.ts and check_tables.ts. Only catalog views and AccountShop are read.
// @ts-types="@types/mssql"
import sql from "mssql";
import { type DocumentType, documentTypes } from "../../document.ts";
import type { Profile } from "../../profiles.ts";
import { fill, quote } from "../../source_sql.ts";
import accountsSql from "../../sql/doctor_accounts.sql" with { type: "text" };
import columnsSql from "../../sql/doctor_columns.sql" with { type: "text" };
import indexesSql from "../../sql/doctor_indexes.sql" with { type: "text" };
import rowsSql from "../../sql/doctor_rows.sql" with { type: "text" };
import serverSql from "../../sql/doctor_server.sql" with { type: "text" };
import shopsSql from "../../sql/doctor_shops_without_account.sql" with { type: "text" };
import triggersSql from "../../sql/doctor_triggers.sql" with { type: "text" };

export interface ServerFacts {
  productVersion: string;
  edition: string;
  /** SERVERPROPERTY('EngineEdition'): 5 and 8 are Azure's, whose version numbers mean nothing. */
  engineEdition: number;
  database: string;
  compatibilityLevel: number;
  collation: string;
  snapshotOn: boolean;
  readOnly: boolean;
  login: string;
  user: string;
  utcNowMs: number;
}

export interface ColumnFacts {
  name: string;
  /** Basic type: nvarchar, int, … */
  type: string;
  /** In characters for text, -1 for MAX; in bytes for others. */
  length: number;
  precision: number;
  scale: number;
  computed: boolean;
  collation: string | null;
  canRead: boolean;
  canWrite: boolean;
}

export interface IndexFacts {
  name: string;
  leading: string;
  disabled: boolean;
  filtered: boolean;
}

export interface TableFacts {
  name: string;
  /** Empty: there is no such table, or the login may not see it. */
  columns: ColumnFacts[];
  indexes: IndexFacts[];
  triggers: { name: string; insteadOf: boolean }[];
  /** Null for a view. */
  rows: number | null;
}

export interface AccountFacts {
  /** Shops with an active account. */
  shops: { shop: string; accounts: number; passwordLength: number }[];
  /** Shops with pending documents and no active account of their own. */
  without: string[];
}

/** Pending rows of a type that are looked at for shops without an account. */
const pendingLookedAt = 5_000;

type Row = Record<string, unknown>;

export async function readServer(pool: sql.ConnectionPool): Promise<ServerFacts> {
  const [row] = await rowsOf(pool.request(), serverSql);
  if (!row) throw new Error("sys.databases does not show the database that is in use");
  return {
    productVersion: text(row.product_version),
    edition: text(row.edition),
    engineEdition: Number(row.engine_edition),
    database: text(row.database),
    compatibilityLevel: Number(row.compatibility_level),
    collation: text(row.collation),
    snapshotOn: flag(row.is_snapshot_on),
    readOnly: row.updateability === "READ_ONLY",
    login: text(row.login),
    user: text(row.user),
    utcNowMs: Date.parse(`${text(row.utc_now).slice(0, 23)}Z`),
  };
}

export async function readTable(pool: sql.ConnectionPool, name: string): Promise<TableFacts> {
  const ask = (statement: string) =>
    rowsOf(pool.request().input("table", sql.NVarChar(260), quote(name)), statement);
  const [columns, indexes, triggers, rows] = await Promise.all([
    ask(columnsSql),
    ask(indexesSql),
    ask(triggersSql),
    ask(rowsSql),
  ]);
  const count = rows[0]?.rows;
  return {
    name,
    columns: columns.map(columnFacts),
    indexes: indexes.map((row) => ({
      name: text(row.index),
      leading: text(row.leading),
      disabled: flag(row.is_disabled),
      filtered: flag(row.has_filter),
    })),
    triggers: triggers.map((row) => ({ name: text(row.trigger), insteadOf: flag(row.is_instead_of) })),
    rows: count === null || count === undefined ? null : Number(count),
  };
}

export async function readAccounts(pool: sql.ConnectionPool, profile: Profile): Promise<AccountFacts> {
  const [shops, ...without] = await Promise.all([
    rowsOf(pool.request(), accountsSql),
    ...documentTypes.map((type) => shopsWithout(pool, type, profile)),
  ]);
  return {
    shops: shops.map((row) => ({
      shop: text(row.shop),
      accounts: Number(row.accounts),
      passwordLength: Number(row.password_length),
    })),
    without: [...new Set(without.flat())].sort(),
  };
}

async function shopsWithout(
  pool: sql.ConnectionPool,
  type: DocumentType,
  profile: Profile,
): Promise<string[]> {
  const tables = profile.tables[type];
  const statement = fill(shopsSql, {
    header: quote(tables.header),
    shop: `h.${quote(tables.shop)}`,
    status: `h.${quote(tables.status)}`,
    and_where: tables.where === undefined ? "" : `\n    AND (${tables.where})`,
  });
  const request = pool.request()
    .input("pending", statusType(profile), profile.statusValues.PENDING_SYNC)
    .input("first", sql.Int(), pendingLookedAt);
  return (await rowsOf(request, statement)).map((row) => text(row.shop));
}

function statusType(profile: Profile): sql.ISqlType {
  return profile.statusType === "int" ? sql.Int() : sql.VarChar(20);
}

function columnFacts(row: Row): ColumnFacts {
  const type = text(row.type).toLowerCase();
  const bytes = Number(row.bytes);
  return {
    name: text(row.column),
    type,
    length: bytes > 0 && /^n(var)?char$/.test(type) ? bytes / 2 : bytes,
    precision: Number(row.precision),
    scale: Number(row.scale),
    computed: flag(row.is_computed),
    collation: row.collation === null ? null : text(row.collation),
    canRead: flag(row.can_read),
    canWrite: flag(row.can_write),
  };
}

async function rowsOf(request: sql.Request, statement: string): Promise<Row[]> {
  const result: sql.IResult<Row> = await request.query(statement);
  return result.recordset ?? [];
}

function text(value: unknown): string {
  return value === null || value === undefined ? "" : String(value);
}

function flag(value: unknown): boolean {
  return value === true || value === 1;
}
