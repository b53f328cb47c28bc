// Assertions that something is part of something else: a pattern, a substring, array items, object fields.

import { AssertionError, format, suffix } from "./assertion_error.ts";
import { assertEquals } from "./equals.ts";
import { equal } from "./equal.ts";

/** Fails unless `actual` matches `expected`. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  // A global or sticky expression remembers where it stopped: start it afresh.
  expected.lastIndex = 0;
  if (expected.test(actual)) return;
  throw new AssertionError(`Expected actual: "${actual}" to match: "${expected}"${suffix(msg)}`);
}

/** Fails unless `actual` contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (actual.includes(expected)) return;
  throw new AssertionError(`Expected actual: "${actual}" to contain: "${expected}"${suffix(msg)}`);
}

/** Fails unless every item of `expected` equals some item of `actual`, in any order. */
export function assertArrayIncludes<T>(actual: ArrayLike<T>, expected: ArrayLike<T>, msg?: string): void {
  const items = Array.from(actual);
  const missing = Array.from(expected).filter((wanted) => !items.some((item) => equal(wanted, item)));
  if (missing.length === 0) return;
  throw new AssertionError(
    `Expected actual: "${format(items)}" to include: "${format(Array.from(expected))}"${suffix(msg)}\n` +
      `missing: ${format(missing)}`,
  );
}

/** Fails unless `actual` has, at every depth, at least what `expected` names. Arrays keep their length. */
export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any -- the published signature; `unknown` would refuse interfaces
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  assertEquals(pick(actual, expected, new Map()), pick(expected, expected, new Map()), msg);
}

/** The part of `value` that `shape` names, so that the rest of it takes no part in the comparison. */
function pick(value: unknown, shape: unknown, seen: Map<unknown, unknown>): unknown {
  if (isPlain(shape) && isFieldHolder(value)) return pickFields(value, shape, seen);
  if (Array.isArray(shape) && Array.isArray(value)) {
    return value.map((item, index) => index < shape.length ? pick(item, shape[index], seen) : item);
  }
  return value;
}

function pickFields(value: object, shape: object, seen: Map<unknown, unknown>): object {
  const known = seen.get(shape);
  if (typeof known === "object" && known !== null) return known;
  const picked: Record<PropertyKey, unknown> = {};
  seen.set(shape, picked);
  for (const key of Reflect.ownKeys(shape)) {
    if (key in value) picked[key] = pick(Reflect.get(value, key), Reflect.get(shape, key), seen);
  }
  return picked;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function isFieldHolder(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
