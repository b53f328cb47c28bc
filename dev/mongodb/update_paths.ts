// Finds the places that an update's path means in one document: plain, through arrays by number, and by
// `$`, `$[]` or `$[identifier]`. What is missing on the way is made, where the operator wants that.

import { badValue, CommandFailure, failedToParse } from "./errors.ts";
import { compileFilter, type Filter, matchesField } from "./filter.ts";
import { isIndex, leavesAt } from "./paths.ts";
import { type Doc, isPlain, put, show } from "./values.ts";

/** What the positional parts of a path refer to. */
export interface Positions {
  readonly filter: Filter;
  readonly arrayFilters: ReadonlyMap<string, Filter>;
}

/** A field of a document or an item of an array, which may not exist yet. */
export interface Place {
  readonly has: boolean;
  readonly value: unknown;
  set(value: unknown): void;
  remove(): void;
}

/** An update may not pad an array with more nulls than this (the real server's limit). */
const paddingMax = 1_500_000;

/** @throws CommandFailure 56 or 52 for a path that no update may have. */
export function checkPath(path: string, parts: readonly string[]): void {
  if (parts.includes("")) {
    throw new CommandFailure(
      56,
      `The update path '${path}' contains an empty field name, which is not allowed.`,
    );
  }
  const dollar = parts.find((part) => part.startsWith("$") && !/^\$(\[[a-zA-Z0-9]*\])?$/.test(part));
  if (dollar) {
    throw new CommandFailure(52, `The dollar ($) prefixed field '${dollar}' in '${path}' is not allowed`);
  }
  if (parts[0]?.startsWith("$")) {
    throw badValue(`Cannot have array filter identifier or position as the first part of the path '${path}'`);
  }
}

/**
 * The places at a path. `doc` is a copy that may be changed; the documents and arrays on the way are copied here.
 * With `make`, missing ones are made; without, they end the search.
 * @throws CommandFailure 28 when the way leads through a value that has no fields, 2 when `$` has no match.
 */
export function placesAt(doc: Doc, parts: readonly string[], positions: Positions, make: boolean): Place[] {
  return walk(doc, parts, 0, { positions, make, root: doc });
}

interface Walk {
  readonly positions: Positions;
  readonly make: boolean;
  readonly root: Doc;
}

function walk(container: unknown, parts: readonly string[], depth: number, how: Walk): Place[] {
  const part = parts[depth] ?? "";
  if (part.startsWith("$")) {
    return keysFor(container, parts, depth, how).flatMap((key) => step(container, key, parts, depth, how));
  }
  return step(container, part, parts, depth, how);
}

function step(container: unknown, key: string, parts: readonly string[], depth: number, how: Walk): Place[] {
  const place = placeIn(container, key);
  if (!place) {
    if (!how.make) return [];
    throw new CommandFailure(
      28,
      `Cannot create field '${key}' in element {${parts[depth - 1] ?? ""}: ${show(container)}}`,
    );
  }
  if (depth === parts.length - 1) return [place];
  if (!place.has) {
    if (!how.make) return [];
    if (parts[depth + 1]?.startsWith("$")) throw noArray(parts, depth);
    const made = {};
    place.set(made);
    return walk(made, parts, depth + 1, how);
  }
  const own = ownCopy(place.value);
  if (own !== place.value) place.set(own);
  return walk(own, parts, depth + 1, how);
}

/** A copy of a document or an array whose values are those of the original. */
function ownCopy(value: unknown): unknown {
  if (Array.isArray(value)) return [...value];
  return isPlain(value) ? { ...value } : value;
}

function placeIn(container: unknown, key: string): Place | undefined {
  if (Array.isArray(container)) return isIndex(key) ? itemPlace(container, Number(key)) : undefined;
  if (!isPlain(container)) return undefined;
  return {
    has: Object.hasOwn(container, key),
    value: Object.hasOwn(container, key) ? container[key] : undefined,
    set: (value) => put(container, key, value),
    remove: () => delete container[key],
  };
}

function itemPlace(items: unknown[], index: number): Place {
  return {
    has: index < items.length,
    value: items[index],
    set(value) {
      if (index - items.length > paddingMax) {
        throw badValue(`cannot pad an array with ${index - items.length} nulls`);
      }
      while (items.length < index) items.push(null);
      items[index] = value;
    },
    remove: () => items[index] = null,
  };
}

/** The array indexes that `$`, `$[]` or `$[identifier]` stands for. */
function keysFor(container: unknown, parts: readonly string[], depth: number, how: Walk): string[] {
  if (!Array.isArray(container)) throw noArray(parts, depth - 1);
  const part = parts[depth] ?? "";
  if (part === "$") return [String(positionOf(container, parts.slice(0, depth).join("."), how))];
  const name = part.slice(2, -1);
  const indexes = [...container.keys()];
  if (name === "") return indexes.map(String);
  const filter = how.positions.arrayFilters.get(name);
  if (!filter) throw badValue(`No array filter found for identifier '${name}' in path '${parts.join(".")}'`);
  return indexes.filter((index) => matchesField(filter, name, container[index])).map(String);
}

/** The first item for which the conditions of the query on this array hold. */
function positionOf(items: readonly unknown[], path: string, how: Walk): number {
  const conditions = Object.entries(how.positions.filter.source)
    .filter(([key]) => key === path || key.startsWith(`${path}.`));
  if (conditions.length === 0) {
    throw badValue("The positional operator did not find the match needed from the query.");
  }
  const filter = compileFilter(
    Object.fromEntries(conditions.map(([key, value]) => [`x${key.slice(path.length)}`, value])),
  );
  const index = items.findIndex((item) => filter.matches({ x: [item] }));
  if (index < 0) throw badValue("The positional operator did not find the match needed from the query.");
  return index;
}

function noArray(parts: readonly string[], depth: number): CommandFailure {
  const path = parts.slice(0, depth + 1).join(".");
  return badValue(`The path '${path}' must exist in the document in order to apply array updates.`);
}

/** @throws CommandFailure when a path of `$rename` leads through an array. */
export function checkNoArray(doc: Doc, path: string): void {
  const parts = path.split(".");
  for (let i = 1; i < parts.length; i++) {
    if (leavesAt(doc, parts.slice(0, i).join(".")).some(Array.isArray)) {
      throw failedToParse(`The source and target field for $rename must not be in an array: ${path}`);
    }
  }
}
