// ALTER TABLE ADD on a table that has rows: values for new columns, and whether the rows obey new constraints.
import type { Column, Table } from "../catalog.ts";
import { SqlError } from "../errors.ts";
import type { Session } from "../session.ts";
import { coerce } from "../sql/emit/coerce.ts";
import { EmitContext, quoteName } from "../sql/emit/context.ts";
import { emitExpr } from "../sql/emit/expression.ts";
import { topEnv } from "../sql/emit/query.ts";
import { parseExpressionText } from "../sql/parser/statement.ts";
import type { Physical } from "../sql/types.ts";
import { bindValues } from "./plan.ts";
import { checkChanges } from "./references.ts";

/** A NOT NULL column needs a default as soon as there is a row (4901); a column that may be NULL stays NULL. */
export function addColumnValues(session: Session, table: Table, added: readonly Column[]): void {
  const { writer } = session.store;
  const hasRows = writer.first(`SELECT 1 FROM ${quoteName(table.name)} LIMIT 1`) !== undefined;
  for (const column of added) {
    if (!hasRows || column.nullable) continue;
    if (column.default === null) {
      throw new SqlError(
        4901,
        `ALTER TABLE only allows columns to be added that can contain nulls, or have a DEFAULT definition specified. Column '${column.name}' cannot be added to non-empty table '${table.name}' because it does not satisfy these conditions.`,
      );
    }
    const value = defaultValue(session, column);
    writer.run(`UPDATE ${quoteName(table.name)} SET ${quoteName(column.name)} = ?`, [value]);
  }
}

function defaultValue(session: Session, column: Column): Physical {
  const ctx = new EmitContext({
    catalog: session.store.catalogFor(session),
    ops: session.store.ops,
    variables: new Map(),
    lockedTables: new Set(),
  });
  const expr = parseExpressionText(column.default?.text ?? "NULL");
  const typed = coerce(ctx, emitExpr({ ...topEnv(ctx, []), aggregates: "forbidden" }, expr), column.type);
  const values = bindValues({ emitted: null, binds: ctx.binds, uses: [] }, session, new Map());
  return session.store.writer.first(`SELECT ${typed.sql}`, values)?.[0] ?? null;
}

/** New foreign keys and checks must hold for the rows that are there. */
export function checkExistingRows(session: Session, table: Table, before: Table): void {
  const added = {
    ...table,
    foreignKeys: table.foreignKeys.slice(before.foreignKeys.length),
    checks: table.checks.slice(before.checks.length),
  };
  if (added.foreignKeys.length + added.checks.length === 0) return;
  const names = [table.rowId, ...table.columns.map((column) => column.name)].map(quoteName).join(",");
  const rows = session.store.writer.all(`SELECT ${names} FROM ${quoteName(table.name)}`);
  const changes = rows.map(([rowId, ...after]) => ({ rowId: BigInt(rowId as bigint), before: null, after }));
  try {
    checkChanges(session, added, changes, "insert");
  } catch (error) {
    if (error instanceof SqlError) {
      throw new SqlError(547, error.message.replace("The INSERT", "The ALTER TABLE"), { state: 0 });
    }
    throw error;
  }
}
