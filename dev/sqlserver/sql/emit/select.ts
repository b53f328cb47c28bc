// One SELECT → SQLite: items, WHERE, GROUP BY, HAVING, DISTINCT, ORDER BY.
import { SqlError } from "../../errors.ts";
import type { Expr, OrderItem, Query, SelectCore, SelectItem } from "../ast.ts";
import { orderingKey } from "./coerce.ts";
import { emitCondition } from "./condition.ts";
import type { Env } from "./env.ts";
import { emitExpr } from "./expression.ts";
import { emitFrom } from "./from.ts";
import { containsAggregate } from "./group.ts";
import { emitLimit, limitOf } from "./limit.ts";
import type { EmittedColumn, EmittedQuery } from "./query.ts";
import { Scope, type Source } from "./scope.ts";
import type { Typed } from "./typed.ts";

interface Item {
  readonly name: string;
  readonly typed: Typed;
  readonly assign: string | null;
}

/** What stands around a SELECT; `isTop` when its rows are a statement's result, and nothing in SQLite uses them. */
interface Around extends Pick<Query, "orderBy" | "offset"> {
  readonly isTop: boolean;
}

/** Emits a SELECT inside `outer`; its own sources come into a new scope. */
export function emitSelect(outer: Env, core: SelectCore, { orderBy, offset, isTop }: Around): EmittedQuery {
  const base: Env = { ...outer, scope: new Scope(outer.scope), aggregates: "allowed", groupKeys: null };
  const from = core.from === null ? null : emitFrom(base, core.from);
  const where = core.where === null ? [] : [emitCondition({ ...base, aggregates: "forbidden" }, core.where)];
  const groups = core.groupBy.map((expr) => emitGroup(base, expr, core.line));
  const env: Env = { ...base, groupKeys: isGrouped(core, orderBy) ? groups.map((group) => group.sql) : null };
  const items = core.items.flatMap((item) => emitItem(env, item));
  const having = core.having === null ? "" : ` HAVING ${emitCondition(env, core.having)}`;
  const conditions = [...(from?.conditions ?? []), ...where];
  const whole = { sqls: items.map((item) => item.typed.sql), prints: [] };
  // A group's items stay as they are: they are looked for as such.
  const canPrintLater = isTop && !core.distinct && env.groupKeys === null;
  const { sqls, prints } = canPrintLater ? env.ctx.columns(whole.sqls) : whole;
  const sql = `SELECT ${sqls.map((item, i) => `${item} AS c${i + 1}`).join(",")}` +
    (from === null ? "" : ` FROM ${from.sql}`) +
    (conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`) +
    (groups.length === 0 ? "" : ` GROUP BY ${groups.map((group) => orderingKey(env.ctx, group)).join(",")}`) +
    having;
  const limit = emitLimit(env, limitOf(core.top, offset));
  const order = orderBy.map((item) => orderText(env, core, items, item));
  const query = finish(env, { sql, items, order, limit, distinct: core.distinct, line: core.line });
  return { ...query, prints };
}

function emitGroup(base: Env, expr: Expr, line: number): Typed {
  if (expr.kind !== "literal" && expr.kind !== "variable") {
    return emitExpr({ ...base, aggregates: "forbidden" }, expr);
  }
  throw new SqlError(
    164,
    "Each GROUP BY expression must contain at least one column that is not an outer reference.",
    {
      severity: 15,
      line,
    },
  );
}

function isGrouped(core: SelectCore, orderBy: readonly OrderItem[]): boolean {
  if (core.groupBy.length > 0 || core.having !== null) return true;
  const listed = core.items.flatMap((item) => item.kind === "star" ? [] : [item.expr]);
  return [...listed, ...orderBy.map((item) => item.expr)].some(containsAggregate);
}

interface Parts {
  readonly sql: string;
  readonly items: readonly Item[];
  readonly order: readonly string[];
  readonly limit: string;
  readonly distinct: boolean;
  readonly line: number;
}

function finish(env: Env, parts: Parts): EmittedQuery {
  const columns = parts.items.map((item, i): EmittedColumn => ({
    ...item.typed,
    name: item.name,
    sql: `c${i + 1}`,
  }));
  const order = parts.order.length === 0 ? "" : ` ORDER BY ${parts.order.join(",")}`;
  const keys = columns.map((column) => orderingKey(env.ctx, column)).join(",");
  const body = parts.distinct ? `SELECT * FROM (${parts.sql}) GROUP BY ${keys}` : parts.sql;
  return { sql: body + order + parts.limit, columns, assigns: assignsOf(parts) };
}

function assignsOf(parts: Parts): string[] | null {
  const assigns = parts.items.flatMap((item) => item.assign === null ? [] : [item.assign]);
  if (assigns.length === 0) return null;
  if (assigns.length === parts.items.length) return assigns;
  throw new SqlError(
    141,
    "A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations.",
    { severity: 15, line: parts.line },
  );
}

function emitItem(env: Env, item: SelectItem): Item[] {
  if (item.kind === "star") return starItems(env, item);
  const typed = emitExpr(env, item.expr);
  if (item.kind === "assign") return [{ name: "", typed, assign: item.variable }];
  return [{ name: item.alias ?? nameOf(item.expr), typed, assign: null }];
}

function nameOf(expr: Expr): string {
  return expr.kind === "column" ? expr.parts.at(-1) ?? "" : "";
}

function starItems(env: Env, item: Extract<SelectItem, { kind: "star" }>): Item[] {
  return starSources(env, item).flatMap((source) =>
    source.columns.map((column): Item => ({
      name: column.name,
      typed: emitExpr(env, {
        kind: "column",
        parts: [source.name, column.name].filter((part) => part !== ""),
        line: item.line,
      }),
      assign: null,
    }))
  );
}

function starSources(env: Env, item: Extract<SelectItem, { kind: "star" }>): Source[] {
  if (item.qualifier.length > 0) {
    const source = env.scope.source(item.qualifier);
    if (source !== undefined) return [source];
    throw new SqlError(
      107,
      `The column prefix '${
        item.qualifier.join(".")
      }' does not match with a table name or alias name used in the query.`,
      {
        severity: 15,
        line: item.line,
      },
    );
  }
  if (env.scope.sources.length > 0) return env.scope.sources;
  throw new SqlError(263, "Must specify table to select from.", { line: item.line });
}

