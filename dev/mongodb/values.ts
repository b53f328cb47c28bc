// The values that the stand-in keeps, and their way to BSON bytes without losing a type; the way back is in
// `decode.ts`. Everything else in this folder works on these values: strings, booleans, null, Date, plain objects
// and arrays are as in JavaScript; a number is an int32 or a double exactly as `bson` would write it; Double (an
// integral one in int32's range), Long, Decimal128, ObjectId, Binary and the rest keep bson's classes.

import {
  Binary,
  BSONRegExp,
  calculateObjectSize,
  Decimal128,
  Double,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  serialize,
  Timestamp,
} from "bson";

/** A document as kept and exchanged inside the stand-in. */
export type Doc = Record<string, unknown>;

/** The largest document the real server keeps, in bytes. */
export const documentBytesMax = 16 * 1024 * 1024;

/** Encodes one document; the keys that hold `undefined` are left out. */
export function encode(doc: Doc): Uint8Array {
  return serialize(doc, { ignoreUndefined: true });
}

/** The size of a document in bytes when encoded. */
export function sizeOf(doc: Doc): number {
  return calculateObjectSize(doc, { ignoreUndefined: true });
}

/**
 * At least what `sizeOf` gives, for a small part of its time: it does not look into the texts, where a
 * UTF-16 unit takes 3 bytes at most.
 */
export function sizeAtMost(doc: Doc): number {
  let bytes = 5;
  for (const key of Object.keys(doc)) bytes += 2 + 3 * key.length + valueAtMost(doc[key]);
  return bytes;
}

/** The name of an array's item, with its type and its end, takes so many bytes at most. */
const itemNameBytesMax = 12;

function valueAtMost(value: unknown): number {
  if (typeof value === "string") return 5 + 3 * value.length;
  if (typeof value === "number" || typeof value === "boolean" || value === null) return 8;
  if (value instanceof Date) return 8;
  if (value instanceof ObjectId) return 12;
  if (isPlain(value)) return sizeAtMost(value);
  if (Array.isArray(value)) {
    return value.reduce<number>((bytes, item) => bytes + itemNameBytesMax + valueAtMost(item), 5);
  }
  return sizeOf({ value });
}

/** True for a document, false for arrays, null, dates and bson's classes. */
export function isPlain(value: unknown): value is Doc {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** True when `bson` would write this JavaScript number as an int32. */
export function fitsInt32(value: number): boolean {
  return (value | 0) === value && !Object.is(value, -0);
}

/** Copies documents and arrays to every depth; other values are immutable here and shared. */
export function copy<T>(value: T): T;
export function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => copy(each));
  if (!isPlain(value)) return value;
  const result: Doc = {};
  for (const key of Object.keys(value)) put(result, key, copy(value[key]));
  return result;
}

/** Sets a key of a document; `__proto__` becomes an ordinary key as well. */
export function put(doc: Doc, key: string, value: unknown): void {
  if (key !== "__proto__") doc[key] = value;
  else Object.defineProperty(doc, key, { value, enumerable: true, configurable: true, writable: true });
}

/** The name the real server gives to a value's type, as in its error messages. */
export function typeName(value: unknown): string {
  switch (typeof value) {
    case "string":
      return "string";
    case "boolean":
      return "bool";
    case "number":
      return fitsInt32(value) ? "int" : "double";
    case "undefined":
      return "missing";
  }
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return classNames.find(([type]) => value instanceof type)?.[1] ?? "object";
}

const classNames: [abstract new (...args: never[]) => unknown, string][] = [
  [Date, "date"],
  [ObjectId, "objectId"],
  [Double, "double"],
  [Timestamp, "timestamp"],
  [Long, "long"],
  [Decimal128, "decimal"],
  [Binary, "binData"],
  [BSONRegExp, "regex"],
  [MinKey, "minKey"],
  [MaxKey, "maxKey"],
];

/** A value as the real server shows it inside a message: `{ queue: "q", n: 1 }`. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (value instanceof ObjectId) return `ObjectId('${value.toHexString()}')`;
  if (value instanceof Binary) return `BinData(${value.sub_type}, ${value.toString("hex").toUpperCase()})`;
  if (Array.isArray(value)) return value.length === 0 ? "[]" : `[ ${value.map(show).join(", ")} ]`;
  if (!isPlain(value)) return value === undefined ? "null" : String(value);
  const fields = Object.entries(value).map(([key, each]) => `${key}: ${show(each)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}
