// A base table or system view in FROM: its columns, its hints, and the filter for rows other sessions have locked.
import { type Column, type Table } from "../../catalog.ts";
import { unsupported } from "../../errors.ts";
import type { TableRef } from "../ast.ts";
import { isText } from "../types.ts";
import { type EmitContext, quoteName, quoteText, type TableUse } from "./context.ts";
import type { Env } from "./env.ts";
import type { ScopeColumn } from "./scope.ts";
import { systemView } from "./system_views.ts";

type TableLeaf = Extract<TableRef, { kind: "table" }>;

export function emitTable(env: Env, ref: TableLeaf): string {
  const view = systemView(env.ctx, ref.parts);
  const sqlAlias = env.ctx.alias();
  const name = ref.alias ?? ref.parts.at(-1) ?? "";
  if (view !== null) {
    env.scope.add({ name, columns: view.columns(sqlAlias), sqlAlias }, ref.line);
    return `json_each(${view.rows}) AS ${sqlAlias}`;
  }
  const table = env.ctx.catalog.get(ref.parts, ref.line);
  const use = useOf(table, ref.hints, ref.line);
  env.ctx.uses.push(use);
  env.scope.add({
    name,
    columns: table.columns.map((column) => scopeColumn(column, sqlAlias)),
    table,
    sqlAlias,
  }, ref.line);
  return `${unlockedRows(env.ctx, use)} AS ${sqlAlias}`;
}

export function scopeColumn(column: Column, sqlAlias: string): ScopeColumn {
  return {
    name: column.name,
    sql: `${sqlAlias}.${quoteName(column.name)}`,
    type: column.type,
    label: isText(column.type) && column.collation !== null
      ? { collation: column.collation, strength: "implicit" }
      : null,
    nullable: column.nullable,
  };
}

/** READPAST passes locked rows over, NOLOCK reads what is not committed, anything else waits. */
function useOf(table: Table, hints: readonly string[], line: number): TableUse {
  const has = (...names: string[]) => names.some((name) => hints.includes(name));
  const dirty = has("nolock", "readuncommitted");
  if (dirty && has("readpast", "updlock", "xlock", "holdlock", "serializable")) {
    throw unsupported(`hints ${hints.join(", ")} together`, line);
  }
  const reads = dirty ? "dirty" : has("readpast") ? "skip" : "wait";
  return {
    table,
    reads,
    locks: has("updlock", "xlock", "holdlock", "serializable", "repeatableread", "tablockx"),
  };
}

/** While another session holds rows of the table, each row read is asked for: row_free() skips it or makes us wait. */
function unlockedRows(ctx: EmitContext, use: TableUse): string {
  const name = quoteName(use.table.name);
  if (use.reads === "dirty" || !ctx.lockedTables.has(use.table.name.toLowerCase())) return name;
  const filter = `row_free(${quoteText(use.table.name.toLowerCase())},${quoteName(use.table.rowId)},${
    use.reads === "skip" ? 1 : 0
  })`;
  return `(SELECT * FROM ${name} WHERE ${filter})`;
}
