// What a find or findAndModify returns of a document: inclusion, exclusion, `$slice`, `$elemMatch`, and
// computed fields (by mingo). The result has the document's own order of fields, `_id` first.

import { computeField } from "./compute.ts";
import { badValue, notSupported } from "./errors.ts";
import { compileFilter, matchesField } from "./filter.ts";

import type { Stored } from "./stored.ts";
import { type Doc, fitsInt32, isPlain, put, typeName } from "./values.ts";

/** What to do at one name: keep, drop, replace by what is computed, or look inside. */
type Node = "keep" | "drop" | Compute | Tree;
type Compute = (value: unknown, stored: Stored) => unknown;
interface Tree {
  readonly fields: Map<string, Node>;
}

/** A compiled projection. */
export type Projection = (stored: Stored) => Doc;

/**
 * Compiles a projection document; an empty one returns documents whole.
 * @throws CommandFailure for a mix of inclusion and exclusion, a path collision, or an unknown operator.
 */
export function compileProjection(spec: Doc): Projection {
  const tree: Tree = { fields: new Map() };
  const modes = new Set<boolean>();
  for (const [path, value] of Object.entries(spec)) addPath(tree, path.split("."), value, path, modes);
  if (modes.size === 2) throw badValue("Cannot do inclusion and exclusion in one projection");
  const including = modes.has(true) || (modes.size === 0 && tree.fields.get("_id") === "keep");
  if (including && !tree.fields.has("_id")) tree.fields.set("_id", "keep");
  if (tree.fields.size === 0) return (stored) => stored.doc;
  return (stored) => project(stored.doc, tree, including, stored);
}

function addPath(tree: Tree, parts: string[], value: unknown, path: string, modes: Set<boolean>): void {
  const [name = "", ...rest] = parts;
  if (name === "$" || name === "") throw notSupported(`the projection path ${path}`);
  if (rest.length > 0) return addPath(inside(tree, name, path), rest, value, path, modes);
  if (isPlain(value) && !Object.keys(value)[0]?.startsWith("$")) {
    const inner = inside(tree, name, path);
    for (const [key, each] of Object.entries(value)) {
      addPath(inner, key.split("."), each, `${path}.${key}`, modes);
    }
    return;
  }
  if (tree.fields.has(name)) throw badValue(`Path collision at ${path}`);
  const node = leaf(path, value);
  if (path !== "_id" && !isSlice(value)) modes.add(node !== "drop");
  tree.fields.set(name, node);
}

function inside(tree: Tree, name: string, path: string): Tree {
  const there = tree.fields.get(name);
  if (typeof there === "object") return there;
  if (there !== undefined) throw badValue(`Path collision at ${path}`);
  const inner: Tree = { fields: new Map() };
  tree.fields.set(name, inner);
  return inner;
}

function leaf(path: string, value: unknown): Node {
  if (typeof value === "boolean" || typeof value === "number") return value ? "keep" : "drop";
  if (isPlain(value) && "$slice" in value) return slice(value["$slice"]);
  if (isPlain(value) && "$elemMatch" in value) return firstMatch(value["$elemMatch"]);
  if (isPlain(value) && "$meta" in value) throw notSupported("$meta in a projection");
  if (path.includes(".")) throw notSupported(`a computed value at the projection path ${path}`);
  return (_, stored) => computeField(stored.view, value);
}

function isSlice(value: unknown): boolean {
  return isPlain(value) && "$slice" in value;
}

function slice(argument: unknown): Compute {
  const [first, second] = Array.isArray(argument) ? argument : [argument];
  if (typeof first !== "number" || !fitsInt32(first)) {
    throw badValue(`$slice needs integers, not ${typeName(first)}`);
  }
  if (second !== undefined && (typeof second !== "number" || second <= 0)) {
    throw badValue("The second argument to $slice must be a positive number");
  }
  return (value) => {
    if (!Array.isArray(value)) return value;
    if (second === undefined) return first < 0 ? value.slice(first) : value.slice(0, first);
    const from = first < 0 ? Math.max(0, value.length + first) : first;
    return value.slice(from, from + second);
  };
}

function firstMatch(criteria: unknown): Compute {
  const filter = compileFilter({ item: { $elemMatch: criteria } });
  return (value) => {
    const found = Array.isArray(value)
      ? value.find((each) => matchesField(filter, "item", [each]))
      : undefined;
    return found === undefined ? undefined : [found];
  };
}

function project(doc: Doc, tree: Tree, including: boolean, stored: Stored): Doc {
  const result: Doc = {};
  for (const [key, value] of Object.entries(doc)) {
    const node = tree.fields.get(key) ?? (including ? "drop" : "keep");
    const projected = projectValue(value, node, including, stored);
    if (projected !== undefined) put(result, key, projected);
  }
  for (const [key, node] of tree.fields) {
    if (typeof node !== "function" || Object.hasOwn(doc, key)) continue;
    const computed = node(undefined, stored);
    if (computed !== undefined) put(result, key, computed);
  }
  return result;
}

function projectValue(value: unknown, node: Node, including: boolean, stored: Stored): unknown {
  if (node === "keep") return value;
  if (node === "drop") return undefined;
  if (typeof node === "function") return node(value, stored);
  if (isPlain(value)) return project(value, node, including, stored);
  if (!Array.isArray(value)) return including ? undefined : value;
  return value.map((each) => projectValue(each, node, including, stored)).filter((each) =>
    each !== undefined
  );
}
