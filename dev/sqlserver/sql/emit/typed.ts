// What the emitter makes of an expression: SQLite text with SQL Server's type, collation and nullability.
import type { Collation } from "../../engine/collation.ts";
import { SqlError } from "../../errors.ts";
import type { SqlType } from "../types.ts";

/**
 * Where a collation comes from decides which wins (Microsoft Learn, "Collation precedence"):
 * COLLATE beats a column, a column beats a variable or literal. Two different columns do not agree: "none".
 */
export interface CollationLabel {
  readonly collation: Collation;
  readonly strength: "explicit" | "implicit" | "default" | "none";
}

export interface Typed {
  readonly sql: string;
  readonly type: SqlType;
  readonly label: CollationLabel | null;
  readonly nullable: boolean;
  /** A bare NULL, which takes the type of its neighbours. */
  readonly isNull: boolean;
}

const order = ["default", "none", "implicit", "explicit"];

/** The label of an expression over several texts; 468 for two different COLLATE clauses. */
export function mergeLabels(a: CollationLabel | null, b: CollationLabel | null): CollationLabel | null {
  if (a === null || b === null) return a ?? b;
  if (sameCollation(a, b)) return order.indexOf(a.strength) >= order.indexOf(b.strength) ? a : b;
  if (a.strength === "explicit" && b.strength === "explicit") throw conflict(a, b, "collate");
  if (a.strength === "implicit" && b.strength === "implicit") return { ...a, strength: "none" };
  return order.indexOf(a.strength) >= order.indexOf(b.strength) ? a : b;
}

/** The collation two texts are compared under; 468 when they do not agree. */
export function comparisonLabel(
  a: CollationLabel | null,
  b: CollationLabel | null,
  operation: string,
): CollationLabel {
  const merged = mergeLabels(a, b);
  if (merged === null) throw new Error("comparison of texts without a collation");
  if (merged.strength === "none" && a !== null && b !== null) throw conflict(a, b, operation);
  return merged;
}

function sameCollation(a: CollationLabel, b: CollationLabel): boolean {
  return a.collation.name.toLowerCase() === b.collation.name.toLowerCase();
}

function conflict(a: CollationLabel, b: CollationLabel, operation: string): SqlError {
  return new SqlError(
    468,
    `Cannot resolve the collation conflict between "${a.collation.name}" and "${b.collation.name}" in the ${operation} operation.`,
    { state: 9 },
  );
}

/** The one type several expressions are brought to: CASE, COALESCE, UNION, IN, comparison. */
export function unify(types: readonly SqlType[], rank: (type: SqlType) => number): SqlType {
  const [first, ...rest] = types;
  if (first === undefined) throw new Error("nothing to unify");
  return rest.reduce((a, b) => unifyTwo(a, b, rank), first);
}

function unifyTwo(a: SqlType, b: SqlType, rank: (type: SqlType) => number): SqlType {
  const [low, high] = rank(a) <= rank(b) ? [a, b] : [b, a];
  if (high.name === "decimal") return decimalUnion(low, high);
  if (["char", "varchar", "nchar", "nvarchar", "binary", "varbinary"].includes(high.name)) {
    return textUnion(low, high);
  }
  if (high.name === low.name && high.scale < low.scale) return low;
  return high;
}

function decimalUnion(low: SqlType, high: SqlType): SqlType {
  const digits: Record<string, number> = { bit: 1, tinyint: 3, smallint: 5, int: 10, bigint: 19 };
  if (low.name !== "decimal" && digits[low.name] === undefined) return high;
  const lowWhole = low.name === "decimal" ? low.precision - low.scale : digits[low.name] ?? 0;
  const whole = Math.max(lowWhole, high.precision - high.scale);
  const scale = Math.max(low.scale, high.scale);
  const fitted = Math.min(scale, Math.max(38 - whole, 0));
  return { ...high, precision: Math.min(whole + fitted, 38), scale: fitted };
}

/** Texts of different length become the variable-length type of the longer. */
function textUnion(low: SqlType, high: SqlType): SqlType {
  const length = low.length === -1 || high.length === -1 ? -1 : Math.max(low.length, high.length);
  if (low.name === high.name && low.length === high.length) return high;
  const variable = { char: "varchar", nchar: "nvarchar", binary: "varbinary" } as const;
  const name = high.name === "char" || high.name === "nchar" || high.name === "binary"
    ? variable[high.name]
    : high.name;
  return { ...high, name, length: Math.max(length, -1) };
}
