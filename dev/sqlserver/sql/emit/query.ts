// Queries → SQLite: select lists, grouping, DISTINCT, unions, order, TOP and OFFSET.
import type { Converter } from "../../engine/convert.ts";
import { SqlError, unsupported } from "../../errors.ts";
import type { Cte, Expr, Query, QueryBody } from "../ast.ts";
import { isText } from "../types.ts";
import { coerce, coerceAll, commonType, orderingKey } from "./coerce.ts";
import type { EmitContext } from "./context.ts";
import { bindCtes, noCtes } from "./ctes.ts";
import type { Env } from "./env.ts";
import { emitExpr } from "./expression.ts";
import { Scope } from "./scope.ts";
import { emitSelect } from "./select.ts";
import { emitLimit, limitOf } from "./limit.ts";
import { mergeLabels, type Typed } from "./typed.ts";

/** An output column; in SQLite it is called c1, c2 … */
export interface EmittedColumn extends Typed {
  readonly name: string;
}

export interface EmittedQuery {
  readonly sql: string;
  readonly columns: readonly EmittedColumn[];
  /** Variables that SELECT @x = … sets, column by column; null for a query that gives rows. */
  readonly assigns: readonly string[] | null;
  /** What is still to be done to the values of a column before they are a statement's result. */
  readonly prints?: readonly (Converter | null)[];
}

/** A query that is a statement of its own. */
export function emitTopQuery(ctx: EmitContext, query: Query): EmittedQuery {
  const env = topEnv(ctx, query.ctes);
  return query.body.kind === "select"
    ? emitSelect(env, query.body, { ...query, isTop: true })
    : emitQuery(env, query);
}

export function topEnv(ctx: EmitContext, ctes: readonly Cte[]): Env {
  return {
    ctx,
    scope: new Scope(null),
    ctes: bindCtes(noCtes, ctes),
    aggregates: "allowed",
    groupKeys: null,
  };
}

/** A subquery in an expression: it sees the columns around it. */
export function emitSubquery(env: Env, query: Query): EmittedQuery {
  return emitInner({ ...env, aggregates: "allowed", groupKeys: null }, query);
}

/** A query in FROM: it sees what is around the whole query, not its neighbours. */
export function emitNested(env: Env, query: Query): EmittedQuery {
  return emitInner({ ...env, scope: env.scope.outer(), aggregates: "allowed", groupKeys: null }, query);
}

/** The SELECT of INSERT … SELECT: its ORDER BY decides the order of identities, and LIMIT keeps SQLite from leaving it out. */
export function emitInsertSource(env: Env, query: Query): EmittedQuery {
  const inner: Env = { ...env, aggregates: "allowed", groupKeys: null, ctes: bindCtes(env.ctes, query.ctes) };
  const emitted = emitQuery(inner, query);
  const limited = query.offset !== null || (query.body.kind === "select" && query.body.top !== null);
  return query.orderBy.length === 0 || limited ? emitted : { ...emitted, sql: `${emitted.sql} LIMIT -1` };
}

function emitInner(env: Env, query: Query): EmittedQuery {
  const hasTop = query.body.kind === "select" && query.body.top !== null;
  if (query.orderBy.length > 0 && !hasTop && query.offset === null) {
    throw new SqlError(
      1033,
      "The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table expressions, unless TOP, OFFSET or FOR XML is also specified.",
      { severity: 15, line: query.line },
    );
  }
  const emitted = emitQuery({ ...env, ctes: bindCtes(env.ctes, query.ctes) }, query);
  if (emitted.assigns !== null) {
    throw new SqlError(102, "Incorrect syntax near '='.", { severity: 15, line: query.line });
  }
  return emitted;
}

function emitQuery(env: Env, query: Query): EmittedQuery {
  if (query.body.kind === "select") return emitSelect(env, query.body, { ...query, isTop: false });
  const union = emitUnion(env, query.body);
  if (query.orderBy.length === 0) return union;
  const order = query.orderBy.map((item) =>
    unionKey(env, union, item.expr) + (item.descending ? " DESC" : "")
  );
  const limit = emitLimit(env, limitOf(null, query.offset));
  return { ...union, sql: `SELECT * FROM (${union.sql}) ORDER BY ${order.join(",")}${limit}` };
}

