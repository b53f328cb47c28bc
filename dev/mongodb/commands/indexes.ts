// createIndexes, listIndexes and dropIndexes.

import type { Collection } from "../collection.ts";
import { identical } from "../compare.ts";
import { badValue, CommandFailure } from "../errors.ts";
import type { IndexSpec } from "../hash_index.ts";
import { describeIndex, parseIndex } from "../index_spec.ts";
import { type Doc, isPlain } from "../values.ts";
import type { Context, Handlers } from "./context.ts";

export const indexCommands: Handlers = {
  createIndexes,
  listIndexes,
  dropIndexes,
  deleteIndexes: dropIndexes,
};

function createIndexes({ args, store }: Context): Doc {
  args.accept("indexes", "commitQuorum ignoreUnknownIndexOptions");
  const name = args.collection();
  const specs = args.documents("indexes").map(parseIndex);
  if (specs.length === 0) throw badValue("Must specify at least one index to create");
  const createdCollectionAutomatically = store.find(args.database, name) === undefined;
  const collection = store.open(args.database, name);
  const numIndexesBefore = collection.indexes.length;
  const added = specs.filter((spec) => addIndex(collection, spec)).length;
  const note = added === 0 ? { note: "all indexes already exist" } : {};
  return {
    numIndexesBefore,
    numIndexesAfter: numIndexesBefore + added,
    createdCollectionAutomatically,
    ...note,
  };
}

function listIndexes({ args, store }: Context): Doc {
  args.accept("cursor");
  const name = args.collection();
  const indexes = store.existing(args.database, name).indexes.map(describeIndex);
  return { cursor: store.cursors.first(`${args.database}.${name}`, indexes, Infinity) };
}

function dropIndexes({ args, store }: Context): Doc {
  args.accept("index");
  const collection = store.existing(args.database, args.collection());
  const nIndexesWas = collection.indexes.length;
  const wanted = args.raw("index");
  for (const each of Array.isArray(wanted) ? wanted : [wanted]) {
    for (const name of namesOf(collection, each)) collection.dropIndex(name);
  }
  return { nIndexesWas };
}

/** False when the very same index is there already. @throws CommandFailure 85 or 86 for a similar one. */
function addIndex(collection: Collection, spec: IndexSpec): boolean {
  const wanted = describeIndex(spec);
  for (const there of collection.indexes.map(describeIndex)) {
    if (identical(there, wanted)) return false;
    const isSameKey = identical(there["key"], wanted["key"]);
    if (there["name"] === wanted["name"] && !isSameKey) {
      throw new CommandFailure(
        86,
        `An existing index has the same name as the requested index: ${spec.name}`,
      );
    }
    if (isSameKey) {
      throw new CommandFailure(
        85,
        `Index already exists with a different name or options: ${String(there["name"])}`,
      );
    }
  }
  collection.addIndex(spec);
  return true;
}

function namesOf(collection: Collection, wanted: unknown): string[] {
  const droppable = collection.indexes.filter(({ name }) => name !== "_id_");
  if (wanted === "*") return droppable.map(({ name }) => name);
  if (wanted === "_id_") throw new CommandFailure(72, "cannot drop _id index");
  const found = droppable.find(({ name, key }) =>
    name === wanted || (isPlain(wanted) && identical({ ...key }, wanted))
  );
  if (found) return [found.name];
  throw new CommandFailure(
    27,
    `index not found with name [${isPlain(wanted) ? JSON.stringify(wanted) : String(wanted)}]`,
  );
}
