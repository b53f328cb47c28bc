// An update as a function from one version of a document to the next: replacement, operators or pipeline.
// Parsing and the rules between operators are here; each operator is in `update_operators.ts`.

import { compareValues, identical } from "./compare.ts";
import { updateByPipeline } from "./compute.ts";
import { CommandFailure, failedToParse } from "./errors.ts";
import { compileFilter, type Filter } from "./filter.ts";
import { plant } from "./paths.ts";
import { checkArguments, operators } from "./update_operators.ts";
import { checkPath, type Positions } from "./update_paths.ts";
import { copy, type Doc, isPlain, show } from "./values.ts";

/** A compiled update. `isReplacement` ones may not be applied to many documents. */
export interface Update {
  readonly isReplacement: boolean;
  /** The next version. @throws CommandFailure when it cannot be applied to this document. */
  apply(doc: Doc, isInsert: boolean): Doc;
}

/** One operator for one path, as `{$inc: {a: 1, b: 2}}` is two of. */
interface Change {
  readonly operator: string;
  readonly path: string;
  readonly argument: unknown;
}

/**
 * Compiles an update document or pipeline for the documents that `filter` finds.
 * @throws CommandFailure 9 for an unknown modifier, 40 for two operators on one path.
 */
export function compileUpdate(update: unknown, filter: Filter, arrayFilters: readonly Doc[]): Update {
  if (Array.isArray(update)) {
    const stages = update.filter(isPlain);
    if (stages.length < update.length) {
      throw failedToParse("each stage of an update pipeline must be an object");
    }
    return { isReplacement: false, apply: (doc) => keepingId(doc, updateByPipeline(stages, doc)) };
  }
  if (!isPlain(update)) throw failedToParse("an update must be a document or a pipeline");
  const names = Object.keys(update);
  if (!names[0]?.startsWith("$")) return replacement(update, names);
  const changes = changesOf(update);
  checkConflicts(changes);
  const positions = { filter, arrayFilters: compileArrayFilters(arrayFilters, changes) };
  return { isReplacement: false, apply: (doc, isInsert) => applyAll(doc, changes, positions, isInsert) };
}

/** The document that an upsert starts from: the filter's equalities, `_id` first. */
export function seedOf(filter: Filter): Doc {
  const seed: Doc = {};
  for (const [path, values] of equalFields(filter.source)) plant(seed, path, copy(values));
  return Object.hasOwn(seed, "_id") ? { _id: seed["_id"], ...seed } : seed;
}

function equalFields(source: Doc): [string, unknown][] {
  return Object.entries(source).flatMap(([path, value]): [string, unknown][] => {
    if (path === "$and" && Array.isArray(value)) return value.filter(isPlain).flatMap(equalFields);
    if (path.startsWith("$")) return [];
    if (!isPlain(value) || !Object.keys(value).some((key) => key.startsWith("$"))) return [[path, value]];
    return Object.hasOwn(value, "$eq") ? [[path, value["$eq"]]] : [];
  });
}

function replacement(update: Doc, names: string[]): Update {
  const modifier = names.find((name) => name.startsWith("$"));
  if (modifier) {
    throw new CommandFailure(
      52,
      `The dollar ($) prefixed field '${modifier}' is not allowed in a replacement`,
    );
  }
  return {
    isReplacement: true,
    apply(doc) {
      const { _id = doc["_id"], ...rest } = update;
      return keepingId(doc, copy(_id === undefined ? rest : { _id, ...rest }));
    },
  };
}

function changesOf(update: Doc): Change[] {
  return Object.entries(update).flatMap(([operator, fields]) => {
    if (!Object.hasOwn(operators, operator)) {
      throw failedToParse(
        `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`,
      );
    }
    if (!isPlain(fields)) {
      throw failedToParse(
        `Modifiers operate on fields but we found type ${typeof fields} instead: ${operator}`,
      );
    }
    return Object.entries(fields).map(([path, argument]) => {
      checkPath(path);
      checkArguments(operator, path, argument);
      return { operator, path, argument };
    });
  }).sort((a, b) => byPath(a.path, b.path));
}

/** The server applies the changes in the order of their paths, numbers by value. */
function byPath(a: string, b: string): number {
  const [left, right] = [a.split("."), b.split(".")];
  for (const [i, part] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    const numbers = /^\d+$/.test(part) && /^\d+$/.test(other) ? Number(part) - Number(other) : 0;
    const order = numbers || compareValues(part, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function checkConflicts(changes: readonly Change[]): void {
  const paths = changes.flatMap(({ operator, path, argument }) =>
    operator === "$rename" ? [path, String(argument)] : [path]
  );
  const taken = new Set<string>();
  for (const path of paths.toSorted((a, b) => a.length - b.length)) {
    const parts = path.split(".");
    const prefixes = parts.map((_, i) => parts.slice(0, i + 1).join("."));
    const conflict = prefixes.find((prefix) => taken.has(prefix));
    if (conflict) {
      throw new CommandFailure(40, `Updating the path '${path}' would create a conflict at '${conflict}'`);
    }
    taken.add(path);
  }
}

function compileArrayFilters(arrayFilters: readonly Doc[], changes: readonly Change[]): Map<string, Filter> {
  const compiled = new Map<string, Filter>();
  for (const source of arrayFilters) {
    const names = new Set(Object.keys(source).map((key) => key.split(".")[0] ?? ""));
    const [name = ""] = names;
    if (names.size !== 1 || !/^[a-z][a-zA-Z0-9]*$/.test(name)) {
      throw failedToParse(`an array filter needs one identifier for all its fields, not ${show(source)}`);
    }
    if (!changes.some(({ path }) => path.includes(`$[${name}]`))) {
      throw failedToParse(`The array filter for identifier '${name}' was not used in the update`);
    }
    compiled.set(name, compileFilter(source));
  }
  return compiled;
}

function applyAll(doc: Doc, changes: readonly Change[], positions: Positions, isInsert: boolean): Doc {
  const next = copy(doc);
  const nowMs = Date.now();
  for (const { operator, path, argument } of changes) {
    if (operator === "$setOnInsert" && !isInsert) continue;
    operators[operator]?.({ doc: next, before: doc, path, argument, positions, nowMs });
  }
  return keepingId(doc, next);
}

/** `_id` may be written with the value it has, and with no other; it stays in front. */
function keepingId(before: Doc, after: Doc): Doc {
  const id = before["_id"];
  if (id === undefined) return after;
  if (identical(after["_id"], id)) return { _id: id, ...after };
  const message = "Performing an update on the path '_id' would modify the immutable field '_id'";
  throw new CommandFailure(66, message);
}
