// One index of a collection: from the text of its key values to the documents that have them. It finds
// equal values and keeps unique ones unique; it has no order, so ranges and sorts scan the collection.

import { keyText } from "./compare.ts";
import { CommandFailure } from "./errors.ts";
import type { Filter } from "./filter.ts";
import { leavesAt, valuesAt } from "./paths.ts";
import { Stored } from "./stored.ts";
import { type Doc, show } from "./values.ts";

/** A checked index definition: see `index_spec.ts`. */
export interface IndexSpec {
  readonly name: string;
  readonly key: Readonly<Record<string, number>>;
  readonly unique: boolean;
  readonly sparse: boolean;
  /** Seconds after the date in the (only) field when a document is removed. */
  readonly expireAfterSeconds: number | undefined;
  readonly partial: Filter | undefined;
}

/** One combination of values, a field each, and its text. */
export interface Key {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** More look-ups than this for one query (`$in` × `$in`) cost more than a scan is worth. */
const lookupsMax = 1_000;

export class HashIndex {
  readonly spec: IndexSpec;
  readonly fields: readonly string[];
  /** The first fields of the paths. */
  readonly #roots: readonly string[];
  /** One document as itself, which most keys have and which is smaller than a set; several as a set. */
  readonly #stored = new Map<string, Stored | Set<Stored>>();
  #earliestMs = Infinity;

  constructor(spec: IndexSpec) {
    this.spec = spec;
    this.fields = Object.keys(spec.key);
    this.#roots = this.fields.map((field) => field.split(".")[0] ?? field);
  }

  /** No document here has an earlier date in the first field, ms; the one that had this date may be gone. */
  get earliestMs(): number {
    return this.#earliestMs;
  }

  /** Puts `earliestMs` right, by who has looked at all documents. */
  earliestIs(ms: number): void {
    this.#earliestMs = ms;
  }

  add(stored: Stored, keys: readonly Key[] = this.keysOf(stored.doc)): void {
    for (const { text, values } of keys) {
      const there = this.#stored.get(text);
      if (there instanceof Set) there.add(stored);
      else this.#stored.set(text, there && there !== stored ? new Set([there, stored]) : stored);
      const [date] = values;
      if (date instanceof Date && date.getTime() < this.#earliestMs) this.#earliestMs = date.getTime();
    }
  }

  remove(stored: Stored, keys: readonly Key[] = this.keysOf(stored.doc)): void {
    for (const { text } of keys) {
      const there = this.#stored.get(text);
      if (there instanceof Set) there.delete(stored);
      if (there === stored || (there instanceof Set && there.size === 0)) this.#stored.delete(text);
    }
  }

  /** True when an update left alone all that this index looks at: both versions share it then. */
  isUntouched(before: Doc, after: Doc): boolean {
    return !this.spec.partial && this.#roots.every((root) => before[root] === after[root]);
  }

  /**
   * Checks that a document with these keys may take the place of `self` (or be new) in the collection `ns`.
   * @throws CommandFailure 11000 when a unique key is taken.
   */
  check(keys: readonly Key[], self: Stored | undefined, ns: string): void {
    if (!this.spec.unique) return;
    for (const key of keys) {
      for (const other of this.#at(key.text)) {
        if (other !== self) throw this.#duplicate(key, ns);
      }
    }
  }

  /** True when this index finds every document that has these values. */
  fits(equalities: Filter["equalities"]): boolean {
    if (this.spec.partial) return false;
    let lookups = 1;
    for (const field of this.fields) {
      const wanted = equalities.get(field);
      lookups *= wanted?.length ?? Infinity;
      if (!wanted || lookups > lookupsMax || (this.spec.sparse && wanted.includes(null))) return false;
    }
    return true;
  }

  /** The documents with one of the wanted values in every field, in natural order. Only if it `fits`. */
  lookup(equalities: Filter["equalities"]): Stored[] {
    let texts = [""];
    for (const field of this.fields) {
      const wanted = equalities.get(field) ?? [];
      texts = texts.flatMap((text) => wanted.map((value) => text + keyText(value)));
    }
    const found = texts.flatMap((text) => [...this.#at(text)]);
    return found.length < 2 ? found : [...new Set(found)].sort((a, b) => a.position - b.position);
  }

  /**
   * Where a document stands in this index; worked out once for a change.
   * @throws CommandFailure 171 when two fields hold arrays.
   */
  keysOf(doc: Doc): readonly Key[] {
    if (this.spec.partial && !this.spec.partial.matches(doc)) return [];
    const lists = this.fields.map((field) => valuesAt(doc, field));
    if (this.spec.sparse && this.fields.every((field) => isMissing(doc, field))) return [];
    if (lists.every((values) => values.length <= 1)) return [plainKey(lists)];
    if (lists.filter((values) => values.length > 1).length > 1) {
      throw new CommandFailure(171, `cannot index parallel arrays [${this.fields.join("] [")}]`);
    }
    let keys: Key[] = [{ text: "", values: [] }];
    for (const values of lists) keys = keys.flatMap((key) => extended(key, values));
    return keys;
  }

  #at(text: string): Iterable<Stored> {
    const there = this.#stored.get(text) ?? [];
    return there instanceof Stored ? [there] : there;
  }

  #duplicate(key: Key, ns: string): CommandFailure {
    const keyValue = Object.fromEntries(this.fields.map((field, i) => [field, key.values[i] ?? null]));
    const message = `E11000 duplicate key error collection: ${ns} index: ${this.spec.name} dup key: ${
      show(keyValue)
    }`;
    return new CommandFailure(11000, message, { keyPattern: { ...this.spec.key }, keyValue });
  }
}

/** Most keys: one value for each field. */
function plainKey(lists: readonly (readonly unknown[])[]): Key {
  const values = lists.map(([value = null]) => value);
  return { text: values.map(keyText).join(""), values };
}

/** Whether a document that had the first keys stands where it stood. */
export function sameKeys(one: readonly Key[], other: readonly Key[]): boolean {
  return one.length === other.length && one.every((key, i) => key.text === other[i]?.text);
}

function isMissing(doc: Doc, path: string): boolean {
  return leavesAt(doc, path).every((leaf) => leaf === undefined);
}

function extended(key: Key, values: readonly unknown[]): Key[] {
  const each = values.length === 0 ? [null] : values;
  return each.map((value) => ({ text: key.text + keyText(value), values: [...key.values, value] }));
}
