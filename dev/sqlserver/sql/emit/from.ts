// FROM → SQLite. Inner joins are written flat, with constant OPENJSON sources first, so that a list of keys drives
// the search for the rows and not the other way round. Other joins keep their shape.
import { findCollation } from "../../engine/collation.ts";
import { openJsonPlain, openJsonWith } from "../../engine/json_rows.ts";
import { readPath } from "../../engine/json.ts";
import { unsupported } from "../../errors.ts";
import type { Condition, JsonColumn, TableRef } from "../ast.ts";
import { INT, isText, MAX, textType, typeText } from "../types.ts";
import { asText } from "./coerce.ts";
import { emitCondition } from "./condition.ts";
import { quoteText } from "./context.ts";
import type { Env } from "./env.ts";
import { emitExpr } from "./expression.ts";
import { emitNested, type EmittedQuery, emitValues } from "./query.ts";
import { Scope, type ScopeColumn, type Source } from "./scope.ts";
import { emitTable } from "./table.ts";

export interface EmittedFrom {
  readonly sql: string;
  /** ON conditions of flattened joins; they go into WHERE. */
  readonly conditions: readonly string[];
}

type Join = Extract<TableRef, { kind: "join" }>;
type OpenJson = Extract<TableRef, { kind: "openjson" }>;

/** Emits the clause and adds its sources to the scope of `env`. */
export function emitFrom(env: Env, ref: TableRef): EmittedFrom {
  if (!isFlat(ref)) return { sql: emitShaped(env, ref), conditions: [] };
  const leaves: { sql: string; first: boolean }[] = [];
  const conditions: string[] = [];
  flatten(env, ref, leaves, conditions);
  const first = leaves.filter((leaf) => leaf.first);
  const others = leaves.filter((leaf) => !leaf.first).map((leaf) => leaf.sql).join(" JOIN ");
  const sql = [...first.map((leaf) => leaf.sql), ...(others === "" ? [] : [others])].join(" CROSS JOIN ");
  return { sql, conditions };
}

function isFlat(ref: TableRef): boolean {
  if (ref.kind !== "join") return true;
  return ["inner", "cross", "cross_apply"].includes(ref.type) && isFlat(ref.left) && isFlat(ref.right);
}

function flatten(
  env: Env,
  ref: TableRef,
  leaves: { sql: string; first: boolean }[],
  conditions: string[],
): void {
  if (ref.kind !== "join") {
    leaves.push({ sql: emitLeaf(env, ref, false), first: ref.kind === "openjson" });
    return;
  }
  flatten(env, ref.left, leaves, conditions);
  if (ref.type === "cross_apply") leaves.push({ sql: emitApplied(env, ref), first: false });
  else flatten(env, ref.right, leaves, conditions);
  if (ref.on !== null) conditions.push(emitOn(env, ref.on));
}

function emitOn(env: Env, on: Condition): string {
  return emitCondition({ ...env, aggregates: "forbidden" }, on);
}

/** Only OPENJSON may look at the rows on its left. */
function emitApplied(env: Env, ref: Join): string {
  if (ref.right.kind !== "openjson") {
    throw unsupported(`${ref.type.replace("_", " ").toUpperCase()} of anything but OPENJSON`, ref.line);
  }
  return emitLeaf(env, ref.right, true);
}

function emitShaped(env: Env, ref: TableRef): string {
  if (ref.kind !== "join") return emitLeaf(env, ref, false);
  const left = emitShaped(env, ref.left);
  if (ref.type === "outer_apply") return `${left} LEFT JOIN ${emitApplied(env, ref)} ON 1`;
  if (ref.type === "cross_apply") return `${left} JOIN ${emitApplied(env, ref)}`;
  const right = ref.right.kind === "join" ? `(${emitShaped(env, ref.right)})` : emitShaped(env, ref.right);
  const on = ref.on === null ? "" : ` ON ${emitOn(env, ref.on)}`;
  return `${left} ${ref.type.toUpperCase()} JOIN ${right}${on}`;
}

function emitLeaf(env: Env, ref: Exclude<TableRef, Join>, lateral: boolean): string {
  switch (ref.kind) {
    case "table":
      return emitNamed(env, ref);
    case "derived":
      return addQuery(env, emitNested(env, ref.query), ref.alias, ref.columns, ref.line);
    case "values":
      return addQuery(
        env,
        emitValues({ ...env, scope: new Scope(null) }, ref.rows),
        ref.alias,
        ref.columns,
        ref.line,
      );
    case "openjson":
      return emitOpenJson(env, ref, lateral);
  }
}

