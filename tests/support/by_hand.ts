// What a pharmacy does to its own rows by hand, in whichever tables the stack's profile has: a status set back, a field corrected, a line added.
// The names are the profile's own; the documents go in by `stack.insert()`.
// @ts-types="@types/mssql"
import sql from "mssql";
import type { DocumentType, RowStatus } from "../../shared/document.ts";
import { documentSpecs, type Tables } from "../../shared/documents/mod.ts";
import { profileFor } from "../../shared/profile_file.ts";
import { quote } from "../../shared/source_sql.ts";
import type { Stack } from "./stack.ts";

/** Field of the national API → value, as text: SQL Server converts it to the column's type. */
export type Values = Readonly<Record<string, string | null>>;

/** Which rows: all of a type, or the one with this document code. */
export interface Which {
  readonly type: DocumentType;
  readonly code?: string;
}

/** Corrects fields of the header, and sets the status where one is given. Throws a RangeError for a field without a column. */
export async function correct(
  stack: Stack,
  { type, code }: Which,
  { status, ...fields }: { readonly status?: RowStatus; readonly [field: string]: string },
): Promise<void> {
  const { tables, statusValues } = namesOf(stack, type);
  const values = Object.entries(fields).map(([field, value]) => [columnOf(tables.columns, field), value]);
  if (status !== undefined) values.push([tables.status, statusValues[status]]);
  const request = stack.sql.request();
  values.forEach(([, value], at) => request.input(`value${at}`, sql.NVarChar(sql.MAX), value));
  const assignments = values.map(([column], at) => `${quote(column ?? "")} = @value${at}`);
  const where = code === undefined ? "" : ` WHERE ${codeColumn(stack, type)} = @code`;
  if (code !== undefined) request.input("code", sql.NVarChar(50), code);
  await request.query(`UPDATE ${quote(tables.header)} SET ${assignments.join(", ")}${where}`);
}

/** Adds a line to the document with this code. Throws a RangeError for a field without a column. */
export async function addLine(stack: Stack, { type, code }: Required<Which>, values: Values): Promise<void> {
  const { header, key, details } = namesOf(stack, type).tables;
  const fields = Object.entries(values);
  const columns = fields.map(([field]) => quote(columnOf(details.columns, field)));
  const request = stack.sql.request().input("code", sql.NVarChar(50), code);
  fields.forEach(([, value], at) => request.input(`value${at}`, sql.NVarChar(sql.MAX), value));
  await request.query(
    `INSERT INTO ${quote(details.table)} (${[quote(details.parent), ...columns].join(", ")})
     SELECT ${[quote(key), ...fields.map((_, at) => `@value${at}`)].join(", ")}
     FROM ${quote(header)} WHERE ${codeColumn(stack, type)} = @code`,
  );
}

/** Forbids SQL Server by a constraint to take this status for this document. */
export async function forbid(
  stack: Stack,
  { type, code }: Required<Which>,
  status: RowStatus,
): Promise<void> {
  const { tables, statusValues } = namesOf(stack, type);
  const forbidden = `${codeColumn(stack, type)} <> '${code}' OR ${quote(tables.status)} <> '${
    statusValues[status]
  }'`;
  await stack.sql.request().query(
    `ALTER TABLE ${quote(tables.header)} ADD CONSTRAINT forbidden CHECK (${forbidden})`,
  );
}

function namesOf(stack: Stack, type: DocumentType) {
  const { tables, statusValues } = profileFor(stack.settings.source.profile);
  return { tables: tables[type], statusValues };
}

function codeColumn(stack: Stack, type: DocumentType): string {
  return quote(columnOf(namesOf(stack, type).tables.columns, documentSpecs[type].code));
}

function columnOf(columns: Tables["columns"], field: string): string {
  const column = columns[field];
  if (column === undefined) throw new RangeError(`the profile has no column for ${field}`);
  return column;
}
