// One collection: its documents in the order of insertion, and its indexes, always in step.
// Handlers decide what to write; this file keeps `_id` present and unique keys unique.

import { ObjectId } from "bson";
import { CommandFailure } from "./errors.ts";
import type { Filter } from "./filter.ts";
import { HashIndex, type IndexSpec, type Key, sameKeys } from "./hash_index.ts";
import { Stored } from "./stored.ts";
import { type Doc, documentBytesMax, sizeAtMost, sizeOf } from "./values.ts";

const idIndex: IndexSpec = {
  name: "_id_",
  key: { _id: 1 },
  unique: true,
  sparse: false,
  expireAfterSeconds: undefined,
  partial: undefined,
};

export class Collection {
  /** `database.collection` */
  readonly ns: string;
  readonly uuid = crypto.randomUUID();
  readonly #stored = new Set<Stored>();
  readonly #indexes = new Map<string, HashIndex>([["_id_", new HashIndex(idIndex)]]);
  readonly #changed: () => void;
  #inserted = 0;

  /** `changed` is called after every change, so that the data are saved some time later. */
  constructor(ns: string, changed: () => void) {
    this.ns = ns;
    this.#changed = changed;
  }

  get count(): number {
    return this.#stored.size;
  }

  get indexes(): IndexSpec[] {
    return [...this.#indexes.values()].map((index) => index.spec);
  }

  /** The indexes whose documents expire. */
  get ttlIndexes(): HashIndex[] {
    return [...this.#indexes.values()].filter((index) => index.spec.expireAfterSeconds !== undefined);
  }

  all(): Iterable<Stored> {
    return this.#stored;
  }

  /** The documents that match, in natural order; found through an index where one fits. */
  find(filter: Filter): Stored[] {
    return [...this.#candidates(filter)].filter((stored) => filter.matches(stored.doc));
  }

  /** The first document that matches. */
  findOne(filter: Filter): Stored | undefined {
    for (const stored of this.#candidates(filter)) if (filter.matches(stored.doc)) return stored;
    return undefined;
  }

  /**
   * Adds a document; one without `_id` gets an ObjectId, and `_id` comes first.
   * @throws CommandFailure 11000 for a taken unique key, 53 for an unfit `_id`, 10334 for more than 16 MiB.
   */
  insert(doc: Doc): Stored {
    const { _id = new ObjectId() } = doc;
    const whole: Doc = { _id, ...doc };
    whole["_id"] = _id; // where the document has the field and nothing in it
    checkId(_id);
    checkSize(whole);
    const keys = [...this.#indexes.values()].map((index) => ({ index, its: index.keysOf(whole) }));
    for (const { index, its } of keys) index.check(its, undefined, this.ns);
    const stored = new Stored(whole, this.#inserted++);
    this.#stored.add(stored);
    for (const { index, its } of keys) index.add(stored, its);
    this.#changed();
    return stored;
  }

  /** Puts a new version in the place of a stored document. Throws as `insert` does, and changes nothing then. */
  replace(stored: Stored, doc: Doc): void {
    checkSize(doc);
    const moves = this.#moves(stored.doc, doc);
    for (const { index, after } of moves) index.check(after, stored, this.ns);
    for (const { index, before, after } of moves) {
      index.remove(stored, before);
      index.add(stored, after);
    }
    stored.doc = doc;
    this.#changed();
  }

  delete(stored: Stored): void {
    if (!this.#stored.delete(stored)) return;
    for (const index of this.#indexes.values()) index.remove(stored);
    this.#changed();
  }

  /** Builds an index. @throws CommandFailure 11000 when the documents there already break a unique one. */
  addIndex(spec: IndexSpec): void {
    const index = new HashIndex(spec);
    for (const stored of this.#stored) {
      const keys = index.keysOf(stored.doc);
      index.check(keys, stored, this.ns);
      index.add(stored, keys);
    }
    this.#indexes.set(spec.name, index);
    this.#changed();
  }

  dropIndex(name: string): void {
    this.#indexes.delete(name);
    this.#changed();
  }

  /** The index that finds the documents of a query, if one does: the one with the most fields. */
  indexFor(filter: Filter): HashIndex | undefined {
    let best: HashIndex | undefined;
    for (const index of this.#indexes.values()) {
      if (index.fits(filter.equalities) && index.fields.length > (best?.fields.length ?? 0)) best = index;
    }
    return best;
  }

  #candidates(filter: Filter): Iterable<Stored> {
    return this.indexFor(filter)?.lookup(filter.equalities) ?? this.#stored;
  }

  /** The indexes in which the new version stands elsewhere, with the keys of both. */
  #moves(before: Doc, after: Doc): Move[] {
    return [...this.#indexes.values()]
      .filter((index) => !index.isUntouched(before, after))
      .map((index) => ({ index, before: index.keysOf(before), after: index.keysOf(after) }))
      .filter((move) => !sameKeys(move.before, move.after));
  }
}

interface Move {
  readonly index: HashIndex;
  readonly before: readonly Key[];
  readonly after: readonly Key[];
}

function checkSize(doc: Doc): void {
  if (sizeAtMost(doc) <= documentBytesMax) return;
  const bytes = sizeOf(doc);
  if (bytes <= documentBytesMax) return;
  throw new CommandFailure(
    10334,
    `object to insert too large. size in bytes: ${bytes}, max size: ${documentBytesMax}`,
  );
}

function checkId(id: unknown): void {
  if (!Array.isArray(id)) return;
  throw new CommandFailure(53, "The '_id' value cannot be of type array");
}