/** A bare name means the output column of that name, anything else is an expression over the sources. */
function orderText(env: Env, core: SelectCore, items: readonly Item[], item: OrderItem): string {
  const suffix = item.descending ? " DESC" : "";
  const index = outputIndex(items, item.expr);
  if (index !== null) {
    const typed = items[index]?.typed;
    if (typed === undefined) {
      throw new SqlError(
        108,
        `The ORDER BY position number ${
          index + 1
        } is out of range of the number of items in the select list.`,
        { severity: 15 },
      );
    }
    return (core.distinct ? orderingKey(env.ctx, { ...typed, sql: `c${index + 1}` }) : sortTerm(env, typed)) +
      suffix;
  }
  const typed = emitExpr(env, item.expr);
  if (!core.distinct) return sortTerm(env, typed) + suffix;
  const selected = items.findIndex((candidate) => candidate.typed.sql === typed.sql);
  if (selected >= 0) return orderingKey(env.ctx, { ...typed, sql: `c${selected + 1}` }) + suffix;
  throw new SqlError(145, "ORDER BY items must appear in the select list if SELECT DISTINCT is specified.", {
    severity: 15,
  });
}

/** A bare number in ORDER BY would be a position to SQLite; as a value it orders nothing. */
function sortTerm(env: Env, typed: Typed): string {
  return /^\(?-?\d+\)?$/.test(typed.sql) ? "NULL" : orderingKey(env.ctx, typed);
}

function outputIndex(items: readonly Item[], expr: Expr): number | null {
  if (expr.kind === "literal" && expr.type === "int") return Number(expr.text) - 1;
  if (expr.kind !== "column" || expr.parts.length !== 1) return null;
  const name = (expr.parts[0] ?? "").toLowerCase();
  const index = items.findIndex((item) => item.name.toLowerCase() === name);
  return index < 0 ? null : index;
}
