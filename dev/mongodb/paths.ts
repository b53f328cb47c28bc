// Dotted paths through documents and arrays: what a path reaches, for indexes, sorting and upserts.
// Setting and removing by path is the business of `update_paths.ts`.

import { type Doc, isPlain, put } from "./values.ts";

/**
 * The values at a path as an index sees them: an array on the way is entered, an array at the end is
 * unfolded. Nothing there: an empty list. An empty array at the end counts as one undefined value.
 */
export function valuesAt(doc: Doc, path: string): unknown[] {
  if (!path.includes(".")) return Object.hasOwn(doc, path) ? unfolded(doc[path]) : [];
  const found: unknown[] = [];
  collect(doc, path.split("."), 0, found);
  return found;
}

function collect(value: unknown, parts: readonly string[], depth: number, found: unknown[]): void {
  const part = parts[depth];
  if (part === undefined) {
    found.push(...unfolded(value));
  } else if (Array.isArray(value)) {
    if (isIndex(part) && Number(part) < value.length) collect(value[Number(part)], parts, depth + 1, found);
    for (const each of value) if (isPlain(each)) collect(each, parts, depth, found);
  } else if (isPlain(value) && Object.hasOwn(value, part)) {
    collect(value[part], parts, depth + 1, found);
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
