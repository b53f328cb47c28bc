// TTL indexes: removes documents whose date has passed by `expireAfterSeconds`. The server sweeps once a second.

import { valuesAt } from "./paths.ts";
import type { Collection } from "./collection.ts";
import type { IndexSpec } from "./hash_index.ts";
import type { Store } from "./store.ts";

/** Removes what has expired at `nowMs` from every collection. */
export function sweepExpired(store: Store, nowMs: number): void {
  for (const database of store.databaseNames()) {
    for (const [, collection] of store.collections(database)) {
      for (const index of collection.indexes) sweep(collection, index, nowMs);
    }
  }
}

function sweep(collection: Collection, index: IndexSpec, nowMs: number): void {
  const [field] = Object.keys(index.key);
  if (index.expireAfterSeconds === undefined || field === undefined) return;
  const latestMs = nowMs - index.expireAfterSeconds * 1000;
  for (const stored of collection.all()) {
    const dates = valuesAt(stored.doc, field).filter((value) => value instanceof Date);
    const isExpired = dates.some((date) => date.getTime() <= latestMs); // of several dates the earliest counts
    if (isExpired && (index.partial?.matches(stored.doc) ?? true)) collection.delete(stored);
  }
}
