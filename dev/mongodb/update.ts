// An update as a function from one version of a document to the next: replacement, operators or pipeline.
// Parsing and the rules between operators are here; each operator is in `update_operators.ts`.

import { identical } from "./compare.ts";
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
  readonly parts: readonly string[];
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
      return keepingId(doc, _id === undefined ? rest : { _id, ...rest });
    },
  };
}

function changesOf(update: Doc): Change[] {
  const changes: Change[] = [];
  for (const [operator, fields] of Object.entries(update)) {
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
    for (const [path, argument] of Object.entries(fields)) {
      const parts = path.split(".");
      checkPath(path, parts);
      checkArguments(operator, path, argument);
      changes.push({ operator, path, parts, argument });
    }
  }
  return changes.sort((a, b) => byPath(a.parts, b.parts));
}

/** The server applies the changes in the order of their paths, numbers by value. */
function byPath(left: readonly string[], right: readonly string[]): number {
  for (const [i, part] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    if (part === other) continue;
    const numbers = /^\d+$/.test(part) && /^\d+$/.test(other) ? Number(part) - Number(other) : 0;
    return numbers || (part < other ? -1 : 1);
  }
  return left.length - right.length;
}

function checkConflicts(changes: readonly Change[]): void {
  const paths = changes.flatMap(({ operator, path, argument }) =>
    operator === "$rename" ? [path, String(argument)] : [path]
  );
  const taken = new Set<string>();
  for (const path of paths.sort((a, b) => a.length - b.length)) {
    const conflict = conflictOf(path, taken);
    if (conflict) {
      throw new CommandFailure(40, `Updating the path '${path}' would create a conflict at '${conflict}'`);
    }
    taken.add(path);
  }
}

/** The path itself or the shortest one on its way, if that is taken. */
function conflictOf(path: string, taken: ReadonlySet<string>): string | undefined {
  for (let dot = path.indexOf("."); dot >= 0; dot = path.indexOf(".", dot + 1)) {
    const prefix = path.slice(0, dot);
    if (taken.has(prefix)) return prefix;
  }
  return taken.has(path) ? path : undefined;
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

/** The next version shares with the one before what the changes do not touch. */
function applyAll(doc: Doc, changes: readonly Change[], positions: Positions, isInsert: boolean): Doc {
  const next = { ...doc };
  const nowMs = Date.now();
  for (const { operator, path, parts, argument } of changes) {
    if (operator === "$setOnInsert" && !isInsert) continue;
    operators[operator]?.({ doc: next, before: doc, path, parts, argument, positions, nowMs });
  }
  return keepingId(doc, next);
}

/** `_id` may be written with the value it has, and with no other; it stays in front. */
function keepingId(before: Doc, after: Doc): Doc {
  const id = before["_id"];
  if (id === undefined) return after;
  if (identical(after["_id"], id)) return Object.keys(after)[0] === "_id" ? after : { _id: id, ...after };
  const message = "Performing an update on the path '_id' would modify the immutable field '_id'";
  throw new CommandFailure(66, message);
}
