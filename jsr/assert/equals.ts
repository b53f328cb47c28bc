// Assertions that compare two values: deeply, or as the same value.

import { AssertionError, format, suffix } from "./assertion_error.ts";
import { diffLines } from "./diff.ts";
import { equal } from "./equal.ts";

/** Options of the equality assertions: how a value is printed in the message. */
export interface EqualityOptions {
  formatter?: (value: unknown) => string;
}

/** Fails unless `actual` and `expected` are deeply equal; the message shows both as a diff. */
export function assertEquals<T>(
  actual: T,
  expected: T,
  msg?: string,
  { formatter = format }: EqualityOptions = {},
): void {
  if (equal(actual, expected)) return;
  throw new AssertionError(
    `Values are not equal${suffix(msg)}\n${difference(formatter(actual), formatter(expected))}`,
  );
}

/** Fails when `actual` and `expected` are deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) return;
  throw new AssertionError(
    `Expected actual: ${format(actual)} not to be: ${format(expected)}${suffix(msg)}`,
  );
}

/** Fails unless both are the same value by `Object.is`. */
export function assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const [a, b] = [format(actual), format(expected)];
  if (a === b) {
    throw new AssertionError(
      `Values have the same structure but are not reference-equal${suffix(msg)}\n\n${indent(a)}\n`,
    );
  }
  throw new AssertionError(`Values are not strictly equal${suffix(msg)}\n${difference(a, b)}`);
}

function difference(actual: string, expected: string): string {
  return `\n\n    [Diff] Actual / Expected\n\n\n${diffLines(actual, expected)}\n`;
}

function indent(text: string): string {
  return text.split("\n").map((line) => `    ${line}`).join("\n");
}
