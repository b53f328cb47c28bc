// Dotted paths through documents and arrays: what a path reaches, for indexes, sorting and upserts.
// Setting and removing by path is the business of `update_paths.ts`.

import { type Doc, isPlain, put } from "./values.ts";

/**
 * What a path leads to: one leaf, or several where it goes through an array of documents; undefined for a
 * field that is missing. An array at the end is one leaf. An array without documents on the way has none.
 */
export function leavesAt(doc: Doc, path: string): unknown[] {
  const found: unknown[] = [];
  collect(doc, path.split("."), 0, found);
  return found;
}

/**
 * The values at a path as an index sees them: the leaves, with arrays unfolded. Missing fields and empty
 * arrays count as undefined.
 */
export function valuesAt(doc: Doc, path: string): unknown[] {
  if (!path.includes(".")) return unfolded(Object.hasOwn(doc, path) ? doc[path] : undefined);
  return leavesAt(doc, path).flatMap(unfolded);
}

function collect(value: unknown, parts: readonly string[], depth: number, found: unknown[]): void {
  const part = parts[depth];
  if (part === undefined) {
    found.push(value);
  } else if (Array.isArray(value)) {
    const isPlace = isIndex(part) && Number(part) < value.length;
    if (isPlace) collect(value[Number(part)], parts, depth + 1, found);
    for (const each of value) {
      if (isPlain(each) && (!isPlace || Object.hasOwn(each, part))) collect(each, parts, depth, found);
    }
  } else {
    const isThere = isPlain(value) && Object.hasOwn(value, part);
    if (isThere) collect(value[part], parts, depth + 1, found);
    else found.push(undefined);
  }
}

function unfolded(value: unknown): unknown[] {
  if (!Array.isArray(value)) return [value];
  return value.length === 0 ? [undefined] : value;
}

/** True for a path part that names a place in an array: "0", "12", not "01". */
export function isIndex(part: string): boolean {
  return /^(0|[1-9]\d*)$/.test(part);
}

/** Sets a dotted path in a document that is being built, making documents on the way. */
export function plant(doc: Doc, path: string, value: unknown): void {
  const parts = path.split(".");
  const last = parts.pop() ?? path;
  let at = doc;
  for (const part of parts) {
    const next = Object.hasOwn(at, part) ? at[part] : undefined;
    const inner: Doc = isPlain(next) ? next : {};
    put(at, part, inner);
    at = inner;
  }
  put(at, last, value);
}
