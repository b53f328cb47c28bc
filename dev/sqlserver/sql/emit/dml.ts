// INSERT, UPDATE, DELETE → one SELECT that gives the rows to write; exec/write.ts then writes them one by one.
// So that NULLs, keys and foreign keys can be checked and named as SQL Server names them.
import { type Column, findColumn, same, type Table } from "../../catalog.ts";
import { invalidColumn, invalidObject, SqlError, unsupported } from "../../errors.ts";
import type { Delete, Expr, Insert, TableRef, Update } from "../ast.ts";
import { parseExpressionText } from "../parser/statement.ts";
import { isText } from "../types.ts";
import { coerce } from "./coerce.ts";
import { emitCondition } from "./condition.ts";
import { type Columns, type EmitContext, quoteName } from "./context.ts";
import type { Env } from "./env.ts";
import { emitExpr } from "./expression.ts";
import { emitFrom, type EmittedFrom } from "./from.ts";
import { emitLimit } from "./limit.ts";
import { emitInsertSource, topEnv } from "./query.ts";
import type { Source } from "./scope.ts";
import type { Typed } from "./typed.ts";

/** A SELECT whose first column is the row id (not for INSERT), the next ones the new values of `columns`, the last ones `kept`. */
export interface RowPlan {
  readonly table: Table;
  readonly columns: readonly Column[];
  /** Columns whose values before an UPDATE are looked at. */
  readonly kept: readonly Column[];
  readonly prints: Columns["prints"];
  readonly sql: string;
}

export function emitUpdate(ctx: EmitContext, statement: Update): RowPlan {
  const { env, from, target, table } = openTarget(ctx, statement);
  const columns = statement.sets.map((set) => updatable(env, target, table, set.column, set.line));
  const repeated = columns.find((column, i) => columns.indexOf(column) !== i);
  if (repeated !== undefined) {
    throw new SqlError(
      264,
      `The column name '${repeated.name}' is specified more than once in the SET clause.`,
      { line: statement.line },
    );
  }
  const kept = statement.output === null ? keyColumns(ctx, table) : table.columns;
  const assignments = statement.sets.map((set, i) => assigned(env, table, columns[i], set.value));
  const before = kept.map((column) => `${target.sqlAlias}.${quoteName(column.name)}`);
  const { sqls, prints } = ctx.columns(assignments);
  const sql = rowSelect(env, statement, { from, target, table, values: [...sqls, ...before] });
  return { table, columns, kept, sql, prints: [null, ...prints] };
}

/** Columns of which a rule between rows speaks: unique keys, foreign keys, and keys that other tables refer to. */
function keyColumns(ctx: EmitContext, table: Table): Column[] {
  const names = [
    ...table.indexes.filter((index) => index.kind !== "index").flatMap((index) => index.columns),
    ...table.foreignKeys.flatMap((key) => key.columns),
    ...ctx.catalog.referencing(table).flatMap(({ key }) => key.referenced),
  ];
  return table.columns.filter((column) => names.some((name) => same(name, column.name)));
}

export function emitDelete(ctx: EmitContext, statement: Delete): RowPlan {
  const { env, from, target, table } = openTarget(ctx, statement);
  const sql = rowSelect(env, statement, { from, target, table, values: [] });
  return { table, columns: [], kept: [], sql, prints: [] };
}

interface Target {
  readonly from: EmittedFrom;
  readonly target: Source;
  readonly table: Table;
}

function openTarget(ctx: EmitContext, statement: Update | Delete): Target & { env: Env } {
  const env: Env = { ...topEnv(ctx, statement.ctes), aggregates: "forbidden" };
  const own: TableRef = {
    kind: "table",
    parts: statement.target,
    alias: null,
    hints: [],
    line: statement.line,
  };
  const from = emitFrom(env, statement.from ?? own);
  const target = findTarget(env, statement);
  if (target.table === undefined) throw unsupported("change of a derived table", statement.line);
  return { env, from, target, table: target.table };
}

/** The target is an alias of FROM, or a table that stands in it once. */
function findTarget(env: Env, statement: Update | Delete): Source {
  const named = env.scope.source(statement.target);
  if (named !== undefined) return named;
  const table = env.ctx.catalog.find(statement.target);
  if (table === undefined) throw invalidObject(statement.target.join("."), statement.line);
  const sources = env.scope.sources.filter((source) => source.table === table);
  const [only] = sources;
  if (only !== undefined && sources.length === 1) return only;
  throw unsupported(
    `${statement.kind.toUpperCase()} of a table that FROM does not name once`,
    statement.line,
  );
}

