// INSERT, UPDATE, DELETE: the emitter's SELECT names the rows, this file writes them one by one and checks them.
// What breaks a rule is named as SQL Server names it (constraints.ts).
import type { Table } from "../catalog.ts";
import { convertColumns } from "../engine/convert.ts";
import type { Session } from "../session.ts";
import type { Delete, Insert, OutputItem, Update } from "../sql/ast.ts";
import { type EmitContext, quoteName } from "../sql/emit/context.ts";
import { emitDelete, emitInsert, emitUpdate, type RowPlan } from "../sql/emit/dml.ts";
import type { Physical } from "../sql/types.ts";
import { StorageError } from "../store/connection.ts";
import { checkNotNull, checkUniqueNulls, duplicateKey } from "./constraints.ts";
import { checkChanges } from "./references.ts";
import { outputColumns, outputRow } from "./output.ts";
import { bindValues, planFor } from "./plan.ts";
import type { Run } from "./run.ts";

/**
 * A row before and after; null before an INSERT and after a DELETE. Values are in the order of the table's columns. Of an UPDATE
 * without OUTPUT it has the columns that are set, and those of which a rule between rows speaks; the others are null.
 */
export interface Change {
  readonly rowId: bigint;
  readonly before: readonly Physical[] | null;
  readonly after: readonly Physical[] | null;
}

export async function runWrite(run: Run, statement: Insert | Update | Delete): Promise<void> {
  const { session, sink } = run;
  const { table, changes } = await session.transaction.write(run.signal, () => writeNow(run, statement));
  session.rowCount = BigInt(changes.length);
  if (statement.output !== null) await sendOutput(run, table, statement.output, changes);
  sink.done(session.noCount ? null : session.rowCount);
}

async function sendOutput(
  run: Run,
  table: Table,
  items: readonly OutputItem[],
  changes: readonly Change[],
): Promise<void> {
  run.sink.columns(outputColumns(table, items));
  await run.sink.rows(changes.map((change) => outputRow(table, items, change)));
}

function writeNow(run: Run, statement: Insert | Update | Delete): { table: Table; changes: Change[] } {
  const { session } = run;
  const plan = planFor(session, statement, run.types, (ctx) => emitWrite(ctx, statement, session));
  if (statement.output !== null) outputColumns(plan.emitted.table, statement.output);
  const rows = session.store.writer.all(plan.emitted.sql, bindValues(plan, session, run.variables));
  const { table, prints } = plan.emitted;
  convertColumns(rows, prints);
  const changes = statement.kind === "insert"
    ? insertRows(session, plan.emitted, rows)
    : changeRows(session, plan.emitted, rows, statement.kind);
  checkChanges(session, table, changes, statement.kind);
  if (session.transaction.depth > 0) session.store.holdRows(table, changes.map((change) => change.rowId));
  return { table, changes };
}

function emitWrite(ctx: EmitContext, statement: Insert | Update | Delete, session: Session): RowPlan {
  if (statement.kind === "update") return emitUpdate(ctx, statement);
  if (statement.kind === "delete") return emitDelete(ctx, statement);
  const table = ctx.catalog.get(statement.target, statement.line);
  return emitInsert(ctx, statement, session.identityInsert === table.name.toLowerCase());
}

function insertRows(session: Session, plan: RowPlan, rows: readonly Physical[][]): Change[] {
  const { table, columns } = plan;
  const identity = table.columns.find((column) => column.identity !== null);
  const explicit = identity !== undefined && columns.includes(identity);
  return rows.map((values) => {
    const after = table.columns.map((column) => {
      const index = columns.indexOf(column);
      return index < 0 ? session.store.nextIdentity(table) : values[index] ?? null;
    });
    checkNotNull(session, table, table.columns, { row: after, verb: "INSERT" });
    const rowId = insertRow(session, table, after);
    if (identity !== undefined) {
      noteIdentity(session, table, after[table.columns.indexOf(identity)] ?? null, explicit);
    }
    return { rowId, before: null, after };
  });
}