/** ORDER BY of a union knows the output columns only. */
function unionKey(env: Env, union: EmittedQuery, expr: Expr): string {
  const name = expr.kind === "column" && expr.parts.length === 1 ? (expr.parts[0] ?? "").toLowerCase() : null;
  const index = expr.kind === "literal" && expr.type === "int"
    ? Number(expr.text) - 1
    : union.columns.findIndex((column) => column.name.toLowerCase() === name);
  const column = union.columns[index];
  if (column === undefined) {
    throw new SqlError(
      104,
      "ORDER BY items must appear in the select list if the statement contains a UNION, INTERSECT or EXCEPT operator.",
      {
        severity: 15,
      },
    );
  }
  return orderingKey(env.ctx, column);
}

function emitBody(env: Env, body: QueryBody): EmittedQuery {
  return body.kind === "select"
    ? emitSelect(env, body, { orderBy: [], offset: null, isTop: false })
    : emitUnion(env, body);
}

function emitUnion(env: Env, body: Extract<QueryBody, { kind: "union" }>): EmittedQuery {
  const [left, right] = [emitBody(env, body.left), emitBody(env, body.right)];
  if (left.columns.length !== right.columns.length) {
    throw new SqlError(
      205,
      "All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of expressions in their target lists.",
    );
  }
  if (left.assigns !== null || right.assigns !== null) throw unsupported("assignment in a UNION");
  const columns = left.columns.map((column, i) => unionColumn(env, column, right.columns[i] ?? column, i));
  const sql = `${sideOf(env, left, columns)} UNION ALL ${sideOf(env, right, columns)}`;
  if (body.all) return { sql, columns, assigns: null };
  const keys = columns.map((column) => orderingKey(env.ctx, column)).join(",");
  return { sql: `SELECT * FROM (${sql}) GROUP BY ${keys}`, columns, assigns: null };
}

function unionColumn(env: Env, left: EmittedColumn, right: EmittedColumn, index: number): EmittedColumn {
  const type = commonType([left, right]);
  const label = isText(type) ? mergeLabels(left.label, right.label) ?? env.ctx.defaultLabel() : null;
  const nullable = left.nullable || right.nullable;
  return { name: left.name, sql: `c${index + 1}`, type, label, nullable, isNull: false };
}

function sideOf(env: Env, side: EmittedQuery, columns: readonly EmittedColumn[]): string {
  const items = side.columns.map((column, i) =>
    `${coerce(env.ctx, column, columns[i]?.type ?? column.type).sql} AS c${i + 1}`
  );
  return `SELECT ${items.join(",")} FROM (${side.sql})`;
}

/** VALUES as a source: each column has the common type of its cells. */
export function emitValues(env: Env, rows: readonly (readonly Expr[])[]): EmittedQuery {
  const typed = rows.map((row) => row.map((cell) => emitExpr(env, cell)));
  const width = typed[0]?.length ?? 0;
  if (typed.some((row) => row.length !== width)) throw unevenRows();
  const columns = Array.from(
    { length: width },
    (_, i) => coerceAll(env.ctx, typed.map((row) => row[i] ?? fail())),
  );
  const lines = typed.map((_, r) => `(${columns.map((column) => column[r]?.sql).join(",")})`);
  const names = columns.map((_, i) => `column${i + 1} AS c${i + 1}`);
  return {
    sql: `SELECT ${names.join(",")} FROM (VALUES ${lines.join(",")})`,
    columns: columns.map((cells, i) => ({
      ...(cells[0] ?? fail()),
      name: "",
      sql: `c${i + 1}`,
      nullable: true,
      isNull: false,
    })),
    assigns: null,
  };
}

function unevenRows(): SqlError {
  return new SqlError(
    10709,
    "The number of columns for each row in a table value constructor must be the same.",
    { severity: 15 },
  );
}

function fail(): never {
  throw new Error("VALUES without cells");
}
