// Assertions about order and distance.

import { AssertionError, format, suffix } from "./assertion_error.ts";

/** Fails unless the two numbers differ by at most `tolerance` (default: a ten-millionth of `expected`). */
export function assertAlmostEquals(actual: number, expected: number, tolerance?: number, msg?: string): void {
  if (Object.is(actual, expected)) return;
  const limit = tolerance ?? (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  const distance = Math.abs(expected - actual);
  if (distance <= limit) return;
  const shown = (value: number) => Number.isInteger(value) ? String(value) : value.toExponential();
  throw new AssertionError(
    `Expected actual: "${shown(actual)}" to be close to "${shown(expected)}": delta "${shown(distance)}" ` +
      `is greater than "${shown(limit)}"${suffix(msg)}`,
  );
}

/** Fails unless `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) refuse(actual, ">", expected, msg);
}

/** Fails unless `actual >= expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual >= expected)) refuse(actual, ">=", expected, msg);
}

/** Fails unless `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) refuse(actual, "<", expected, msg);
}

/** Fails unless `actual <= expected`. */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual <= expected)) refuse(actual, "<=", expected, msg);
}

function refuse(actual: unknown, sign: string, expected: unknown, msg: string | undefined): never {
  throw new AssertionError(`Expect ${format(actual)} ${sign} ${format(expected)}${suffix(msg)}`);
}
