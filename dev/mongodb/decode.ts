// BSON bytes to the values that `values.ts` tells of. Nearly all documents are made of strings, numbers, dates
// and such; these are read here, in one walk. What holds anything else, or is malformed, is left to `bson`.

import { BSONError, ByteUtils, deserialize, Double, Int32, Long, ObjectId } from "bson";
import { type Doc, fitsInt32, isPlain } from "./values.ts";

/**
 * Decodes exactly one BSON document.
 * @throws BSONError when the bytes are not one well-formed document.
 */
export function decode(bytes: Uint8Array): Doc {
  return readPlain(bytes) ?? settleObject(deserialize(bytes, { promoteValues: false, bsonRegExp: true }));
}

/**
 * Reads a document of plain values; undefined when it has others, or is not well-formed.
 * @throws BSONError for a text that is not UTF-8.
 */
export function readPlain(bytes: Uint8Array): Doc | undefined {
  const reader = new Reader(bytes);
  const doc = reader.document(bytes.length);
  return reader.at === bytes.length ? doc : undefined;
}

/** The types of BSON that are read here, and the bytes of those that always have as many. */
const type = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  int: 16,
  long: 18,
};
const widths = new Map([
  [type.double, 8],
  [type.objectId, 12],
  [type.bool, 1],
  [type.date, 8],
  [type.null, 0],
  [type.int, 4],
  [type.long, 8],
]);
const dateFactor = 2 ** 32;
/** Names that mean something to JavaScript or to `bson`. */
const reserved = new Set(["__proto__", "_bsontype", "$ref"]);
/** Names of fields read lately, each where the hash of its bytes says: they are few, and come again and again. */
const names = new Array<string>(1024).fill("");

/** Reads on from `at`. Its methods give undefined for what they leave to `bson`; no value is undefined here. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The document that begins here and ends before `limit`. */
  document(limit: number): Doc | undefined {
    const end = this.#open(limit);
    if (end === undefined) return undefined;
    const doc: Doc = {};
    while (this.at < end) {
      const kind = this.#bytes[this.at++];
      const name = this.#name(end);
      const value = name === undefined ? undefined : this.#value(kind, end);
      if (name === undefined || value === undefined) return undefined;
      doc[name] = value;
    }
    this.at = end + 1;
    return doc;
  }

  #array(limit: number): unknown[] | undefined {
    const end = this.#open(limit);
    if (end === undefined) return undefined;
    const items: unknown[] = [];
    while (this.at < end) {
      const kind = this.#bytes[this.at++];
      this.at = this.#bytes.indexOf(0, this.at) + 1; // an item's name says nothing
      const value = this.#value(kind, end);
      if (value === undefined) return undefined;
      items.push(value);
    }
    this.at = end + 1;
    return items;
  }

  /** Reads the size of a document or array; gives the place of the zero that ends it. */
  #open(limit: number): number | undefined {
    if (this.at + 5 > limit) return undefined;
    const end = this.at + this.#view.getInt32(this.at, true) - 1;
    this.at += 4;
    return end >= this.at && end < limit && this.#bytes[end] === 0 ? end : undefined;
  }

  #name(end: number): string | undefined {
    const start = this.at;
    let hash = 0;
    let byte = this.#bytes[this.at++];
    for (; byte && this.at <= end; byte = this.#bytes[this.at++]) hash = (hash * 31 + byte) & 1023;
    if (byte !== 0 || this.at > end) return undefined;
    const length = this.at - 1 - start;
    const known = names[hash] ?? "";
    if (known.length === length && this.#isAt(start, known)) return known;
    const name = ByteUtils.toUTF8(this.#bytes, start, start + length, false);
    if (reserved.has(name)) return undefined;
    if (name.length === length) names[hash] = name; // one byte a character, as `#isAt` compares them
    return name;
  }

  #isAt(start: number, name: string): boolean {
    for (let i = 0; i < name.length; i++) if (this.#bytes[start + i] !== name.charCodeAt(i)) return false;
    return true;
  }

  #value(kind: number | undefined, end: number): unknown {
    if (kind === type.string) return this.#string(end);
    if (kind === type.object) return this.document(end);
    if (kind === type.array) return this.#array(end);
    const width = widths.get(kind ?? 0);
    if (width === undefined || this.at + width > end) return undefined;
    const start = this.at;
    this.at += width;
    return this.#scalar(kind, start);
  }

  #string(end: number): string | undefined {
    if (this.at + 5 > end) return undefined;
    const start = this.at + 4;
    const zero = start + this.#view.getInt32(this.at, true) - 1;
    if (zero < start || zero >= end || this.#bytes[zero] !== 0) return undefined;
    this.at = zero + 1;
    return ByteUtils.toUTF8(this.#bytes, start, zero, true);
  }

  #scalar(kind: number | undefined, start: number): unknown {
    const view = this.#view;
    switch (kind) {
      case type.double:
        return double(view.getFloat64(start, true));
      case type.objectId:
        return new ObjectId(this.#bytes.subarray(start, start + 12));
      case type.bool:
        return [false, true][view.getUint8(start)];
      case type.date:
        return new Date(view.getInt32(start + 4, true) * dateFactor + view.getUint32(start, true));
      case type.null:
        return null;
      case type.int:
        return view.getInt32(start, true);
      case type.long:
        return new Long(view.getInt32(start, true), view.getInt32(start + 4, true));
    }
  }
}

/** Only an integral double in int32's range needs to be told from an int32. */
function double(value: number): number | Double {
  return fitsInt32(value) ? new Double(value) : value;
}

function settle(value: unknown): unknown {
  if (value instanceof Int32) return value.value;
  if (value instanceof Double) return double(value.value);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = settle(value[i]);
    return value;
  }
  return isPlain(value) ? settleObject(value) : value ?? null;
}

function settleObject(doc: Doc): Doc {
  if (Object.hasOwn(doc, "_bsontype")) throw new BSONError("a field may not be called _bsontype");
  for (const key of Object.keys(doc)) doc[key] = settle(doc[key]);
  return doc;
}
