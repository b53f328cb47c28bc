// Assertions that a function throws or a promise rejects; they return the error for further checks.

import { AssertionError, format, suffix } from "./assertion_error.ts";

type ErrorClass<E extends Error> = abstract new (...args: never[]) => E;

interface Wanted {
  errorClass: ErrorClass<Error> | undefined;
  msgIncludes: string | undefined;
  msg: string | undefined;
}

/** Fails unless `fn` throws; returns what it threw. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** Fails unless `fn` throws an `ErrorClass` whose message contains `msgIncludes`; returns it. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  classOrMsg?: ErrorClass<Error> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const wanted = wantedFrom(classOrMsg, msgIncludes, msg);
  try {
    fn();
  } catch (error) {
    return checkError(error, wanted);
  }
  throw new AssertionError(`Expected function to throw${suffix(wanted.msg)}`);
}

/** Fails unless the promise of `fn` rejects; resolves to the reason. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/** Fails unless the promise of `fn` rejects with an `ErrorClass` whose message contains `msgIncludes`. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: ErrorClass<Error> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const wanted = wantedFrom(classOrMsg, msgIncludes, msg);
  let promise: PromiseLike<unknown> | undefined;
  try {
    promise = fn();
    await promise;
  } catch (error) {
    if (promise === undefined) {
      throw new AssertionError(`Function throws when expected to reject${suffix(wanted.msg)}`, {
        cause: error,
      });
    }
    return checkError(error, wanted);
  }
  throw new AssertionError(`Expected function to reject${suffix(wanted.msg)}`);
}

function wantedFrom(
  classOrMsg: ErrorClass<Error> | string | undefined,
  msgIncludes: string | undefined,
  msg: string | undefined,
): Wanted {
  if (typeof classOrMsg === "string") {
    return { errorClass: undefined, msgIncludes: undefined, msg: classOrMsg };
  }
  return { errorClass: classOrMsg, msgIncludes, msg };
}

function checkError(error: unknown, { errorClass, msgIncludes, msg }: Wanted): unknown {
  if (errorClass === undefined) return error;
  if (!(error instanceof Error)) {
    throw new AssertionError(`A non-Error object was thrown or rejected: ${format(error)}${suffix(msg)}`);
  }
  const isWanted: boolean = error instanceof errorClass;
  if (!isWanted) {
    throw new AssertionError(
      `Expected error to be instance of "${errorClass.name}", but was "${error.constructor.name}"` +
        `${suffix(msg)}\n${error.stack ?? error.message}`,
      { cause: error },
    );
  }
  if (msgIncludes !== undefined && !error.message.includes(msgIncludes)) {
    throw new AssertionError(
      `Expected error message to include ${format(msgIncludes)}, but got ${format(error.message)}${
        suffix(msg)
      }`,
      { cause: error },
    );
  }
  return error;
}
