// find, getMore, killCursors, aggregate, count, distinct and explain.

import { Long } from "bson";
import type { Arguments } from "../arguments.ts";
import { keyText } from "../compare.ts";
import { badValue, CommandFailure, notSupported } from "../errors.ts";
import { firstBatchDefault } from "../cursors.ts";
import { compileFilter } from "../filter.ts";
import { valuesAt } from "../paths.ts";
import { statsOf } from "../collection_stats.ts";
import { runPipeline } from "../pipeline.ts";
import { compileProjection } from "../projection.ts";
import { sorted, sortKeys } from "../sort.ts";
import type { Store } from "../store.ts";
import { type Doc, isPlain } from "../values.ts";
import type { Context, Handlers } from "./context.ts";

export const readCommands: Handlers = { find, getMore, killCursors, aggregate, count, distinct, explain };

function find({ args, store }: Context): Doc {
  args.accept(
    "filter sort projection skip limit batchSize singleBatch",
    "hint noCursorTimeout allowDiskUse allowPartialResults",
    "collation let tailable awaitData min max returnKey showRecordId oplogReplay",
  );
  const name = args.collection();
  const documents = found(args, store, name, "filter");
  const project = compileProjection(args.document("projection"));
  const batchSize = args.count("batchSize", firstBatchDefault);
  return {
    cursor: store.cursors.first(
      `${args.database}.${name}`,
      documents.map(project),
      batchSize,
      args.flag("singleBatch", false),
    ),
  };
}

/** The stored documents of a find or count, sorted, skipped and limited. A negative limit is its amount. */
function found(args: Arguments, store: Store, name: string, filterField: string) {
  const filter = compileFilter(args.document(filterField));
  const keys = sortKeys(args.document("sort"));
  const skip = args.count("skip", 0);
  const limit = Math.abs(args.number("limit", 0));
  const all = sorted(store.find(args.database, name)?.find(filter) ?? [], keys, (stored) => stored.doc);
  return all.slice(skip, limit > 0 ? skip + limit : undefined);
}

function getMore({ args, store }: Context): Doc {
  args.accept("collection batchSize");
  const ns = `${args.database}.${String(args.raw("collection"))}`;
  return {
    cursor: store.cursors.more(cursorId(args.raw("getMore")), ns, args.count("batchSize", 0) || Infinity),
  };
}

function killCursors({ args, store }: Context): Doc {
  args.accept("cursors");
  const cursors = args.raw("cursors");
  if (!Array.isArray(cursors)) throw badValue("killCursors.cursors must be an array of cursor ids");
  const killed = cursors.filter((id) => store.cursors.kill(cursorId(id)));
  const notFound = cursors.filter((id) => !killed.includes(id));
  return { cursorsKilled: killed, cursorsNotFound: notFound, cursorsAlive: [], cursorsUnknown: [] };
}

function aggregate({ args, store }: Context): Doc {
  args.accept(
    "pipeline cursor",
    "allowDiskUse hint bypassDocumentValidation",
    "collation let explain",
  );
  if (args.raw("aggregate") === 1) throw notSupported("aggregate on a database");
  const name = args.collection();
  const collection = store.find(args.database, name);
  const documents = runPipeline(args.documents("pipeline"), {
    find: (filter) => collection?.find(filter) ?? [],
    stats: () => ({ ns: `${args.database}.${name}`, storageStats: statsOf(collection) }),
    other: (other) => store.find(args.database, other)?.all() ?? [],
  });
  const { batchSize = firstBatchDefault } = args.document("cursor");
  if (typeof batchSize !== "number" || batchSize < 0) {
    throw badValue("cursor.batchSize must be a number from 0 up");
  }
  return { cursor: store.cursors.first(`${args.database}.${name}`, documents, batchSize) };
}

function count({ args, store }: Context): Doc {
  args.accept("query skip limit", "hint fields", "collation");
  return { n: found(args, store, args.collection(), "query").length };
}

function distinct({ args, store }: Context): Doc {
  args.accept("key query", "hint", "collation");
  const key = args.text("key");
  const values = new Map<string, unknown>();
  for (
    const stored
      of store.find(args.database, args.collection())?.find(compileFilter(args.document("query"))) ?? []
  ) {
    for (const value of valuesAt(stored.doc, key)) {
      const text = keyText(value);
      if (value !== undefined && !values.has(text)) values.set(text, value);
    }
  }
  return { values: [...values.values()] };
}

/** Tells which index a find would use, and no more. */
function explain({ args, store }: Context): Doc {
  args.accept("verbosity");
  const inner = args.raw("explain");
  if (!isPlain(inner) || typeof inner["find"] !== "string") {
    throw notSupported("explain of anything but a find");
  }
  const filter = isPlain(inner["filter"]) ? inner["filter"] : {};
  const indexName = store.find(args.database, inner["find"])?.indexFor(compileFilter(filter))?.spec.name;
  const winningPlan = indexName
    ? { stage: "FETCH", inputStage: { stage: "IXSCAN", indexName } }
    : { stage: "COLLSCAN" };
  return {
    queryPlanner: { namespace: `${args.database}.${inner["find"]}`, parsedQuery: filter, winningPlan },
  };
}

function cursorId(value: unknown): bigint {
  if (value instanceof Long) return value.toBigInt();
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  throw new CommandFailure(14, "a cursor id must be a long");
}
