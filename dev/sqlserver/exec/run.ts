// What a running batch carries with it, and where its results go.
import type { Collation } from "../engine/collation.ts";
import type { SqlError } from "../errors.ts";
import type { Session } from "../session.ts";
import type { Physical, SqlType } from "../sql/types.ts";

export interface OutputColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly collation: Collation | null;
  readonly nullable: boolean;
}

/** Receives what a batch gives: rows, counts, messages. The TDS response is one; a test may be another. */
export interface Sink {
  columns(columns: readonly OutputColumn[]): void;
  /** Resolves when the receiver can take more. */
  rows(rows: readonly (readonly Physical[])[]): Promise<void>;
  /** A statement ended; `count` is null when there is nothing to count or NOCOUNT is ON. */
  done(count: bigint | null): void;
  info(message: { number: number; text: string; line: number }): void;
  error(error: SqlError): void;
  transactionChanged(event: "begin" | "commit" | "rollback", id: bigint): void;
}

export interface Run {
  readonly session: Session;
  readonly sink: Sink;
  /** Aborted by the client's attention or the end of its connection. */
  readonly signal: AbortSignal;
  /** How many TRY blocks the statement stands in. */
  readonly tryDepth: number;
  readonly types: Map<string, SqlType>;
  readonly variables: Map<string, Physical>;
}
