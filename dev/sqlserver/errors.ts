// SQL Server's errors: number, severity, state and wording as the real server gives them.
// Every other file of the stand-in throws through these helpers; the TDS layer turns them into ERROR tokens.

/** An error a client sees. Severity 11-16 is the statement's fault, 14 a refused login, 13 a deadlock. */
export class SqlError extends Error {
  override readonly name = "SqlError";
  readonly number: number;
  readonly severity: number;
  readonly state: number;
  /** Line of the batch, 1-based; 0 while it is not known. */
  line: number;

  constructor(
    number: number,
    message: string,
    options: { severity?: number; state?: number; line?: number } = {},
  ) {
    super(message);
    this.number = number;
    this.severity = options.severity ?? 16;
    this.state = options.state ?? 1;
    this.line = options.line ?? 0;
  }
}

/** After these the batch goes on with its next statement (XACT_ABORT OFF); after all others it ends. */
const statementOnly = new Set([220, 232, 266, 512, 515, 544, 547, 1222, 2601, 2627, 2628, 3701, 3902, 3903]
  .concat([8101, 8115, 8134, 8152]));
/** These end the batch and roll the open transaction back. */
const rollsBack = new Set([241, 242, 245, 248, 295, 517, 1205, 8114, 8169, 13609]);

/** True when the rest of the batch is not run after this error. */
export function endsBatch(error: SqlError): boolean {
  return !statementOnly.has(error.number);
}

/** True when the open transaction of the session is lost with this error. */
export function endsTransaction(error: SqlError): boolean {
  return rollsBack.has(error.number);
}

/** 40510: the construct exists in T-SQL but not in this stand-in. */
export function unsupported(construct: string, line = 0): SqlError {
  return new SqlError(40510, `Statement '${construct}' is not supported by this SQL Server stand-in.`, {
    line,
  });
}

/** 102 (or 156 for a reserved word): the text is not T-SQL at this place. */
export function syntaxNear(near: string, options: { keyword?: boolean; line?: number } = {}): SqlError {
  const line = options.line ?? 0;
  return options.keyword
    ? new SqlError(156, `Incorrect syntax near the keyword '${near}'.`, { severity: 15, line })
    : new SqlError(102, `Incorrect syntax near '${near}'.`, { severity: 15, line });
}

/** 208: no such table or view. */
export function invalidObject(name: string, line = 0): SqlError {
  return new SqlError(208, `Invalid object name '${name}'.`, { line });
}

/** 207: no such column. */
export function invalidColumn(name: string, line = 0): SqlError {
  return new SqlError(207, `Invalid column name '${name}'.`, { line });
}

/** 2812: there are no stored procedures here but the sp_executesql family. */
export function noProcedure(name: string, line = 0): SqlError {
  return new SqlError(2812, `Could not find stored procedure '${name}'.`, { state: 62, line });
}

/** 8115: a value does not fit the type it is converted to. */
export function overflow(target: string, source = "expression"): SqlError {
  return new SqlError(8115, `Arithmetic overflow error converting ${source} to data type ${target}.`, {
    state: 2,
  });
}

/** 206: two types that have nothing to do with each other. */
export function typeClash(left: string, right: string): SqlError {
  return new SqlError(206, `Operand type clash: ${left} is incompatible with ${right}`, { state: 2 });
}

/**
 * What a statement failed with, as the client is told. A text nested too deeply for the parser is 191; anything the
 * engine underneath gives up on (its limits, the disk) is 8623. Null for what is not the statement's doing.
 */
export function asSqlError(error: unknown): SqlError | null {
  if (error instanceof SqlError) return error;
  if (error instanceof RangeError && error.message.includes("call stack")) {
    return new SqlError(
      191,
      "Some part of your SQL statement is nested too deeply. Rewrite the query or break it up into smaller queries.",
      {
        severity: 15,
      },
    );
  }
  if (!(error instanceof Error) || error.name !== "StorageError") return null;
  return new SqlError(
    8623,
    `The query processor ran out of internal resources and could not produce a query plan: ${error.message}.`,
  );
}
