// mingo compares JavaScript values. A view is a document with bson's number classes as plain numbers and
// its other classes as values that mingo can compare; what needs no change is shared, not copied.
// Used by `compute.ts` and `filter.ts`; `unview` turns results back into values for the wire.

import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  DBRef,
  Decimal128,
  Double,
  Long,
  MaxKey,
  MinKey,
  Timestamp,
} from "bson";
import { keyText, numeric } from "./compare.ts";
import { type Doc, isPlain, put } from "./values.ts";

/** A bson value that mingo compares by its text and passes on untouched. */
export class Opaque {
  readonly value: unknown;
  readonly #text: string;

  constructor(value: unknown) {
    this.value = value;
    this.#text = keyText(value);
  }

  toString(): string {
    return this.#text;
  }
}

/** The view of a document. A Long beyond 2^53 and a Decimal128 lose digits: views decide, they are not stored. */
export function viewOf(doc: Doc): Doc {
  const seen = view(doc);
  return isPlain(seen) ? seen : doc;
}

/** The view of any value; the very same value where nothing has to change. */
export function view(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return viewArray(value);
  if (isPlain(value)) return viewObject(value);
  if (value instanceof BSONRegExp) return regexOf(value) ?? new Opaque(value);
  if (value instanceof BSONSymbol) return value.valueOf();
  if (isOpaque(value)) return new Opaque(value);
  if (value instanceof Long || value instanceof Double || value instanceof Decimal128) {
    return Number(numeric(value));
  }
  return value instanceof DBRef ? viewObject(value.toJSON()) : value;
}

/** A result of mingo as values for the wire; sparse and undefined array items become null. */
export function unview(value: unknown): unknown {
  if (value instanceof Opaque) return value.value;
  if (value instanceof RegExp) return new BSONRegExp(value.source, value.flags);
  if (Array.isArray(value)) return value.map((each) => each === undefined ? null : unview(each));
  if (!isPlain(value)) return value;
  const result: Doc = {};
  for (const key of Object.keys(value)) if (value[key] !== undefined) put(result, key, unview(value[key]));
  return result;
}

/** The JavaScript expression of a BSON one, or undefined where JavaScript has no such option (x). */
export function regexOf(value: { pattern: string; options: string }): RegExp | undefined {
  if (!/^[imsu]*$/.test(value.options)) return undefined;
  try {
    return new RegExp(value.pattern, value.options);
  } catch {
    return undefined; // a PCRE construct that JavaScript does not have
  }
}

function isOpaque(value: object): boolean {
  return [Binary, Timestamp, MinKey, MaxKey].some((type) => value instanceof type);
}

function viewArray(value: unknown[]): unknown[] {
  let result = value;
  for (let i = 0; i < value.length; i++) {
    const seen = view(value[i]);
    if (seen === value[i]) continue;
    if (result === value) result = value.slice();
    result[i] = seen;
  }
  return result;
}

function viewObject(value: Doc): Doc {
  let result = value;
  for (const key of Object.keys(value)) {
    const seen = view(value[key]);
    if (seen === value[key]) continue;
    if (result === value) result = { ...value };
    put(result, key, seen);
  }
  return result;
}
