// Foreign keys and CHECK constraints (547), looked at when all rows of a statement are written.
import { findColumn, type ForeignKey, type Table } from "../catalog.ts";
import { SqlError } from "../errors.ts";
import type { Session } from "../session.ts";
import { emitCondition } from "../sql/emit/condition.ts";
import { EmitContext, quoteName } from "../sql/emit/context.ts";
import { topEnv } from "../sql/emit/query.ts";
import { scopeColumn } from "../sql/emit/table.ts";
import { parseConditionText } from "../sql/parser/statement.ts";
import type { Physical } from "../sql/types.ts";
import { keyText } from "./constraints.ts";
import { bindValues } from "./plan.ts";
import { type Change, deleteRow } from "./write.ts";

type Verb = "insert" | "update" | "delete";

export function checkChanges(session: Session, table: Table, changes: readonly Change[], verb: Verb): void {
  if (changes.length === 0) return;
  for (const key of table.foreignKeys) checkChild(session, table, key, changes, verb);
  if (verb !== "insert") checkParents(session, table, changes, verb);
  if (verb !== "delete") checkConditions(session, table, changes, verb);
}

/** Each new value must be there in the table it refers to; NULL refers to nothing. */
function checkChild(
  session: Session,
  table: Table,
  key: ForeignKey,
  changes: readonly Change[],
  verb: Verb,
): void {
  const parent = session.store.catalogFor(session).get([key.table], 0);
  const seen = new Set<string>();
  for (const { before, after } of changes) {
    if (after === null) continue;
    const values = valuesOf(table, key.columns, after);
    if (
      values.includes(null) || (before !== null && sameValues(valuesOf(table, key.columns, before), values))
    ) continue;
    const text = values.join("\u0000");
    if (seen.has(text)) continue;
    if (!exists(session, parent, key.referenced, values)) {
      throw conflict(session, verb, "FOREIGN KEY", key.name, parent, key.referenced);
    }
    seen.add(text);
  }
}

/** A value that goes away must not be referred to, unless the rows that do go with it (ON DELETE CASCADE). */
function checkParents(session: Session, table: Table, changes: readonly Change[], verb: Verb): void {
  for (const { child, key } of session.store.catalogFor(session).referencing(table)) {
    for (const { before, after } of changes) {
      if (before === null) continue;
      const values = valuesOf(table, key.referenced, before);
      if (after !== null && sameValues(values, valuesOf(table, key.referenced, after))) continue;
      if (!exists(session, child, key.columns, values)) continue;
      if (verb !== "delete" || !key.cascade) {
        throw conflict(session, verb, "REFERENCE", key.name, child, key.columns);
      }
      cascade(session, child, key, values);
    }
  }
}

function cascade(session: Session, child: Table, key: ForeignKey, values: readonly Physical[]): void {
  const sql = `SELECT ${quoteName(child.rowId)} FROM ${quoteName(child.name)} WHERE ${
    matching(child, key.columns)
  }`;
  const rowIds = session.store.writer.all(sql, values).map(([id]) => BigInt(id as bigint));
  const changes = rowIds.map((rowId) => deleteRow(session, child, rowId));
  checkChanges(session, child, changes, "delete");
  if (session.transaction.depth > 0) session.store.holdRows(child, rowIds);
}

function checkConditions(session: Session, table: Table, changes: readonly Change[], verb: Verb): void {
  for (const check of table.checks) {
    const ctx = new EmitContext({
      catalog: session.store.catalogFor(session),
      ops: session.store.ops,
      variables: new Map(),
      lockedTables: new Set(),
    });
    const env = topEnv(ctx, []);
    env.scope.add({
      name: table.name,
      columns: table.columns.map((column) => scopeColumn(column, "t")),
      table,
      sqlAlias: "t",
    }, 0);
    const condition = emitCondition({ ...env, aggregates: "forbidden" }, parseConditionText(check.text));
    const values = bindValues({ emitted: null, binds: ctx.binds, uses: [] }, session, new Map());
    const sql = `SELECT 1 FROM ${quoteName(table.name)} AS t WHERE t.${quoteName(table.rowId)} = ?${
      values.length + 1
    } AND NOT ${condition}`;
    const broken = changes.some((change) =>
      session.store.writer.first(sql, [...values, change.rowId]) !== undefined
    );
    if (broken) {
      throw conflict(session, verb, "CHECK", check.name, table, columnsIn(parseConditionText(check.text)));
    }
  }
}

/** The columns a condition speaks of, each once. */
function columnsIn(node: unknown): string[] {
  if (node === null || typeof node !== "object") return [];
  if ("kind" in node && node.kind === "column" && "parts" in node && Array.isArray(node.parts)) {
    return [String(node.parts.at(-1))];
  }
  return [...new Set(Object.values(node).flatMap(columnsIn))];
}

function valuesOf(table: Table, names: readonly string[], row: readonly Physical[]): Physical[] {
  return names.map((name) => {
    const column = findColumn(table, name);
    return column === undefined ? null : row[table.columns.indexOf(column)] ?? null;
  });
}

function sameValues(a: readonly Physical[], b: readonly Physical[]): boolean {
  return a.every((value, i) => value === b[i]);
}

function exists(
  session: Session,
  table: Table,
  names: readonly string[],
  values: readonly Physical[],
): boolean {
  const sql = `SELECT 1 FROM ${quoteName(table.name)} WHERE ${matching(table, names)} LIMIT 1`;
  return session.store.writer.first(sql, values) !== undefined;
}

function matching(table: Table, names: readonly string[]): string {
  return names.map((name) => `${keyText(table, name, quoteName(name))} = ${keyText(table, name, "?")}`).join(
    " AND ",
  );
}

/** 547 as SQL Server words it. */
function conflict(
  session: Session,
  verb: string,
  kind: string,
  name: string,
  table: Table,
  columns: readonly string[],
): SqlError {
  const { database } = session.store.catalogFor(session);
  const [column] = columns;
  const where = columns.length === 1 ? `, column '${column}'.` : ".";
  return new SqlError(
    547,
    `The ${verb.toUpperCase()} statement conflicted with the ${kind} constraint "${name}". ` +
      `The conflict occurred in database "${database}", table "dbo.${table.name}"${where}`,
    { state: 0 },
  );
}
