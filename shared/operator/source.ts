// The operator's view of the pharmacy's SQL Server: what stands there, and failed rows set back. Beside shared/source.ts, which scans and writes back.
// @ts-types="@types/mssql"
import sql from "mssql";
import type { DocumentType, RowKey, RowStatus } from "../document.ts";
import { documentSpecs } from "../documents/mod.ts";
import { SourceError } from "../errors.ts";
import type { Profile } from "../profiles.ts";
import { clockStatement, type OperatorStatements, operatorStatements } from "./statements.ts";
import type { Count, Failure, RowFacts } from "./types.ts";

/** Pending rows are counted so far. */
const pendingCountMax = 100_000;
/** How many of the first pending rows are asked for their age. */
const oldestOf = 1_000;
/** Rows that one code may have in one table; more of them are not looked at. */
const rowsOfCodeMax = 20;
/** Failed rows of a type that are grouped by cause, newest first. */
export const failedRowsMax = 20_000;

type Row = Record<string, unknown>;
type Inputs = Record<string, { type: sql.ISqlType; value: unknown }>;

/** A row that wants syncing. */
export interface PendingRow {
  key: RowKey;
  code: string;
  shop: string;
  waitingMs: number;
}

/** Rows of a shop that stand at one status. */
export interface DayCount {
  shop: string;
  status: RowStatus | string;
  documents: number;
}

/** Every method throws SourceError. */
export class OperatorSource {
  readonly #pool: () => Promise<sql.ConnectionPool>;
  readonly #profile: Profile;
  readonly #now: () => number;

  constructor(pool: () => Promise<sql.ConnectionPool>, profile: Profile, now: () => number) {
    this.#pool = pool;
    this.#profile = profile;
    this.#now = now;
  }