/** A name is a common table expression, a table or a system view. */
function emitNamed(env: Env, ref: Extract<TableRef, { kind: "table" }>): string {
  const bound = ref.parts.length === 1 ? env.ctes.get((ref.parts[0] ?? "").toLowerCase()) : undefined;
  if (bound === undefined) return emitTable(env, ref);
  const query = emitNested({ ...env, scope: new Scope(null), ctes: bound.outer }, bound.cte.query);
  return addQuery(env, query, ref.alias ?? bound.cte.name, bound.cte.columns, ref.line);
}

function addQuery(
  env: Env,
  query: EmittedQuery,
  name: string,
  columnNames: string[] | null,
  line: number,
): string {
  const sqlAlias = env.ctx.alias();
  const columns = query.columns.map((column, i): ScopeColumn => ({
    name: columnNames?.[i] ?? column.name,
    sql: `${sqlAlias}.c${i + 1}`,
    type: column.type,
    label: column.label === null || column.label.strength === "default"
      ? column.label
      : { ...column.label, strength: "implicit" },
    nullable: column.nullable,
  }));
  env.scope.add({ name, columns, sqlAlias }, line);
  return `(${query.sql}) AS ${sqlAlias}`;
}

function emitOpenJson(env: Env, ref: OpenJson, lateral: boolean): string {
  const argumentEnv: Env = { ...env, scope: lateral ? env.scope : new Scope(null), aggregates: "forbidden" };
  const json = asText(env.ctx, emitExpr(argumentEnv, ref.json)).sql;
  const root = ref.path === null ? "NULL" : asText(env.ctx, emitExpr(argumentEnv, ref.path)).sql;
  const sqlAlias = env.ctx.alias();
  const { key, make, columns } = ref.columns === null
    ? plainRows(env, sqlAlias)
    : withRows(env, ref.columns, sqlAlias);
  const source: Source = { name: ref.alias, columns, sqlAlias };
  env.scope.add(source, ref.line);
  const rows = env.ctx.ops.callWithNulls(key, [json, root], () => {
    const run = make();
    return ([text, path]) =>
      text === null || text === undefined ? null : run(String(text), path == null ? null : String(path));
  });
  return `json_each(${rows}) AS ${sqlAlias}`;
}

interface JsonRows {
  readonly key: string;
  readonly make: () => (text: string, root: string | null) => string;
  readonly columns: ScopeColumn[];
}

function plainRows(env: Env, sqlAlias: string): JsonRows {
  const label = { collation: findCollation("Latin1_General_BIN2"), strength: "implicit" as const };
  const cell = (i: number) => cellOf(sqlAlias, i);
  return {
    key: "openjson",
    make: () => openJsonPlain,
    columns: [
      { name: "key", sql: cell(0), type: textType("nvarchar", 4000), label, nullable: false },
      {
        name: "value",
        sql: cell(1),
        type: textType("nvarchar", MAX),
        label: { ...env.ctx.defaultLabel(), strength: "implicit" },
        nullable: true,
      },
      { name: "type", sql: cell(2), type: INT, label: null, nullable: false },
    ],
  };
}

function withRows(env: Env, specs: readonly JsonColumn[], sqlAlias: string): JsonRows {
  const collations = specs.map((spec) =>
    spec.collation === null ? env.ctx.catalog.collation : findCollation(spec.collation)
  );
  const columns = specs.map((spec, i): ScopeColumn => ({
    name: spec.name,
    sql: specs.length === 1 ? `${sqlAlias}.value` : cellOf(sqlAlias, i),
    type: spec.type,
    label: isText(spec.type)
      ? { collation: collations[i] ?? env.ctx.catalog.collation, strength: "implicit" }
      : null,
    nullable: true,
  }));
  const paths = specs.map((spec) => spec.path ?? `$.${JSON.stringify(spec.name)}`);
  const key = specs.map((spec, i) =>
    `${typeText(spec.type)}:${collations[i]?.codePage}:${spec.asJson}:${quoteText(paths[i] ?? "")}`
  );
  const plans = specs.map((spec, i) => ({
    type: spec.type,
    path: readPath(paths[i] ?? "$"),
    asJson: spec.asJson,
    codePage: collations[i]?.codePage ?? "1252",
  }));
  return { key: `openjson|${key.join("|")}`, make: () => openJsonWith(plans), columns };
}

function cellOf(sqlAlias: string, index: number): string {
  return `json_extract(${sqlAlias}.value,'$[${index}]')`;
}
