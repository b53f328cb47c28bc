// The order of BSON values (MongoDB manual, "Comparison/Sort Order"), and a text key by which equal values
// meet in a hash index. Used for sorting, `$min`/`$max`, `$addToSet`, `$pullAll` and by `hash_index.ts`.

import { Binary, BSONRegExp, Decimal128, Double, Long, MaxKey, MinKey, ObjectId, Timestamp } from "bson";
import { type Doc, isPlain, typeName } from "./values.ts";

/** Negative, 0 or positive, as `a` comes before, with or after `b`. A missing value equals null. */
export function compareValues(a: unknown, b: unknown): number {
  if (a === b) return 0;
  const [rankA, rankB] = [bracketOf(a), bracketOf(b)];
  if (rankA !== rankB) return rankA - rankB;
  switch (rankA) {
    case rank.number:
      return compareNumbers(numeric(a), numeric(b));
    case rank.object:
      return compareObjects(a, b);
    case rank.array:
      return compareArrays(a, b);
    default:
      return compareScalars(scalarOf(a), scalarOf(b));
  }
}

/** True when both values are equal to the server: 1, 1.0 and NumberLong(1) are; objects by field order. */
export function equalValues(a: unknown, b: unknown): boolean {
  return compareValues(a, b) === 0;
}

/** True when both values are the same down to type and order of fields: what makes an update change nothing. */
export function identical(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((each, i) => identical(each, b[i]));
  }
  if (!isPlain(a) || !isPlain(b)) return typeName(a) === typeName(b) && equalValues(a, b);
  const [left, right] = [Object.keys(a), Object.keys(b)];
  return left.length === right.length &&
    left.every((key, i) => key === right[i] && identical(a[key], b[key]));
}

/**
 * A text that is the same for equal values and differs otherwise. Decimal128 is compared as a double, so
 * two decimals that differ beyond 15 digits count as equal here.
 */
export function keyText(value: unknown): string {
  const kind = bracketOf(value);
  if (kind === rank.number) return `n${numberText(numeric(value))};`;
  if (Array.isArray(value)) return `[${value.map(keyText).join("")}]`;
  if (isPlain(value)) {
    const fields = Object.entries(value).map(([key, each]) => `${key.length}:${key}${keyText(each)}`);
    return `{${fields.join("")}}`;
  }
  const text = String(scalarOf(value));
  return `${kind}/${text.length}:${text}`;
}

const rank = {
  minKey: 0,
  nothing: 1,
  number: 2,
  string: 3,
  object: 4,
  array: 5,
  binary: 6,
  objectId: 7,
  boolean: 8,
  date: 9,
  timestamp: 10,
  regex: 11,
  other: 12,
  maxKey: 13,
};

/** The kind of a value in the order of kinds: all numbers are of one kind, null and missing of another. */
export function bracketOf(value: unknown): number {
  if (value === null || value === undefined) return rank.nothing;
  if (typeof value === "string") return rank.string;
  if (typeof value === "number") return rank.number;
  if (typeof value === "boolean") return rank.boolean;
  if (value instanceof Date) return rank.date;
  if (value instanceof ObjectId) return rank.objectId;
  if (Array.isArray(value)) return rank.array;
  if (isPlain(value)) return rank.object;
  if (value instanceof Timestamp) return rank.timestamp; // before Long, which it extends
  if (value instanceof Long || value instanceof Double || value instanceof Decimal128) return rank.number;
  if (value instanceof Binary) return rank.binary;
  if (value instanceof BSONRegExp) return rank.regex;
  if (value instanceof MinKey) return rank.minKey;
  return value instanceof MaxKey ? rank.maxKey : rank.other;
}

/** The number a value stands for; a Long is a bigint, so that nothing is lost beyond 2^53. */
export function numeric(value: unknown): number | bigint {
  if (typeof value === "number") return value;
  if (value instanceof Long) return value.toBigInt();
  if (value instanceof Double) return value.value;
  return Number(String(value));
}

function compareNumbers(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(isNaNumber(b)) - Number(isNaNumber(a)); // NaN is the smallest number and equals itself
}

function isNaNumber(value: number | bigint): boolean {
  return typeof value === "number" && Number.isNaN(value);
}

function numberText(value: number | bigint): string {
  if (value === 0) return "0"; // -0 equals 0
  return typeof value === "number" && Number.isInteger(value) ? String(BigInt(value)) : String(value);
}

function compareArrays(a: unknown, b: unknown): number {
  const [left, right] = [Array.isArray(a) ? a : [], Array.isArray(b) ? b : []];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compareValues(left[i], right[i]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareObjects(a: unknown, b: unknown): number {
  const [left, right] = [entriesOf(a), entriesOf(b)];
  for (const [i, [keyA, valueA]] of left.entries()) {
    const other = right[i];
    if (!other) return 1;
    const order = bracketOf(valueA) - bracketOf(other[1]) || compareScalars(keyA, other[0]) ||
      compareValues(valueA, other[1]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function entriesOf(value: unknown): [string, unknown][] {
  const doc: Doc = isPlain(value) ? value : {};
  return Object.entries(doc);
}

type Scalar = string | number | bigint | boolean;

function scalarOf(value: unknown): Scalar {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (value instanceof Date) return value.getTime();
  if (value instanceof ObjectId) return value.toHexString();
  if (value instanceof Timestamp) return value.toBigInt();
  if (value instanceof Binary) return binaryText(value);
  if (value instanceof BSONRegExp) return `${value.pattern}\0${value.options}`;
  return value === null || value === undefined || value instanceof MinKey || value instanceof MaxKey
    ? ""
    : JSON.stringify(value);
}

/** Binary values are ordered by length, then subtype, then bytes. */
function binaryText(value: Binary): string {
  const length = value.length().toString(16).padStart(8, "0");
  return `${length}${value.sub_type.toString(16).padStart(2, "0")}${value.toString("hex")}`;
}

function compareScalars(a: Scalar, b: Scalar): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
