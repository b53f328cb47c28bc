// What exists: listDatabases, listCollections, create, drop, dropDatabase, collStats and dbStats.

import { Binary } from "bson";
import type { Arguments } from "../arguments.ts";
import type { Collection } from "../collection.ts";
import { bytesOf, statsOf, total } from "../collection_stats.ts";
import { CommandFailure, notSupported } from "../errors.ts";
import { compileFilter } from "../filter.ts";
import { describeIndex } from "../index_spec.ts";
import type { Doc } from "../values.ts";
import type { Context, Handlers } from "./context.ts";

export const catalogCommands: Handlers = {
  listDatabases,
  listCollections,
  create,
  drop,
  dropDatabase,
  collStats,
  dbStats,
  dbstats: dbStats,
};

function listDatabases({ args, store }: Context): Doc {
  args.accept("filter nameOnly", "authorizedDatabases");
  if (args.flag("nameOnly", false)) {
    return { databases: matching(args, store.databaseNames().map((name) => ({ name }))) };
  }
  const databases = matching(
    args,
    store.databaseNames().map((name) => {
      const sizeOnDisk = total(store.collections(name).map(([, collection]) => bytesOf(collection)));
      return { name, sizeOnDisk, empty: sizeOnDisk === 0 };
    }),
  );
  return { databases, totalSize: total(databases.map(({ sizeOnDisk }) => sizeOnDisk)) };
}

function listCollections({ args, store }: Context): Doc {
  args.accept("filter nameOnly cursor", "authorizedCollections");
  const isBrief = args.flag("nameOnly", false);
  const all = store.collections(args.database).map(([name, collection]) => describe(name, collection));
  const rows = matching(args, all).map((row) => isBrief ? { name: row["name"], type: row["type"] } : row);
  return { cursor: store.cursors.first(`${args.database}.$cmd.listCollections`, rows, Infinity) };
}

function create({ args, store }: Context): Doc {
  const options =
    "capped size max viewOn pipeline timeseries clusteredIndex validator collation expireAfterSeconds";
  args.accept("", "autoIndexId storageEngine", options);
  const name = args.collection();
  if (store.find(args.database, name)) {
    throw new CommandFailure(48, `Collection ${args.database}.${name} already exists.`);
  }
  store.open(args.database, name);
  return {};
}

function drop({ args, store }: Context): Doc {
  args.accept("");
  const name = args.collection();
  const collection = store.find(args.database, name);
  if (!collection) return {};
  store.drop(args.database, name);
  return { nIndexesWas: collection.indexes.length, ns: collection.ns };
}

function dropDatabase({ args, store }: Context): Doc {
  args.accept("");
  return store.dropDatabase(args.database) ? { dropped: args.database } : {};
}

function collStats({ args, store }: Context): Doc {
  args.accept("scale");
  if (args.number("scale", 1) !== 1) throw notSupported("a scale other than 1");
  const name = args.collection();
  return { ns: `${args.database}.${name}`, ...statsOf(store.find(args.database, name)) };
}

function dbStats({ args, store }: Context): Doc {
  args.accept("scale freeStorage");
  if (args.number("scale", 1) !== 1) throw notSupported("a scale other than 1");
  const collections = store.collections(args.database).map(([, collection]) => collection);
  const dataSize = total(collections.map(bytesOf));
  return {
    db: args.database,
    collections: collections.length,
    objects: total(collections.map(({ count }) => count)),
    dataSize,
    storageSize: dataSize,
    indexes: total(collections.map(({ indexes }) => indexes.length)),
  };
}

function describe(name: string, collection: Collection): Doc {
  const uuid = new Binary(Uint8Array.fromHex(collection.uuid.replaceAll("-", "")), Binary.SUBTYPE_UUID);
  const [idIndex] = collection.indexes.map(describeIndex);
  return { name, type: "collection", options: {}, info: { readOnly: false, uuid }, idIndex };
}

function matching<T extends Doc>(args: Arguments, rows: T[]): T[] {
  const filter = compileFilter(args.document("filter"));
  return rows.filter((row) => filter.matches(row));
}