  async countPending(type: DocumentType): Promise<Count> {
    const { rows } = await this.#run("counting pending rows", type, this.#of(type).countPending, {
      pending: this.#status("PENDING_SYNC"),
      most: int(pendingCountMax + 1),
    });
    const count = Number(rows[0]?.documents ?? 0);
    return { count: Math.min(count, pendingCountMax), more: count > pendingCountMax };
  }

  /** Null when no row is pending. */
  async oldestPendingMs(type: DocumentType): Promise<number | null> {
    const { rows } = await this.#run("finding the oldest pending row", type, this.#of(type).oldestPending, {
      pending: this.#status("PENDING_SYNC"),
      first: int(oldestOf),
    });
    const seconds = rows[0]?.seconds;
    return seconds === null || seconds === undefined ? null : Math.max(0, Number(seconds) * 1000);
  }

  async pendingRows(type: DocumentType, limit: number): Promise<PendingRow[]> {
    const { rows } = await this.#run("reading pending rows", type, this.#of(type).pendingRows, {
      pending: this.#status("PENDING_SYNC"),
      limit: int(limit),
    });
    return rows.map((row) => ({
      key: text(row.key),
      code: text(row.code),
      shop: text(row.shop),
      waitingMs: Math.max(0, Number(row.waiting_seconds) * 1000),
    }));
  }

  /** The rows of a code; a code may stand in a table more than once. */
  async findRows(type: DocumentType, code: string): Promise<RowFacts[]> {
    const { rows } = await this.#run("finding the rows of a code", type, this.#of(type).findRows, {
      code: { type: codeType(this.#profile), value: code },
      limit: int(rowsOfCodeMax),
    });
    const now = this.#now();
    const inMessage = this.#profile.tables[type].nationalCode === null;
    return rows.map((row) => ({
      key: text(row.key),
      code: text(row.code),
      shop: text(row.shop),
      status: this.#statusName(text(row.status)),
      nationalCode: inMessage ? codeIn(textOrNull(row.message)) : textOrNull(row.national_code),
      message: textOrNull(row.message),
      lines: Number(row.lines ?? 0),
      createdAtMs: ago(now, row.created_ms_ago),
      updatedAtMs: ago(now, row.updated_ms_ago),
    }));
  }

  /** At most `failedRowsMax`, newest first. */
  async failedRows(type: DocumentType, sinceMs: number): Promise<Failure[]> {
    const now = this.#now();
    const { rows } = await this.#run("reading failed rows", type, this.#of(type).failedRows, {
      failed: this.#status("SYNC_FAILED"),
      since_seconds: int(Math.min(2_000_000_000, Math.ceil(Math.max(0, now - sinceMs) / 1000))),
      limit: int(failedRowsMax),
    });
    return rows.map((row) => ({
      type,
      key: text(row.key),
      code: text(row.code),
      shop: text(row.shop),
      message: textOrNull(row.message) ?? "",
      atMs: ago(now, row.updated_ms_ago) ?? now,
    }));
  }

  /** Sets those rows back to PENDING_SYNC that are SYNC_FAILED; returns how many were. */
  async redriveRows(type: DocumentType, keys: RowKey[]): Promise<number> {
    const { changed } = await this.#run("setting failed rows back", type, this.#of(type).redriveRows, {
      keys: { type: sql.NVarChar(sql.MAX), value: JSON.stringify(keys) },
      failed: this.#status("SYNC_FAILED"),
      pending: this.#status("PENDING_SYNC"),
    });
    return changed;
  }

  /** `day` is yyyy-MM-dd by the server's clock. */
  async reportDay(type: DocumentType, day: string): Promise<DayCount[]> {
    const { rows } = await this.#run("counting a day's rows", type, this.#of(type).reportDay, {
      day: { type: sql.VarChar(8), value: day.replaceAll("-", "") },
      pending: this.#status("PENDING_SYNC"),
      success: this.#status("SYNC_SUCCESS"),
      failed: this.#status("SYNC_FAILED"),
    });
    return rows.map((row) => ({
      shop: text(row.shop),
      status: this.#statusName(text(row.status)),
      documents: Number(row.documents),
    }));
  }

  /** The server's day, yyyy-MM-dd, and how many minutes its clock is ahead of UTC. */
  async clock(): Promise<{ today: string; utcOffsetMinutes: number }> {
    const { rows } = await this.#run("asking for the time", null, clockStatement, {});
    return { today: text(rows[0]?.today), utcOffsetMinutes: Number(rows[0]?.utc_offset_minutes ?? 0) };
  }

  #of(type: DocumentType): OperatorStatements {
    return operatorStatements(documentSpecs[type], this.#profile);
  }

  #status(status: RowStatus) {
    return { type: parameterType(this.#profile.statusType), value: this.#profile.statusValues[status] };
  }

  #statusName(value: string): RowStatus | string {
    const names = Object.entries(this.#profile.statusValues);
    return names.find(([, known]) => known === value)?.[0] ?? value;
  }

  async #run(doing: string, type: DocumentType | null, statement: string, inputs: Inputs) {
    try {
      const request = (await this.#pool()).request();
      for (const [name, { type, value }] of Object.entries(inputs)) request.input(name, type, value);
      const result: sql.IResult<Row> = await request.query(statement);
      const changed = result.rowsAffected.reduce((sum, rows) => sum + rows, 0);
      return { rows: result.recordset ?? [], changed };
    } catch (cause) {
      throw SourceError.from(type ? `${doing} of ${type}` : doing, cause);
    }
  }
}

function int(value: number) {
  return { type: sql.Int(), value };
}

function text(value: unknown): string {
  return value === null || value === undefined ? "" : String(value);
}

function textOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}

/** Where the table has no column for the national code, write-back sets it before the message: `HD_QG_1: Thành công`. */
function codeIn(message: string | null): string | null {
  return message?.match(/^([A-Za-z0-9][\w./-]{5,99}): /)?.[1] ?? null;
}

/** The moment so many ms before now; null when the column is. */
function ago(nowMs: number, value: unknown): number | null {
  return value === null || value === undefined ? null : nowMs - Number(value);
}

/** Codes are VARCHAR where keys are numbers, and the NVARCHAR key itself in the other layout: typed alike, an index is used. */
function codeType(profile: Profile): sql.ISqlType {
  return profile.keyType.startsWith("nvarchar") ? sql.NVarChar(50) : sql.VarChar(50);
}

function parameterType(name: string): sql.ISqlType {
  const [, base, length] = name.match(/^(\w+)(?:\((\d+)\))?$/) ?? [];
  if (base === "int") return sql.Int();
  if (base === "varchar") return sql.VarChar(Number(length));
  if (base === "nvarchar") return sql.NVarChar(Number(length));
  throw new RangeError(`No parameter type for ${name}`);
}
