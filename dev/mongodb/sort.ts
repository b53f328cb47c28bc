// Sorting by a sort document, in the real server's order of values. Used by find, findAndModify, the first
// stages of a pipeline and `$push … $sort`.

import { compareValues } from "./compare.ts";
import { badValue, notSupported } from "./errors.ts";
import { valuesAt } from "./paths.ts";
import { type Doc, isPlain } from "./values.ts";

/** A checked sort: paths and directions, the most important first. */
export type SortKeys = readonly (readonly [path: string, direction: 1 | -1])[];

/** @throws CommandFailure (2 or 9420) when a direction is neither 1 nor -1. */
export function sortKeys(spec: Doc): SortKeys {
  return Object.entries(spec).map(([path, direction]) => {
    if (isPlain(direction)) throw notSupported(`a sort by ${Object.keys(direction)[0] ?? "{}"}`);
    const sign = Number(direction);
    if (sign !== 1 && sign !== -1) {
      throw badValue(
        `$sort key ordering must be 1 (for ascending) or -1 (for descending), not ${sign} for ${path}`,
      );
    }
    return [path, sign];
  });
}

/** The items in the order of their documents; equal ones keep their order. */
export function sorted<T>(items: readonly T[], keys: SortKeys, docOf: (item: T) => Doc): T[] {
  if (keys.length === 0) return [...items];
  if (keys[0]?.[0] === "$natural") return keys[0][1] === 1 ? [...items] : items.toReversed();
  return items
    .map((item) => ({
      item,
      values: keys.map(([path, direction]) => sortValue(docOf(item), path, direction)),
    }))
    .sort((a, b) => compareRows(a.values, b.values, keys))
    .map(({ item }) => item);
}

/** An array sorts by its smallest value when ascending, by its largest when descending. */
function sortValue(doc: Doc, path: string, direction: 1 | -1): unknown {
  const values = valuesAt(doc, path);
  if (values.length < 2) return values[0];
  return values.reduce((best, value) => compareValues(value, best) * direction < 0 ? value : best);
}

function compareRows(a: readonly unknown[], b: readonly unknown[], keys: SortKeys): number {
  for (const [i, [, direction]] of keys.entries()) {
    const order = compareValues(a[i], b[i]);
    if (order !== 0) return order * direction;
  }
  return 0;
}
