// A query document as a test for stored documents. Equality with plain values is tested here; everything
// else by mingo, after `filter_rules.ts` has refused what mingo would not do as the real server does.

import { BSONRegExp } from "bson";
import { Query } from "mingo";
import { equalValues } from "./compare.ts";
import { checkFilter } from "./filter_rules.ts";
import { valuesAt } from "./paths.ts";
import { Stored } from "./stored.ts";
import { type Doc, isPlain } from "./values.ts";
import { viewOf } from "./views.ts";

/** A compiled query. */
export interface Filter {
  readonly source: Doc;
  /** Paths that must equal one of these values: what an index can look up. Other conditions may exist too. */
  readonly equalities: ReadonlyMap<string, readonly unknown[]>;
  matches(stored: Stored): boolean;
}

/** Options for mingo everywhere in the stand-in: no script of a client is ever run. */
export const mingoOptions = { scriptEnabled: false } as const;

/**
 * Compiles a query.
 * @throws CommandFailure naming the operator or the shape that is not accepted.
 */
export function compileFilter(source: Doc): Filter {
  const fields = Object.entries(source).filter(([key]) => key !== "$comment");
  if (fields.every(([key, value]) => !key.startsWith("$") && isPlainEquality(value))) {
    const equalities = new Map(fields.map(([key, value]) => [key, [value]]));
    return { source, equalities, matches: (stored) => equalsAll(stored, fields) };
  }
  checkFilter(source);
  const query = new Query(viewOf(Object.fromEntries(fields)), mingoOptions);
  return { source, equalities: equalitiesOf(source), matches: (stored) => query.test(stored.view) };
}

/** Tests one value as if it were the field `name` of a document: for array filters, `$pull`, `$elemMatch`. */
export function matchesField(filter: Filter, name: string, value: unknown): boolean {
  return filter.matches(new Stored({ [name]: value }, 0));
}

function equalsAll(stored: Stored, fields: readonly [string, unknown][]): boolean {
  return fields.every(([path, wanted]) => {
    const values = valuesAt(stored.doc, path);
    if (values.length === 0) return wanted === null;
    return values.some((value) => value !== undefined && equalValues(value, wanted));
  });
}

/** What can be looked up: not an array or a document (they match in more than one way), nor an expression. */
function isPlainEquality(value: unknown): boolean {
  return !Array.isArray(value) && !isPlain(value) && !(value instanceof BSONRegExp);
}

function equalitiesOf(
  source: Doc,
  found = new Map<string, readonly unknown[]>(),
): Map<string, readonly unknown[]> {
  for (const [key, value] of Object.entries(source)) {
    if (key === "$and" && Array.isArray(value)) {
      for (const part of value) if (isPlain(part)) equalitiesOf(part, found);
    } else if (!key.startsWith("$")) {
      const values = valuesWanted(value);
      if (values && !found.has(key)) found.set(key, values);
    }
  }
  return found;
}

function valuesWanted(value: unknown): readonly unknown[] | undefined {
  if (isPlainEquality(value)) return [value];
  if (!isPlain(value)) return undefined;
  if (Object.hasOwn(value, "$eq")) return isPlainEquality(value["$eq"]) ? [value["$eq"]] : undefined;
  const list = value["$in"];
  return Array.isArray(list) && list.every(isPlainEquality) ? list : undefined;
}
