// The pharmacy's SQL Server, seen by scan and workers: keys of pending rows, whole documents, results, accounts.
// The statements are in shared/sql; this file types their parameters and reads their answers.
// @ts-types="@types/mssql"
import sql from "mssql";
import type { DocumentType, FieldValues, RowKey, RowResult, RowStatus, SourceDocument } from "./document.ts";
import { documentSpecs } from "./documents/mod.ts";
import { SourceError } from "./errors.ts";
import type { Profile } from "./profiles.ts";
import { readAccountStatement, type Statements, statementsFor } from "./source_sql.ts";

/** How long a document may be without lines before it is refused for having none, minutes (design, section 3). */
const linesDueMinutes = 10;

export interface PendingKey {
  key: RowKey;
  shop: string;
}
export interface Account {
  user: string;
  password: string;
}

/** What scan and workers need of the source. The simulation has one of its own. */
export interface Source {
  /** At most `limit` keys after `after` (null: from the beginning), in key order, without those of `skipShops`. */
  pendingKeys(
    type: DocumentType,
    page: { after: RowKey | null; limit: number; skipShops: string[] },
  ): Promise<PendingKey[]>;
  /** Those of the rows that still want syncing, with their lines. */
  readDocuments(type: DocumentType, keys: RowKey[]): Promise<SourceDocument[]>;
  /** Writes results, at most one for a key; returns how many rows were changed. */
  writeResults(type: DocumentType, results: RowResult[]): Promise<number>;
  /** The present status of rows; a row that is gone is not in the map. */
  readStatuses(type: DocumentType, keys: RowKey[]): Promise<Map<RowKey, RowStatus | string>>;
  /** The shop's active account changed last, or null. */
  readAccount(shop: string): Promise<Account | null>;
}

type Row = Record<string, unknown>;
type Inputs = Record<string, { type: sql.ISqlType; value: unknown }>;

/** SQL Server through `npm:mssql`. Every method throws SourceError; a lost connection is made anew by the next call. */
export class SqlServerSource implements Source {
  readonly #pool: () => Promise<sql.ConnectionPool>;
  readonly #profile: Profile;
  readonly #statements = new Map<DocumentType, Statements>();

  constructor(pool: () => Promise<sql.ConnectionPool>, profile: Profile) {
    this.#pool = pool;
    this.#profile = profile;
    for (const spec of Object.values(documentSpecs)) {
      this.#statements.set(spec.type, statementsFor(spec, profile));
    }
  }

  async pendingKeys(type: DocumentType, page: { after: RowKey | null; limit: number; skipShops: string[] }) {
    const [rows] = await this.#run("finding pending rows", type, this.#of(type).pendingKeys, {
      pending: this.#status("PENDING_SYNC"),
      after: { type: parameterType(this.#profile.keyType), value: page.after ?? this.#profile.keyBefore },
      limit: { type: sql.Int(), value: page.limit },
      skip_shops: json(page.skipShops),
    });
    return rows.map((row) => ({ key: textOf(row, "key"), shop: textOf(row, "shop") }));
  }

