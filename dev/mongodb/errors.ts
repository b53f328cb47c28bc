// The errors that the MongoDB stand-in answers with: the real server's numbers, names and wording.
// Handlers throw a `CommandFailure`; `dispatch.ts` turns it into `{ok: 0, …}`, writes into `writeErrors`.

import type { Doc } from "./values.ts";

const codeNames: Readonly<Record<number, string>> = {
  1: "InternalError",
  2: "BadValue",
  8: "UnknownError",
  9: "FailedToParse",
  14: "TypeMismatch",
  18: "AuthenticationFailed",
  20: "IllegalOperation",
  26: "NamespaceNotFound",
  27: "IndexNotFound",
  28: "PathNotViable",
  40: "ConflictingUpdateOperators",
  43: "CursorNotFound",
  48: "NamespaceExists",
  53: "InvalidIdField",
  54: "NotSingleValueField",
  59: "CommandNotFound",
  66: "ImmutableField",
  67: "CannotCreateIndex",
  72: "InvalidOptions",
  73: "InvalidNamespace",
  85: "IndexOptionsConflict",
  86: "IndexKeySpecsConflict",
  171: "CannotIndexParallelArrays",
  197: "InvalidIndexSpecificationOption",
  352: "UnsupportedOpQueryCommand",
  9420: "OperationNotSupportedByStandIn",
  10334: "BSONObjectTooLarge",
  11000: "DuplicateKey",
};

/** A command, or one write of it, that fails with a number of the real server. `extra` joins the reply. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  readonly code: number;
  readonly codeName: string;
  readonly extra: Doc;

  constructor(
    code: number,
    message: string,
    extra: Doc = {},
    codeName = codeNames[code] ?? `Location${code}`,
  ) {
    super(message);
    this.code = code;
    this.codeName = codeName;
    this.extra = extra;
  }

  /** The reply of a command that failed as a whole. */
  reply(): Doc {
    return { ok: 0, errmsg: this.message, code: this.code, codeName: this.codeName, ...this.extra };
  }
}

/** BadValue (2): the request is understood and wrong. */
export function badValue(message: string): CommandFailure {
  return new CommandFailure(2, message);
}

/** FailedToParse (9): the request has the wrong shape. */
export function failedToParse(message: string): CommandFailure {
  return new CommandFailure(9, message);
}

/** TypeMismatch (14): a value has the wrong BSON type. */
export function typeMismatch(message: string): CommandFailure {
  return new CommandFailure(14, message);
}

/** What the real server may know and this one does not; the message names the construct. */
export function notSupported(construct: string): CommandFailure {
  return new CommandFailure(9420, `${construct} is not supported by the MongoDB stand-in`);
}

/**
 * Any thrown thing as a failure. What mingo and `bson` say about a bad request becomes BadValue; anything
 * else is a shape that nobody thought of, and says so.
 */
export function failureOf(error: unknown): CommandFailure {
  if (error instanceof CommandFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  const isUnforeseen = error instanceof TypeError || error instanceof RangeError;
  return isUnforeseen
    ? new CommandFailure(8, `the MongoDB stand-in cannot carry this command out: ${message}`)
    : badValue(message);
}