function rowSelect(env: Env, statement: Update | Delete, parts: Target & { values: string[] }): string {
  const { from, target, table, values } = parts;
  const where = statement.where === null ? [] : [emitCondition(env, statement.where)];
  const conditions = [...from.conditions, ...where];
  const rowId = `${target.sqlAlias}.${quoteName(table.rowId)}`;
  return `SELECT ${[rowId, ...values].join(",")} FROM ${from.sql}` +
    (conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`) +
    emitLimit(env, { count: statement.top, skip: null });
}

function updatable(env: Env, target: Source, table: Table, parts: readonly string[], line: number): Column {
  const name = parts.at(-1) ?? "";
  const qualifier = parts.slice(0, -1);
  if (qualifier.length > 0 && env.scope.source(qualifier) !== target) {
    throw new SqlError(4104, `The multi-part identifier "${parts.join(".")}" could not be bound.`, { line });
  }
  const column = findColumn(table, name);
  if (column === undefined) throw invalidColumn(name, line);
  if (column.identity !== null) {
    throw new SqlError(8102, `Cannot update identity column '${column.name}'.`, { line });
  }
  return column;
}

/** A value on its way into a column: converted, and refused with 2628 when it is too long. */
function assigned(env: Env, table: Table, column: Column | undefined, value: Expr): string {
  if (column === undefined) throw new Error("value without a column");
  const typed = value.kind === "default" ? emitDefault(env, column) : emitExpr(env, value);
  return intoColumn(env, table, column, typed);
}

function intoColumn(env: Env, table: Table, column: Column, typed: Typed): string {
  const label = isText(column.type) && column.collation !== null
    ? { collation: column.collation, strength: "implicit" as const }
    : null;
  const name = `${env.ctx.catalog.database}.dbo.${table.name}`;
  return coerce(env.ctx, typed, column.type, { target: { table: name, column: column.name, label } }).sql;
}

function emitDefault(env: Env, column: Column): Typed {
  const expr: Expr = column.default === null
    ? { kind: "literal", type: "null", text: "" }
    : parseExpressionText(column.default.text);
  return emitExpr(env, expr);
}

/** The plan's columns are all columns of the table but the identity, unless that is given explicitly. */
export function emitInsert(ctx: EmitContext, statement: Insert, identityInsert: boolean): RowPlan {
  const table = ctx.catalog.get(statement.target, statement.line);
  const env: Env = { ...topEnv(ctx, []), aggregates: "forbidden" };
  const given = statement.source.kind === "defaults" ? [] : givenColumns(table, statement, identityInsert);
  const columns = table.columns.filter((column) => given.includes(column) || column.identity === null);
  const sql = insertSelect(env, statement, { table, given, columns });
  return { table, columns, kept: [], sql, prints: [] };
}

function givenColumns(table: Table, statement: Insert, identityInsert: boolean): Column[] {
  const { line } = statement;
  if (statement.columns === null) {
    if (!identityInsert) return table.columns.filter((column) => column.identity === null);
    throw new SqlError(
      8101,
      `An explicit value for the identity column in table '${table.name}' can only be specified when a column list is used and IDENTITY_INSERT is ON.`,
      { line },
    );
  }
  const columns = statement.columns.map((name) => findColumn(table, name) ?? missing(name, line));
  const repeated = columns.find((column, i) => columns.indexOf(column) !== i);
  if (repeated !== undefined) {
    throw new SqlError(
      264,
      `The column name '${repeated.name}' is specified more than once in the SET clause or column list of an INSERT.`,
      { line },
    );
  }
  const identity = columns.some((column) => column.identity !== null);
  if (identity && !identityInsert) {
    throw new SqlError(
      544,
      `Cannot insert explicit value for identity column in table '${table.name}' when IDENTITY_INSERT is set to OFF.`,
      { line },
    );
  }
  return columns;
}

function missing(name: string, line: number): never {
  throw invalidColumn(name, line);
}

interface InsertParts {
  readonly table: Table;
  readonly given: readonly Column[];
  readonly columns: readonly Column[];
}

function insertSelect(env: Env, statement: Insert, parts: InsertParts): string {
  const { source, line } = statement;
  if (source.kind === "defaults") return `SELECT ${rowOf(env, parts, () => undefined).join(",") || "NULL"}`;
  if (source.kind === "rows") {
    const rows = source.rows.map((row) => {
      checkCount(row.length, parts.given.length, line, true);
      return `(${rowOf(env, parts, (i) => emitCell(env, row[i], parts.given[i])).join(",")})`;
    });
    if (rows.length > 1000) throw tooManyRows(line);
    return `VALUES ${rows.join(",")}`;
  }
  const query = emitInsertSource(env, source.query);
  checkCount(query.columns.length, parts.given.length, line, false);
  const values = rowOf(env, parts, (i) => {
    const column = query.columns[i];
    return column === undefined ? undefined : { ...column, sql: `s.${column.sql}` };
  });
  return `SELECT ${values.join(",")} FROM (${query.sql}) AS s`;
}

function emitCell(env: Env, cell: Expr | undefined, column: Column | undefined): Typed | undefined {
  if (cell === undefined || column === undefined || cell.kind === "default") return undefined;
  return emitExpr(env, cell);
}

/** One row in the order of the plan's columns; what is not given is the column's default. */
function rowOf(env: Env, parts: InsertParts, value: (index: number) => Typed | undefined): string[] {
  return parts.columns.map((column) => {
    const index = parts.given.findIndex((given) => same(given.name, column.name));
    const typed = (index < 0 ? undefined : value(index)) ?? emitDefault(env, column);
    return intoColumn(env, parts.table, column, typed);
  });
}

function checkCount(values: number, columns: number, line: number, fromRows: boolean): void {
  if (values === columns) return;
  const fewer = columns < values;
  const clause = fromRows ? "values specified in the VALUES clause" : "items contained in the SELECT list";
  const rest = fromRows
    ? "The number of values in the VALUES clause must match the number of columns specified in the INSERT statement."
    : "The number of SELECT values must match the number of INSERT columns.";
  const number = fromRows ? (fewer ? 110 : 109) : (fewer ? 121 : 120);
  const head = fromRows
    ? `There are ${fewer ? "fewer" : "more"} columns in the INSERT statement than ${clause}. ${rest}`
    : `The select list for the INSERT statement contains ${
      fewer ? "more" : "fewer"
    } items than the insert list. ${rest}`;
  throw new SqlError(number, head, { severity: 15, line });
}

function tooManyRows(line: number): SqlError {
  return new SqlError(
    10738,
    "The number of row value expressions in the INSERT statement exceeds the maximum allowed number of 1000 row values.",
    { severity: 15, line },
  );
}