  async readDocuments(type: DocumentType, keys: RowKey[]) {
    const [headers, lines] = await this.#run("reading documents", type, this.#of(type).readDocuments, {
      keys: json(keys),
      pending: this.#status("PENDING_SYNC"),
      lines_due: { type: sql.Int(), value: linesDueMinutes },
    });
    return assemble(headers, lines);
  }

  async writeResults(type: DocumentType, results: RowResult[]) {
    const values = this.#profile.statusValues;
    const rows = results.map((result) => ({
      key: result.key,
      status: values[result.status],
      national_code: result.nationalCode,
      message: result.message,
    }));
    const { changed } = await this.#execute("writing results", type, this.#of(type).writeResults, {
      results: json(rows),
      failed: this.#status("SYNC_FAILED"),
      success: this.#status("SYNC_SUCCESS"),
    });
    return changed;
  }

  async readStatuses(type: DocumentType, keys: RowKey[]) {
    const [rows] = await this.#run("reading statuses", type, this.#of(type).readStatuses, {
      keys: json(keys),
    });
    const names = new Map(Object.entries(this.#profile.statusValues).map(([name, value]) => [value, name]));
    return new Map(rows.map((row) => {
      const status = textOf(row, "status");
      return [textOf(row, "key"), names.get(status) ?? status];
    }));
  }

  async readAccount(shop: string) {
    if (!this.#profile.hasAccounts) return null;
    const [rows] = await this.#run("reading the account of a shop", null, readAccountStatement, {
      shop: { type: sql.VarChar(50), value: shop },
    });
    const row = rows[0];
    return row ? { user: textOf(row, "account"), password: textOf(row, "password") } : null;
  }

  /** How many rows stand at each status. Reads whole tables: for the dev stack and the operator. */
  async countByStatus(type: DocumentType): Promise<Map<string, number>> {
    const [rows] = await this.#run("counting rows", type, this.#of(type).countByStatus, {});
    return new Map(rows.map((row) => [textOf(row, "status"), Number(row.documents)]));
  }

  #of(type: DocumentType): Statements {
    const statements = this.#statements.get(type);
    if (!statements) throw new RangeError(`There are no statements for ${type}`);
    return statements;
  }

  #status(status: RowStatus) {
    return { type: parameterType(this.#profile.statusType), value: this.#profile.statusValues[status] };
  }

  async #run(
    doing: string,
    type: DocumentType | null,
    text: string,
    inputs: Inputs,
  ): Promise<[Row[], Row[]]> {
    const { recordsets } = await this.#execute(doing, type, text, inputs);
    return [recordsets[0] ?? [], recordsets[1] ?? []];
  }

  async #execute(doing: string, type: DocumentType | null, text: string, inputs: Inputs) {
    try {
      const request = (await this.#pool()).request();
      for (const [name, { type, value }] of Object.entries(inputs)) request.input(name, type, value);
      const result: sql.IResult<Row> = await request.query(text);
      const recordsets = Array.isArray(result.recordsets) ? result.recordsets : [];
      return { recordsets, changed: result.rowsAffected.reduce((sum, rows) => sum + rows, 0) };
    } catch (cause) {
      throw SourceError.from(type ? `${doing} of ${type}` : doing, cause);
    }
  }
}

/** Headers with their lines, in the order of the headers. Columns that are not API fields are taken off. */
function assemble(headers: Row[], lines: Row[]): SourceDocument[] {
  const fieldsOf = { header: fieldNames(headers), line: fieldNames(lines) };
  const linesByKey = new Map<RowKey, FieldValues[]>();
  for (const line of lines) {
    const key = String(line.key);
    const list = linesByKey.get(key);
    const values = valuesOf(line, fieldsOf.line);
    if (list) list.push(values);
    else linesByKey.set(key, [values]);
  }
  return headers.map((header) => {
    const key = String(header.key);
    return {
      key,
      shop: String(header.shop),
      linesDue: Number(header.lines_due) === 1,
      header: valuesOf(header, fieldsOf.header),
      lines: linesByKey.get(key) ?? [],
    };
  });
}

/** Columns of read_headers.sql and read_lines.sql that are no fields of the API. */
const notFields = new Set(["key", "shop", "lines_due"]);

function fieldNames([first]: Row[]): string[] {
  return first === undefined ? [] : Object.keys(first).filter((name) => !notFields.has(name));
}

/** Written as a loop over known names: a scan does this for every value of every line. */
function valuesOf(row: Row, names: string[]): FieldValues {
  const values: FieldValues = {};
  for (const name of names) {
    const value = row[name];
    // NFC: a VARCHAR with a Vietnamese collation (code page 1258) comes with its tone marks apart.
    values[name] = value === null ? null : String(value).normalize("NFC");
  }
  return values;
}

function textOf(row: Row, name: string): string {
  const value = row[name];
  if (value === null || value === undefined) throw new TypeError(`The answer has no value for ${name}`);
  return String(value);
}

function json(value: unknown) {
  return { type: sql.NVarChar(sql.MAX), value: JSON.stringify(value) };
}

/** The driver's type for a T-SQL type: parameters are typed like their columns, so that indexes stay usable. */
function parameterType(name: string): sql.ISqlType {
  const [, base, length] = name.match(/^(\w+)(?:\((\d+)\))?$/) ?? [];
  if (base === "bigint") return sql.BigInt();
  if (base === "int") return sql.Int();
  if (base === "varchar") return sql.VarChar(Number(length));
  if (base === "nvarchar") return sql.NVarChar(Number(length));
  throw new RangeError(`No parameter type for ${name}`);
}
