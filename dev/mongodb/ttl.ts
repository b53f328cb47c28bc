// TTL indexes: removes documents whose date has passed by `expireAfterSeconds`. The server sweeps once a second.

import { valuesAt } from "./paths.ts";
import type { Collection } from "./collection.ts";
import type { HashIndex } from "./hash_index.ts";
import type { Store } from "./store.ts";

/** Removes what has expired at `nowMs` from every collection; looks only into those that have a date so early. */
export function sweepExpired(store: Store, nowMs: number): void {
  for (const database of store.databaseNames()) {
    for (const [, collection] of store.collections(database)) {
      for (const index of collection.ttlIndexes) sweep(collection, index, nowMs);
    }
  }
}

function sweep(collection: Collection, index: HashIndex, nowMs: number): void {
  const { expireAfterSeconds = Infinity, partial } = index.spec;
  const [field = ""] = index.fields;
  const latestMs = nowMs - expireAfterSeconds * 1000;
  if (index.earliestMs > latestMs) return;
  let earliestMs = Infinity;
  for (const stored of collection.all()) {
    // Of several dates the earliest counts.
    const dateMs = earliestOf(valuesAt(stored.doc, field));
    if (dateMs > latestMs) earliestMs = Math.min(earliestMs, dateMs);
    else if (partial?.matches(stored.doc) ?? true) collection.delete(stored);
  }
  index.earliestIs(earliestMs);
}

/** Infinity when there is no date, or none that JavaScript can hold. */
function earliestOf(values: readonly unknown[]): number {
  return values.reduce<number>((earliestMs, value) => {
    const ms = value instanceof Date ? value.getTime() : NaN;
    return ms < earliestMs ? ms : earliestMs;
  }, Infinity);
}
