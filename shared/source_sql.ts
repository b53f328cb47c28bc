// Fills the statements in shared/sql with a profile's tables and columns. Text in, text out; shared/source.ts runs them.
import countByStatus from "./sql/count_by_status.sql" with { type: "text" };
import pendingKeys from "./sql/pending_keys.sql" with { type: "text" };
import readAccount from "./sql/read_account.sql" with { type: "text" };
import readHeaders from "./sql/read_headers.sql" with { type: "text" };
import readLines from "./sql/read_lines.sql" with { type: "text" };
import readStatuses from "./sql/read_statuses.sql" with { type: "text" };
import writeResults from "./sql/write_results.sql" with { type: "text" };
import type { DocumentSpec, Tables } from "./documents/mod.ts";
import type { FieldKind, Fields } from "./fields.ts";
import type { Profile } from "./profiles.ts";

/** The statements for one document type, ready to run. */
export interface Statements {
  pendingKeys: string;
  /** Two recordsets in one round trip: headers, then lines. */
  readDocuments: string;
  writeResults: string;
  readStatuses: string;
  countByStatus: string;
}

export const readAccountStatement: string = readAccount;

/** Every statement for a type of document in a profile. Throws RangeError when a field that must be sent has no column. */
export function statementsFor(spec: DocumentSpec, profile: Profile): Statements {
  const tables = profile.tables[spec.type];
  const variables = { ...fragments(tables, profile), ...columnLists(spec, tables) };
  return {
    pendingKeys: fill(pendingKeys, variables),
    readDocuments: fill(`${readHeaders}\n${readLines}`, variables),
    writeResults: fill(writeResults, variables),
    readStatuses: fill(readStatuses, variables),
    countByStatus: fill(countByStatus, variables),
  };
}

/** Puts `$(name)` variables into a statement, as sqlcmd does, and drops its comment lines. Throws RangeError for a name not given. */
export function fill(statement: string, variables: Record<string, string>): string {
  return statement.replace(/^--.*\n/gm, "").replace(/\$\((\w+)\)/g, (_, name: string) => {
    const value = variables[name];
    if (value === undefined) throw new RangeError(`The statement uses $(${name}), which has no value`);
    return value;
  });
}

function fragments(tables: Tables, profile: Profile): Record<string, string> {
  return {
    ...keyFragments(tables, profile),
    // May be a number, and empty: a document without a shop is refused like one without any other field, and stops no scan.
    shop: `COALESCE(${asText(column("h", tables.shop), 50)}, N'')`,
    status_type: profile.statusType,
    created_at: createdAt(tables),
    line_key: column("d", tables.details.key),
  };
}

/** What every statement on a document's rows may name: tables, key, status, and the profile's own condition. Headers are `h`, lines `d`. */
export function keyFragments(tables: Tables, profile: Profile): Record<string, string> {
  const [key, status] = [column("h", tables.key), column("h", tables.status)];
  return {
    header: quote(tables.header),
    details: quote(tables.details.table),
    line_parent: column("d", tables.details.parent),
    key,
    key_text: asText(key, 50),
    key_type: profile.keyType,
    // OPENJSON gives the database's collation; a text key may have another, and comparing the two is error 468.
    key_collation: profile.keyType.includes("char") ? " COLLATE DATABASE_DEFAULT" : "",
    status,
    status_text: asText(status, 20),
    and_where: tables.where === undefined ? "" : `\n  AND (${tables.where})`,
  };
}

function columnLists(spec: DocumentSpec, tables: Tables): Record<string, string> {
  return {
    header_columns: selectList("h", spec.header, tables.columns, tables.constants),
    line_columns: selectList("d", spec.lines.fields, tables.details.columns, tables.constants),
    assignments: assignments(tables).join(",\n  "),
  };
}

/** Only the columns that source-schema names "written back". */
function assignments(tables: Tables): string[] {
  const code = tables.nationalCode === null ? null : column("h", tables.nationalCode);
  const message = code === null
    ? "CASE WHEN r.[national_code] IS NULL THEN r.[message] ELSE CONCAT(r.[national_code], N': ', r.[message]) END"
    : "r.[message]";
  return [
    `${column("h", tables.status)} = r.[status]`,
    ...(code === null ? [] : [`${code} = COALESCE(r.[national_code], ${code})`]),
    `${column("h", tables.message)} = ${message}`,
    ...(tables.updatedAt === null ? [] : [`${column("h", tables.updatedAt)} = GETDATE()`]),
  ];
}

/** When the row was inserted, or where the table only knows a day, the beginning of the next one. */
function createdAt({ createdAt }: Tables): string {
  return typeof createdAt === "string"
    ? column("h", createdAt)
    : `DATEADD(day, 1, ${column("h", createdAt.day)})`;
}

/** A field without a column is a constant of the profile, or NULL when it may be left out. */
function selectList(
  alias: string,
  fields: Fields,
  columns: Readonly<Record<string, string>>,
  constants: Readonly<Record<string, string>> = {},
): string {
  return Object.entries(fields).map(([name, field]) => {
    const source = columns[name];
    const constant = constants[name];
    if (source) return `${converted(field.kind, column(alias, source))} AS ${quote(name)}`;
    if (constant !== undefined) return `N'${constant.replaceAll("'", "''")}' AS ${quote(name)}`;
    if (field.required) throw new RangeError(`The profile names no column for ${name}`);
    return `CAST(NULL AS nvarchar(1)) AS ${quote(name)}`;
  }).join(",\n  ");
}

/** Dates and numbers leave SQL Server as text: no time zone and no floating point touches them. */
function converted(kind: FieldKind, source: string): string {
  switch (kind) {
    case "text":
      return source;
    case "date":
      return `CONVERT(nvarchar(33), ${source}, 126)`;
    case "decimal":
      return `CONVERT(nvarchar(40), ${source})`;
    case "integer":
      return `CONVERT(nvarchar(20), ${source})`;
  }
}

function asText(source: string, length: number): string {
  return `CONVERT(nvarchar(${length}), ${source})`;
}

/** A column of a table by its alias. */
export function column(alias: string, name: string): string {
  return `${alias}.${quote(name)}`;
}

/** A name in brackets, each part of `schema.table` by itself. */
export function quote(name: string): string {
  return name.split(".").map((part) => `[${part.replaceAll("]", "]]")}]`).join(".");
}
