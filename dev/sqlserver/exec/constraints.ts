// NOT NULL (515) and unique keys (2627, 2601) of a row that is being written.
import { type Column, findColumn, type Index, type Table } from "../catalog.ts";
import { printer } from "../engine/convert.ts";
import { SqlError } from "../errors.ts";
import type { Session } from "../session.ts";
import { quoteName } from "../sql/emit/context.ts";
import { sortKey } from "../sql/emit/coerce.ts";
import { isText, type Physical } from "../sql/types.ts";

/** `written` are the columns whose values are new. */
export function checkNotNull(
  session: Session,
  table: Table,
  written: readonly Column[],
  { row, verb }: { row: readonly Physical[]; verb: "INSERT" | "UPDATE" },
): void {
  const column = table.columns.find((candidate, i) =>
    !candidate.nullable && row[i] === null && written.includes(candidate)
  );
  if (column === undefined) return;
  const { database } = session.store.catalogFor(session);
  throw new SqlError(
    515,
    `Cannot insert the value NULL into column '${column.name}', table '${database}.dbo.${table.name}'; column does not allow nulls. ${verb} fails.`,
    { state: 2 },
  );
}

/** SQLite lets several NULLs into a unique index, SQL Server one. */
export function checkUniqueNulls(
  session: Session,
  table: Table,
  row: readonly Physical[],
  own: bigint | null,
): void {
  for (const index of table.indexes) {
    if (index.kind === "index" || !keyOf(table, index, row).includes(null)) continue;
    if (isTaken(session, table, index, row, own)) throw duplicate(table, index, row);
  }
}

/** Which key of the row is there already. */
export function duplicateKey(
  session: Session,
  table: Table,
  row: readonly Physical[],
  own: bigint | null,
): SqlError | null {
  const index = table.indexes.find((candidate) =>
    candidate.kind !== "index" && isTaken(session, table, candidate, row, own)
  );
  return index === undefined ? null : duplicate(table, index, row);
}

function isTaken(
  session: Session,
  table: Table,
  index: Index,
  row: readonly Physical[],
  own: bigint | null,
): boolean {
  const conditions = index.columns.map((name) =>
    `${keyText(table, name, quoteName(name))} IS ${keyText(table, name, "?")}`
  );
  const sql = `SELECT 1 FROM ${quoteName(table.name)} WHERE ${conditions.join(" AND ")} AND ${
    quoteName(table.rowId)
  } IS NOT ? LIMIT 1`;
  return session.store.writer.first(sql, [...keyOf(table, index, row), own]) !== undefined;
}

/** A column as indexes keep it: texts by their collation key. */
export function keyText(table: Table, name: string, sql: string): string {
  const column = findColumn(table, name);
  if (column === undefined || !isText(column.type) || column.collation === null) return sql;
  return sortKey(sql, { collation: column.collation, strength: "implicit" });
}

function keyOf(table: Table, index: Index, row: readonly Physical[]): Physical[] {
  return index.columns.map((name) => row[table.columns.findIndex((column) => column.name === name)] ?? null);
}

function duplicate(table: Table, index: Index, row: readonly Physical[]): SqlError {
  const values = keyOf(table, index, row).map((value, i) => {
    const type = findColumn(table, index.columns[i] ?? "")?.type;
    return value === null || type === undefined ? "<NULL>" : printer(type, 0)(value);
  });
  const shown = `The duplicate key value is (${values.join(", ")}).`;
  if (index.kind === "unique_index") {
    return new SqlError(
      2601,
      `Cannot insert duplicate key row in object 'dbo.${table.name}' with unique index '${index.name}'. ${shown}`,
      { severity: 14 },
    );
  }
  const kind = index.kind === "primary" ? "PRIMARY KEY" : "UNIQUE KEY";
  return new SqlError(
    2627,
    `Violation of ${kind} constraint '${index.name}'. Cannot insert duplicate key in object 'dbo.${table.name}'. ${shown}`,
    { severity: 14 },
  );
}
