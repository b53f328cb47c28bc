// `$push` with its modifiers: `$each`, then `$position`, then `$sort`, then `$slice`.

import { compareValues } from "./compare.ts";
import { badValue, typeMismatch } from "./errors.ts";
import { sorted, sortKeys } from "./sort.ts";
import { type Doc, fitsInt32, isPlain, typeName } from "./values.ts";

const modifiers = ["$each", "$position", "$sort", "$slice"];

/**
 * The array after a push of `argument`.
 * @throws CommandFailure 2 for an unknown modifier or one of the wrong type.
 */
export function pushed(items: readonly unknown[], argument: unknown): unknown[] {
  if (!isPlain(argument) || !Object.hasOwn(argument, "$each")) return [...items, argument];
  const unknown = Object.keys(argument).find((key) => !modifiers.includes(key));
  if (unknown) throw badValue(`Unrecognized clause in $push: ${unknown}`);
  const additions = argument["$each"];
  if (!Array.isArray(additions)) {
    throw badValue(
      `The argument to $each in $push must be an array but it was of type ${typeName(additions)}`,
    );
  }
  const position = integer(argument, "$position") ?? items.length;
  const all = [...items];
  all.splice(position, 0, ...additions);
  return sliced(inOrder(all, argument["$sort"]), integer(argument, "$slice"));
}

function inOrder(items: unknown[], order: unknown): unknown[] {
  if (order === undefined) return items;
  if (order === 1 || order === -1) return items.sort((a, b) => compareValues(a, b) * order);
  if (!isPlain(order)) {
    throw badValue("The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1}");
  }
  return sorted(items, sortKeys(order), (item): Doc => isPlain(item) ? item : {});
}

function sliced(items: unknown[], count: number | undefined): unknown[] {
  if (count === undefined) return items;
  if (count === 0) return [];
  return count > 0 ? items.slice(0, count) : items.slice(count);
}

function integer(argument: Doc, name: string): number | undefined {
  const value = argument[name];
  if (value === undefined) return undefined;
  if (typeof value === "number" && fitsInt32(value)) return value;
  throw typeMismatch(`The value for ${name} must be an integer value but was given type: ${typeName(value)}`);
}
