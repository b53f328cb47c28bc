// A query document as a test for documents, and what of it an index can look up. The conditions on a field
// are in `conditions.ts`; only `$expr` is mingo's.

import { BSONRegExp } from "bson";
import { Query } from "mingo";
import { checkExpression, mingoOptions } from "./compute.ts";
import { type Condition, conditionOf } from "./conditions.ts";
import { badValue, notSupported } from "./errors.ts";
import { leavesAt } from "./paths.ts";
import { type Doc, isPlain } from "./values.ts";
import { viewOf } from "./views.ts";

/** A compiled query. */
export interface Filter {
  readonly source: Doc;
  /** Paths that must equal one of these values: what an index can look up. Other conditions may exist too. */
  readonly equalities: ReadonlyMap<string, readonly unknown[]>;
  matches(doc: Doc): boolean;
}

type Test = (doc: Doc) => boolean;

/**
 * Compiles a query.
 * @throws CommandFailure naming the operator or the shape that is not accepted.
 */
export function compileFilter(source: Doc): Filter {
  return { source, equalities: equalitiesOf(source), matches: all(testsOf(source)) };
}

/** Tests one value as if it were the field `name` of a document: for array filters, `$pull` and projections. */
export function matchesField(filter: Filter, name: string, value: unknown): boolean {
  return filter.matches({ [name]: value });
}

function testsOf(source: Doc): Test[] {
  return Object.entries(source).flatMap(([key, value]): Test[] => {
    switch (key) {
      case "$comment":
        return [];
      case "$and":
        return [all(parts(key, value))];
      case "$or":
        return [any(parts(key, value))];
      case "$nor":
        return [not(any(parts(key, value)))];
      case "$expr":
        return [expressionTest(value)];
      case "$where":
      case "$text":
      case "$jsonSchema":
        throw notSupported(key);
    }
    if (key.startsWith("$")) throw badValue(`unknown top level operator: ${key}`);
    return [fieldTest(key, conditionOf(value, matcher))];
  });
}

/** How `conditions.ts` tests the documents in an array. */
function matcher(source: Doc): Test {
  return all(testsOf(source));
}

function fieldTest(path: string, condition: Condition): Test {
  if (path.includes(".")) return (doc) => condition(leavesAt(doc, path));
  return (doc) => condition([Object.hasOwn(doc, path) ? doc[path] : undefined]);
}

function expressionTest(expression: unknown): Test {
  checkExpression(expression);
  const query = new Query(viewOf({ $expr: expression }), mingoOptions);
  return (doc) => query.test(viewOf(doc));
}

function parts(operator: string, value: unknown): Test[] {
  if (!Array.isArray(value)) throw badValue(`${operator} must be an array`);
  if (value.length === 0) throw badValue(`${operator} must be a nonempty array`);
  return value.map((part) => {
    if (!isPlain(part)) throw badValue(`${operator} entries need to be full objects`);
    return matcher(part);
  });
}

function all(tests: readonly Test[]): Test {
  return (doc) => tests.every((test) => test(doc));
}

function any(tests: readonly Test[]): Test {
  return (doc) => tests.some((test) => test(doc));
}

function not(test: Test): Test {
  return (doc) => !test(doc);
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

/** What can be looked up: not an array or a document (they match in more than one way), nor an expression. */
function isPlainEquality(value: unknown): boolean {
  return !Array.isArray(value) && !isPlain(value) && !(value instanceof BSONRegExp);
}
