// The figures of a collection for collStats, `$collStats`, dbStats and listDatabases. Sizes are those of the
// documents as BSON: nothing is kept on pages here, so storage and total size are the same.

import type { Collection } from "./collection.ts";
import { type Doc, sizeOf } from "./values.ts";

/** The figures of a collection; one that does not exist has nothing. */
export function statsOf(collection: Collection | undefined): Doc {
  const count = collection?.count ?? 0;
  const size = collection ? bytesOf(collection) : 0;
  const indexes = collection?.indexes ?? [];
  return {
    size,
    count,
    ...(count > 0 ? { avgObjSize: Math.round(size / count) } : {}),
    numOrphanDocs: 0,
    storageSize: size,
    freeStorageSize: 0,
    capped: false,
    nindexes: indexes.length,
    indexDetails: {},
    indexBuilds: [],
    totalIndexSize: 0,
    totalSize: size,
    indexSizes: Object.fromEntries(indexes.map(({ name }) => [name, 0])),
    scaleFactor: 1,
  };
}

/** The size of all documents of a collection as BSON. */
export function bytesOf(collection: Collection): number {
  return total([...collection.all()].map((stored) => sizeOf(stored.doc)));
}

/** The sum of some figures. */
export function total(figures: readonly number[]): number {
  return figures.reduce((sum, each) => sum + each, 0);
}
