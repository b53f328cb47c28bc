// Bringing an expression to a type, and several expressions to one: implicit conversion, CAST, comparison keys.
import { type Converter, converter, samePhysical } from "../../engine/convert.ts";
import type { TextTarget } from "../../engine/fit.ts";
import { SqlError, typeClash } from "../../errors.ts";
import { isText, isUnicode, MAX, messageName, rank, type SqlType, textType, typeText } from "../types.ts";
import type { EmitContext } from "./context.ts";
import { type CollationLabel, comparisonLabel, mergeLabels, type Typed, unify } from "./typed.ts";

export interface CoerceOptions {
  readonly style?: number;
  /** The column assigned to: its collation decides the code page, and values too long raise 2628. */
  readonly target?: TextTarget & { readonly label: CollationLabel | null };
  /** TRY_CONVERT: NULL instead of a conversion error. */
  readonly attempt?: boolean;
}

/** The expression as a value of the type. */
export function coerce(ctx: EmitContext, value: Typed, to: SqlType, options: CoerceOptions = {}): Typed {
  const label = isText(to) ? options.target?.label ?? value.label ?? ctx.defaultLabel() : null;
  if (value.isNull) return { sql: "NULL", type: to, label, nullable: true, isNull: false };
  const samePage = label === null || value.label === null ||
    label.collation.codePage === value.label.collation.codePage;
  const sql = samePhysical(value.type, to, samePage)
    ? value.sql
    : convertCall(ctx, value, to, label, options);
  return { sql, type: to, label, nullable: value.nullable || options.attempt === true, isNull: false };
}

function convertCall(
  ctx: EmitContext,
  value: Typed,
  to: SqlType,
  label: CollationLabel | null,
  options: CoerceOptions,
): string {
  const { style = 0, target, attempt = false } = options;
  const codePage = label?.collation.codePage ?? "1252";
  const column = target === undefined ? "" : `${target.table}.${target.column}`;
  const key = ["convert", typeText(value.type), typeText(to), style, codePage, column, attempt].join("|");
  const make = (): Converter => {
    const options = { style, codePage, ...(target === undefined ? {} : { column: target }) };
    const convert = converter(value.type, to, options);
    return attempt ? (v) => orNull(() => convert(v)) : convert;
  };
  const sql = ctx.ops.call(key, [value.sql], () => {
    const convert = make();
    return ([v]) => convert(v ?? null);
  });
  // A text cut short may end in half a character, which SQLite would mend; nothing is cut on its way into a column.
  if (isText(to) && (!isText(value.type) || target !== undefined)) {
    ctx.notePrinted(sql, { operand: value.sql, print: make() });
  }
  return sql;
}

function orNull<T>(action: () => T): T | null {
  try {
    return action();
  } catch (error) {
    if (error instanceof SqlError) return null;
    throw error;
  }
}

/** The type that all of the expressions are brought to; bare NULLs do not count. */
export function commonType(values: readonly Typed[]): SqlType {
  const typed = values.filter((value) => !value.isNull);
  return unify((typed.length === 0 ? values : typed).map((value) => value.type), rank);
}

/** Brings the expressions to their common type, with the label of them all. */
export function coerceAll(ctx: EmitContext, values: readonly Typed[]): Typed[] {
  const type = commonType(values);
  const label = isText(type)
    ? values.map((value) => value.label).reduce(mergeLabels, null) ?? ctx.defaultLabel()
    : null;
  return values.map((value) => ({ ...coerce(ctx, value, type), label }));
}

/** SQLite texts that compare as the expressions do in SQL Server: `=` on them is its `=`, `<` its `<`. */
export function comparisonKeys(ctx: EmitContext, values: readonly Typed[], operation: string): string[] {
  const type = commonType(values);
  checkComparable(values, type);
  const coerced = values.map((value) => coerce(ctx, value, type));
  if (!isText(type)) return coerced.map((value) => value.sql);
  const label = values.filter((value) => !value.isNull).map((value) => value.label)
    .reduce((a, b) => a === null || b === null ? a ?? b : comparisonLabel(a, b, operation), null);
  return coerced.map((value) => sortKey(value.sql, label ?? ctx.defaultLabel()));
}

/** Dates do not compare with numbers: 206. */
function checkComparable(values: readonly Typed[], type: SqlType): void {
  for (const value of values) {
    const clash = !value.isNull && type.name === "date" && !isText(value.type) && value.type.name !== "date";
    if (clash) throw typeClash(messageName(value.type), type.name);
  }
}

/** Key of one expression, for ORDER BY, GROUP BY and DISTINCT. */
export function orderingKey(ctx: EmitContext, value: Typed): string {
  return isText(value.type) ? sortKey(value.sql, value.label ?? ctx.defaultLabel()) : value.sql;
}

/** A text's key: the SQLite function of its collation. Index expressions use the very same text. */
export function sortKey(sql: string, label: CollationLabel): string {
  return `ck_${label.collation.comparison}(${sql})`;
}

/** A value as text, as CONCAT and LIKE take numbers and dates. */
export function asText(ctx: EmitContext, value: Typed): Typed {
  if (isText(value.type)) return value;
  return coerce(ctx, value, textType("varchar", 64));
}

/** The variable-length type for a piece of a text of this type. */
export function pieceType(type: SqlType, length: number): SqlType {
  const name = isUnicode(type) ? "nvarchar" : "varchar";
  const most = isUnicode(type) ? 4000 : 8000;
  if (type.length === MAX || length === MAX) return textType(name, MAX);
  return textType(name, Math.max(1, Math.min(length, most)));
}
