// The answer to one message: a batch's sink that writes tokens and sends them packet by packet.
import type { Collation } from "../engine/collation.ts";
import type { SqlError } from "../errors.ts";
import type { OutputColumn, Sink } from "../exec/run.ts";
import type { Physical, SqlType } from "../sql/types.ts";
import { ByteWriter } from "./bytes.ts";
import type { PacketWriter } from "./packets.ts";
import type { ValueWriter } from "./values.ts";
import {
  DONE,
  DONE_STATUS,
  writeColumns,
  writeDone,
  writeEnvReset,
  writeEnvTransaction,
  writeError,
  writeInfo,
  writeReturnStatus,
  writeReturnValue,
  writeRow,
} from "./tokens.ts";

const CHUNK = 64 * 1024;

export class Response implements Sink {
  readonly #packets: PacketWriter;
  readonly #collation: Collation;
  readonly #inProcedure: boolean;
  readonly #onError: (error: SqlError) => void;
  readonly #out = new ByteWriter();
  /** For the columns of the present result. */
  #writers: readonly ValueWriter[] = [];
  /** The last DONE waits here, since only the next token tells whether there is more. */
  #pending: { status: number; count: bigint } | null = null;
  #failed = false;

  constructor(
    packets: PacketWriter,
    options: { collation: Collation; inProcedure: boolean; onError: (error: SqlError) => void },
  ) {
    this.#packets = packets;
    this.#collation = options.collation;
    this.#inProcedure = options.inProcedure;
    this.#onError = options.onError;
  }

  /** The output to write other tokens to; what is pending goes before them. */
  get out(): ByteWriter {
    this.#settle();
    return this.#out;
  }

  columns(columns: readonly OutputColumn[]): void {
    this.#writers = writeColumns(this.out, columns, this.#collation);
  }

  async rows(rows: readonly (readonly Physical[])[]): Promise<void> {
    for (const row of rows) {
      writeRow(this.#out, this.#writers, row);
      if (this.#out.length >= CHUNK) await this.#packets.write(this.#out.take());
    }
  }

  done(count: bigint | null): void {
    this.#settle();
    const status = (this.#failed ? DONE_STATUS.error : 0) | (count === null ? 0 : DONE_STATUS.count);
    this.#pending = { status, count: count ?? 0n };
    this.#failed = false;
  }

  info(message: { number: number; text: string; line: number }): void {
    writeInfo(this.out, message);
  }

  error(error: SqlError): void {
    this.#onError(error);
    writeError(this.out, error);
    this.#failed = true;
  }

  transactionChanged(event: "begin" | "commit" | "rollback", id: bigint): void {
    writeEnvTransaction(this.out, event, id);
  }

  resetDone(): void {
    writeEnvReset(this.out);
  }

  returnValue(parameter: { ordinal: number; name: string; type: SqlType; value: Physical }): void {
    writeReturnValue(this.out, parameter, this.#collation);
  }

  /** Ends the answer; `attention` is the answer to a cancel. */
  async end(attention = false): Promise<void> {
    if (this.#inProcedure) this.#endProcedure();
    else this.#endBatch(attention);
    await this.#packets.write(this.#out.take());
    await this.#packets.end();
  }

  #endProcedure(): void {
    writeReturnStatus(this.out, 0);
    writeDone(this.#out, DONE.doneProc, this.#failed ? DONE_STATUS.error : 0, 0n);
  }

  #endBatch(attention: boolean): void {
    const last = this.#pending ?? { status: this.#failed ? DONE_STATUS.error : 0, count: 0n };
    this.#pending = null;
    writeDone(this.#out, DONE.done, attention ? DONE_STATUS.attention : last.status, last.count);
  }

  /** Writes the DONE that waited: it was not the last. */
  #settle(): void {
    const pending = this.#pending;
    if (pending === null) return;
    this.#pending = null;
    writeDone(
      this.#out,
      this.#inProcedure ? DONE.doneInProc : DONE.done,
      pending.status | DONE_STATUS.more,
      pending.count,
    );
  }
}
