// insert, update, delete and findAndModify. A write that fails is reported by its number in the batch; an
// ordered batch stops there, an unordered one goes on.

import { ObjectId } from "bson";
import type { Collection } from "../collection.ts";
import { identical } from "../compare.ts";
import { CommandFailure, failedToParse, failureOf, notSupported } from "../errors.ts";
import { compileFilter, type Filter } from "../filter.ts";
import { compileProjection } from "../projection.ts";
import { sorted, sortKeys } from "../sort.ts";
import { Stored } from "../stored.ts";
import { compileUpdate, seedOf, type Update } from "../update.ts";
import { type Doc, isPlain } from "../values.ts";
import type { Context, Handlers } from "./context.ts";
import { writeBatchMax } from "./handshake.ts";

const updateFields = ["q", "u", "upsert", "multi", "arrayFilters", "hint"];
const deleteFields = ["q", "limit", "hint"];

export const writeCommands: Handlers = {
  insert,
  update,
  delete: remove,
  findAndModify,
  findandmodify: findAndModify,
};

function insert({ args, store }: Context): Doc {
  args.accept("documents ordered", "bypassDocumentValidation");
  const collection = store.open(args.database, args.collection());
  let n = 0;
  const writeErrors = eachWrite(args.documents("documents"), args.flag("ordered", true), (document) => {
    collection.insert(document);
    n++;
  });
  return { n, ...writeErrors };
}

function update({ args, store }: Context): Doc {
  args.accept("updates ordered", "bypassDocumentValidation", "let");
  const name = args.collection();
  let [n, nModified] = [0, 0];
  const upserted: Doc[] = [];
  const writeErrors = eachWrite(args.documents("updates"), args.flag("ordered", true), (statement, index) => {
    const result = updateOne(
      store.find(args.database, name),
      statement,
      () => store.open(args.database, name),
    );
    n += result.matched;
    nModified += result.modified;
    if (result.upserted) upserted.push({ index, _id: result.upserted.doc["_id"] });
  });
  return { n, nModified, ...(upserted.length > 0 ? { upserted } : {}), ...writeErrors };
}

function remove({ args, store }: Context): Doc {
  args.accept("deletes ordered", "", "let");
  const collection = store.find(args.database, args.collection());
  let n = 0;
  const writeErrors = eachWrite(args.documents("deletes"), args.flag("ordered", true), (statement) => {
    acceptStatement(statement, deleteFields);
    const filter = compileFilter(documentOf(statement, "q"));
    const limit = statement["limit"];
    if (limit !== 0 && limit !== 1) throw failedToParse("The limit field in delete objects must be 0 or 1.");
    for (const stored of limit === 1 ? one(collection, filter) : collection?.find(filter) ?? []) {
      collection?.delete(stored);
      n++;
    }
  });
  return { n, ...writeErrors };
}

function findAndModify({ args, store }: Context): Doc {
  args.accept(
    "query sort remove update new fields upsert arrayFilters",
    "hint bypassDocumentValidation",
    "collation let",
  );
  const name = args.collection();
  const isRemoval = args.flag("remove", false);
  if (isRemoval === args.has("update")) {
    throw failedToParse("Either an update or remove=true must be specified");
  }
  const filter = compileFilter(args.document("query"));
  const project = compileProjection(args.document("fields"));
  const keys = sortKeys(args.document("sort"));
  const collection = store.find(args.database, name);
  const found = keys.length === 0
    ? collection?.findOne(filter)
    : sorted(collection?.find(filter) ?? [], keys, (stored) => stored.doc)[0];
  const before = found && project(new Stored(found.doc, 0));
  if (isRemoval) {
    if (found) collection?.delete(found);
    return { lastErrorObject: { n: found ? 1 : 0 }, value: before ?? null };
  }
  const change = compileUpdate(args.raw("update"), filter, args.documents("arrayFilters"));
  if (collection && found) modify(collection, found, change);
  else if (!args.flag("upsert", false)) {
    return { lastErrorObject: { n: 0, updatedExisting: false }, value: null };
  }
  const stored = found ?? upsert(store.open(args.database, name), filter, change);
  const upserted = found ? {} : { upserted: stored.doc["_id"] };
  const value = args.flag("new", false) ? project(stored) : before ?? null;
  return { lastErrorObject: { n: 1, updatedExisting: found !== undefined, ...upserted }, value };
}

interface UpdateResult {
  readonly matched: number;
  readonly modified: number;
  readonly upserted?: Stored;
}

function updateOne(collection: Collection | undefined, statement: Doc, open: () => Collection): UpdateResult {
  acceptStatement(statement, updateFields);
  const filter = compileFilter(documentOf(statement, "q"));
  const { arrayFilters = [] } = statement;
  if (!Array.isArray(arrayFilters) || !arrayFilters.every(isPlain)) {
    throw failedToParse("arrayFilters must be objects");
  }
  const change = compileUpdate(statement["u"], filter, arrayFilters);
  const isMany = statement["multi"] === true;
  if (isMany && change.isReplacement) {
    throw failedToParse("multi update is not supported for replacement-style update");
  }
  const found = isMany ? collection?.find(filter) ?? [] : one(collection, filter);
  if (!collection || found.length === 0) {
    if (statement["upsert"] !== true) return { matched: 0, modified: 0 };
    return { matched: 1, modified: 0, upserted: upsert(open(), filter, change) };
  }
  return {
    matched: found.length,
    modified: found.filter((stored) => modify(collection, stored, change)).length,
  };
}

function one(collection: Collection | undefined, filter: Filter): Stored[] {
  const found = collection?.findOne(filter);
  return found ? [found] : [];
}

/** True when the document is another than before. */
function modify(collection: Collection, stored: Stored, change: Update): boolean {
  const next = change.apply(stored.doc, false);
  if (identical(stored.doc, next)) return false;
  collection.replace(stored, next);
  return true;
}

function upsert(collection: Collection, filter: Filter, change: Update): Stored {
  return collection.insert({ _id: new ObjectId(), ...change.apply(seedOf(filter), true) });
}

function eachWrite(statements: Doc[], ordered: boolean, write: (statement: Doc, index: number) => void): Doc {
  if (statements.length < 1 || statements.length > writeBatchMax) {
    const message =
      `Write batch sizes must be between 1 and ${writeBatchMax}. Got ${statements.length} operations.`;
    throw new CommandFailure(16, message, {}, "InvalidLength");
  }
  const writeErrors: Doc[] = [];
  for (const [index, statement] of statements.entries()) {
    try {
      write(statement, index);
    } catch (error) {
      const { code, message, extra } = failureOf(error);
      writeErrors.push({ index, code, ...extra, errmsg: message });
      if (ordered) break;
    }
  }
  return writeErrors.length > 0 ? { writeErrors } : {};
}

function acceptStatement(statement: Doc, known: readonly string[]): void {
  const unknown = Object.keys(statement).find((key) => !known.includes(key));
  if (unknown === "collation" || unknown === "c") throw notSupported(`${unknown} of a write`);
  if (unknown) throw new CommandFailure(40415, `BSON field '${unknown}' of a write is an unknown field.`);
}

function documentOf(statement: Doc, field: string): Doc {
  const value = statement[field];
  if (isPlain(value)) return value;
  throw failedToParse(`the field '${field}' of a write must be an object`);
}
