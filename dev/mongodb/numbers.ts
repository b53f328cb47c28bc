// Arithmetic of `$inc` and `$mul` with BSON's rules: int32 grows to int64, anything with a double is a
// double, and an int64 that overflows is refused.

import { Decimal128, Double, Long } from "bson";
import { badValue, notSupported } from "./errors.ts";
import { fitsInt32 } from "./values.ts";

/** `a + b` or `a * b` of two BSON numbers. @throws CommandFailure on Decimal128 and on int64 overflow. */
export function calculate(operator: "$inc" | "$mul", a: unknown, b: unknown): unknown {
  if (a instanceof Decimal128 || b instanceof Decimal128) throw notSupported(`${operator} of a Decimal128`);
  const [left, right] = [wholeOf(a), wholeOf(b)];
  if (left === undefined || right === undefined) return double(apply(operator, doubleOf(a), doubleOf(b)));
  const result = operator === "$inc" ? left + right : left * right;
  if (result !== BigInt.asIntN(64, result)) throw badValue(`Failed to apply ${operator}: integer overflow`);
  const small = Number(result);
  return a instanceof Long || b instanceof Long || !fitsInt32(small) ? Long.fromBigInt(result) : small;
}

/** True for int32, int64, double and decimal values. */
export function isNumeric(value: unknown): boolean {
  return typeof value === "number" || [Long, Double, Decimal128].some((type) => value instanceof type);
}

/** The value of an int32 or int64; undefined for a double. */
function wholeOf(value: unknown): bigint | undefined {
  if (value instanceof Long) return value.toBigInt();
  return typeof value === "number" && fitsInt32(value) ? BigInt(value) : undefined;
}

function doubleOf(value: unknown): number {
  return value instanceof Double ? value.value : Number(value);
}

function apply(operator: "$inc" | "$mul", a: number, b: number): number {
  return operator === "$inc" ? a + b : a * b;
}

function double(value: number): unknown {
  return fitsInt32(value) ? new Double(value) : value;
}
