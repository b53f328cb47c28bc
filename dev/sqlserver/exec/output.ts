// The OUTPUT clause: columns of the rows before and after a change.
import { findColumn, type Table } from "../catalog.ts";
import { invalidColumn } from "../errors.ts";
import type { OutputItem } from "../sql/ast.ts";
import { isText, type Physical } from "../sql/types.ts";
import type { OutputColumn } from "./run.ts";
import type { Change } from "./write.ts";

export function outputColumns(table: Table, items: readonly OutputItem[]): OutputColumn[] {
  return items.flatMap((item) => {
    const columns = item.kind === "star" ? table.columns : [findColumn(table, item.column)];
    return columns.map((column): OutputColumn => {
      if (column === undefined) {
        throw invalidColumn(item.kind === "star" ? "*" : item.column, item.kind === "star" ? 0 : item.line);
      }
      const name = item.kind === "column" ? item.alias ?? column.name : column.name;
      return {
        name,
        type: column.type,
        collation: isText(column.type) ? column.collation : null,
        nullable: column.nullable,
      };
    });
  });
}

export function outputRow(table: Table, items: readonly OutputItem[], change: Change): Physical[] {
  return items.flatMap((item) => {
    const row = item.table === "inserted" ? change.after : change.before;
    if (item.kind === "star") return table.columns.map((_, i) => row?.[i] ?? null);
    const column = findColumn(table, item.column);
    return [column === undefined ? null : row?.[table.columns.indexOf(column)] ?? null];
  });
}
