// Assertions about one value alone.

import { AssertionError, format, suffix } from "./assertion_error.ts";

type AnyClass = abstract new (...args: never[]) => unknown;

/** Fails unless `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** Fails when `actual` is null or undefined. */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual === undefined || actual === null) {
    throw new AssertionError(`Expected actual: "${actual}" to not be null or undefined${suffix(msg)}`);
  }
}

/** Fails unless `actual` is an instance of `expectedType`. */
export function assertInstanceOf<T extends AnyClass>(
  actual: unknown,
  expectedType: T,
  msg = "",
): asserts actual is InstanceType<T> {
  if (actual instanceof expectedType) return;
  const expected = expectedType.name;
  throw new AssertionError(
    `Expected object to be an instance of "${expected}" but was ${nameOfType(actual)}${suffix(msg)}`,
  );
}

/** Fails always. */
export function fail(msg?: string): never {
  throw new AssertionError(`Failed assertion${suffix(msg)}`);
}

/** Fails when reached. */
export function unreachable(reason?: string): never {
  throw new AssertionError(`Unreachable${suffix(reason)}`);
}

function nameOfType(value: unknown): string {
  if (value === null) return `"null"`;
  if (typeof value !== "object") return `"${typeof value}" (${format(value)})`;
  return `"${value.constructor?.name ?? "Object"}"`;
}