function noteIdentity(session: Session, table: Table, value: Physical, explicit: boolean): void {
  const identity = BigInt(value as bigint);
  session.lastIdentity = identity;
  session.scopeIdentity = identity;
  if (explicit) session.store.noteIdentity(table, identity);
}

/** Writes one new row; also used when a table gets a new column. */
function insertRow(session: Session, table: Table, row: readonly Physical[]): bigint {
  const names = table.columns.map((column) => quoteName(column.name));
  const sql = `INSERT INTO ${quoteName(table.name)}(${names.join(",")}) VALUES (${
    names.map(() => "?").join(",")
  })`;
  return guarded(session, table, row, null, () => session.store.writer.run(sql, row));
}

function changeRows(
  session: Session,
  plan: RowPlan,
  rows: readonly Physical[][],
  kind: "update" | "delete",
): Change[] {
  const update = rowUpdater(session, plan);
  const seen = new Set<bigint>();
  const changes: Change[] = [];
  for (const row of rows) {
    const rowId = BigInt(row[0] as bigint);
    // A row that the join meets twice is changed once, by the first match.
    if (seen.has(rowId)) continue;
    seen.add(rowId);
    changes.push(kind === "delete" ? deleteRow(session, plan.table, rowId) : update(rowId, row));
  }
  return changes;
}

export function deleteRow(session: Session, table: Table, rowId: bigint): Change {
  const before = currentRow(session, table, rowId);
  session.store.writer.run(`DELETE FROM ${quoteName(table.name)} WHERE ${quoteName(table.rowId)} = ?`, [
    rowId,
  ]);
  return { rowId, before, after: null };
}

/** Updates rows as emitUpdate gives them: row id, new values, what is kept of the row as it stands. */
function rowUpdater(
  session: Session,
  { table, columns, kept }: RowPlan,
): (rowId: bigint, row: readonly Physical[]) => Change {
  const sets = columns.map((column) => `${quoteName(column.name)} = ?`).join(",");
  const sql = `UPDATE ${quoteName(table.name)} SET ${sets} WHERE ${quoteName(table.rowId)} = ?`;
  const end = 1 + columns.length;
  // Where a column's value stands in such a row: now, and when it is written; -1 for a value that nobody looks at.
  const placesBefore = table.columns.map((column) => kept.includes(column) ? end + kept.indexOf(column) : -1);
  const placesAfter = table.columns.map((column, i) =>
    columns.includes(column) ? 1 + columns.indexOf(column) : placesBefore[i] ?? -1
  );
  const moved = table.columns.findIndex((column) => column.name === table.rowId);
  return (rowId, row) => {
    const before = placesBefore.map((place) => place < 0 ? null : row[place] ?? null);
    const after = placesAfter.map((place) => place < 0 ? null : row[place] ?? null);
    checkNotNull(session, table, columns, { row: after, verb: "UPDATE" });
    const values = [...row.slice(1, end), rowId];
    guarded(session, table, after, rowId, () => session.store.writer.run(sql, values));
    return { rowId: moved < 0 ? rowId : BigInt(after[moved] as bigint), before, after };
  };
}

function currentRow(session: Session, table: Table, rowId: bigint): Physical[] {
  const names = table.columns.map((column) => quoteName(column.name)).join(",");
  const sql = `SELECT ${names} FROM ${quoteName(table.name)} WHERE ${quoteName(table.rowId)} = ?`;
  return session.store.writer.first(sql, [rowId]) ?? [];
}

/** Runs the write; a duplicate becomes 2627 or 2601 with the key that is there already. */
function guarded<T>(
  session: Session,
  table: Table,
  row: readonly Physical[],
  own: bigint | null,
  action: () => T,
): T {
  checkUniqueNulls(session, table, row, own);
  try {
    return action();
  } catch (error) {
    if (error instanceof StorageError && error.isDuplicate) {
      throw duplicateKey(session, table, row, own) ?? error;
    }
    throw error;
  }
}
