// From the parts of CREATE TABLE and ALTER TABLE to a catalog entry: names for what has none, keys, row id.
import {
  type Catalog,
  type Column,
  findColumn,
  type ForeignKey,
  HIDDEN_ROW_ID,
  type Index,
  same,
  type Table,
} from "../catalog.ts";
import { findCollation } from "../engine/collation.ts";
import { SqlError, unsupported } from "../errors.ts";
import type { ColumnSpec, ConstraintSpec, Statement } from "../sql/ast.ts";
import { parseConditionText, parseExpressionText } from "../sql/parser/statement.ts";
import { isInteger, isText } from "../sql/types.ts";

export function newTable(catalog: Catalog, statement: Extract<Statement, { kind: "create_table" }>): Table {
  const name = statement.name.at(-1) ?? "";
  const schema = statement.name.at(-2) ?? "dbo";
  if (!same(schema, "dbo") && schema !== "") {
    throw new SqlError(
      2760,
      `The specified schema name "${schema}" either does not exist or you do not have permission to use it.`,
    );
  }
  const columns = statement.columns.map((spec) => newColumn(catalog, spec, name));
  const repeated = columns.find((column, i) =>
    columns.findIndex((other) => same(other.name, column.name)) !== i
  );
  if (repeated !== undefined) {
    throw new SqlError(
      2705,
      `Column names in each table must be unique. Column name '${repeated.name}' in table '${name}' is specified more than once.`,
    );
  }
  const bare: Table = {
    id: catalog.nextId(),
    name,
    columns,
    indexes: [],
    foreignKeys: [],
    checks: [],
    rowId: HIDDEN_ROW_ID,
    createdAt: Date.now(),
  };
  const table = addConstraints(bare, catalog, statement.constraints);
  return { ...table, rowId: rowIdOf(table) };
}

/** A primary key of one integer column is SQLite's row id itself. */
function rowIdOf(table: Table): string {
  const primary = table.indexes.find((index) => index.kind === "primary");
  const [name, ...rest] = primary?.columns ?? [];
  const column = name === undefined ? undefined : findColumn(table, name);
  const single = column !== undefined && rest.length === 0 && isInteger(column.type) &&
    column.type.name !== "bit";
  return single ? column.name : HIDDEN_ROW_ID;
}

export function newColumn(catalog: Catalog, spec: ColumnSpec, tableName: string): Column {
  if (spec.collation !== null && !isText(spec.type)) {
    throw new SqlError(447, `Expression type ${spec.type.name} is invalid for COLLATE clause.`);
  }
  const named = spec.collation === null || same(spec.collation, "database_default")
    ? catalog.collation
    : findCollation(spec.collation);
  if (spec.identity !== null && !isInteger(spec.type)) {
    throw unsupported(`IDENTITY of type ${spec.type.name}`);
  }
  if (spec.default !== null) parseExpressionText(spec.default.text);
  return {
    name: spec.name,
    type: spec.type,
    collation: isText(spec.type) ? named : null,
    nullable: spec.identity !== null ? false : spec.nullable ?? true,
    identity: spec.identity,
    default: spec.default === null
      ? null
      : { name: spec.default.name ?? systemName("DF", tableName, spec.name), text: spec.default.text },
  };
}

export function addConstraints(table: Table, catalog: Catalog, specs: readonly ConstraintSpec[]): Table {
  return specs.reduce((current, spec) => addConstraint(current, catalog, spec), table);
}

function addConstraint(table: Table, catalog: Catalog, spec: ConstraintSpec): Table {
  switch (spec.kind) {
    case "key":
      return addKey(table, spec);
    case "foreign":
      return { ...table, foreignKeys: [...table.foreignKeys, foreignKey(table, catalog, spec)] };
    case "check": {
      parseConditionText(spec.text);
      const name = spec.name ?? systemName("CK", table.name, String(table.checks.length));
      return { ...table, checks: [...table.checks, { name, text: spec.text }] };
    }
    case "default": {
      parseExpressionText(spec.text);
      const name = spec.name ?? systemName("DF", table.name, spec.column);
      return changeColumn(
        table,
        spec.column,
        (column) => ({ ...column, default: { name, text: spec.text } }),
      );
    }
  }
}

function addKey(table: Table, spec: Extract<ConstraintSpec, { kind: "key" }>): Table {
  const columns = spec.columns.map((name) => existing(table, name).name);
  if (spec.primary && table.indexes.some((index) => index.kind === "primary")) {
    throw new SqlError(1779, `Table '${table.name}' already has a primary key defined on it.`, { state: 0 });
  }
  const index: Index = {
    name: spec.name ?? systemName(spec.primary ? "PK" : "UQ", table.name, columns.join("_")),
    kind: spec.primary ? "primary" : "unique_constraint",
    columns,
    include: [],
  };
  const keyed = { ...table, indexes: [...table.indexes, index] };
  return spec.primary
    ? columns.reduce<Table>((t, name) => changeColumn(t, name, (c) => ({ ...c, nullable: false })), keyed)
    : keyed;
}

function foreignKey(
  table: Table,
  catalog: Catalog,
  spec: Extract<ConstraintSpec, { kind: "foreign" }>,
): ForeignKey {
  const target = spec.table.at(-1) ?? "";
  const parent = same(target, table.name) ? table : catalog.find(spec.table);
  const name = spec.name ?? systemName("FK", table.name, spec.columns.join("_"));
  if (parent === undefined) {
    throw new SqlError(1767, `Foreign key '${name}' references invalid table '${spec.table.join(".")}'.`, {
      state: 0,
    });
  }
  const primary = parent.indexes.find((index) => index.kind === "primary")?.columns ?? [];
  const referenced = spec.referenced.length === 0
    ? primary
    : spec.referenced.map((column) => existing(parent, column).name);
  const unique = parent.indexes.some((index) =>
    index.kind !== "index" && index.columns.length === referenced.length &&
    index.columns.every((column) => referenced.some((other) => same(other, column)))
  );
  if (!unique || referenced.length !== spec.columns.length) {
    throw new SqlError(
      1776,
      `There are no primary or candidate keys in the referenced table '${target}' that match the referencing column list in the foreign key '${name}'.`,
      { state: 0 },
    );
  }
  const columns = spec.columns.map((column) => existing(table, column).name);
  return { name, columns, table: parent.name.toLowerCase(), referenced, cascade: spec.cascade };
}

function existing(table: Table, name: string): Column {
  const column = findColumn(table, name);
  if (column !== undefined) return column;
  throw new SqlError(1911, `Column name '${name}' does not exist in the target table or view.`);
}

function changeColumn(table: Table, name: string, change: (column: Column) => Column): Table {
  const target = existing(table, name);
  return { ...table, columns: table.columns.map((column) => column === target ? change(column) : column) };
}

/** `PK__table__1A2B3C4D`, as SQL Server names what its user did not. */
function systemName(prefix: string, table: string, part: string): string {
  let hash = 0x811c9dc5;
  for (const c of `${prefix}.${table}.${part}`) {
    hash = Math.imul(hash ^ (c.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return `${prefix}__${table.slice(0, 9)}__${hash.toString(16).toUpperCase().padStart(8, "0")}`;
}
