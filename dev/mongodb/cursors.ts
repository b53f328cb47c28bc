// Results that did not fit into the first reply, until the client has fetched or killed them.
// The documents of a cursor are those of the moment of the query: later writes do not change them.

import { Long } from "bson";
import { CommandFailure } from "./errors.ts";
import { type Doc, documentBytesMax, sizeOf } from "./values.ts";

/** A query without a batch size gets this many documents first, as from the real server. */
export const firstBatchDefault = 101;
/** Cursors that nobody asked for this long are dropped, in milliseconds. */
const idleMsMax = 600_000;

interface Cursor {
  readonly ns: string;
  readonly documents: readonly Doc[];
  next: number;
  usedAtMs: number;
}

export class Cursors {
  readonly #open = new Map<bigint, Cursor>();
  #lastId = 0n;

  get count(): number {
    return this.#open.size;
  }

  /** The `cursor` part of a reply with at most `batchSize` documents and 16 MiB; `close` keeps no rest. */
  first(ns: string, documents: readonly Doc[], batchSize: number, close = false): Doc {
    const cursor: Cursor = { ns, documents, next: 0, usedAtMs: Date.now() };
    const firstBatch = take(cursor, batchSize);
    const isDone = close || cursor.next >= documents.length;
    return { firstBatch, id: isDone ? Long.ZERO : Long.fromBigInt(this.#keep(cursor)), ns };
  }

  /** @throws CommandFailure 43 when there is no such cursor, 13 when it belongs to another collection. */
  more(id: bigint, ns: string, batchSize: number): Doc {
    const cursor = this.#open.get(id);
    if (!cursor) throw new CommandFailure(43, `cursor id ${id} not found`);
    if (cursor.ns !== ns) {
      throw new CommandFailure(13, `cursor id ${id} belongs to ${cursor.ns}`, {}, "Unauthorized");
    }
    cursor.usedAtMs = Date.now();
    const nextBatch = take(cursor, batchSize);
    const isDone = cursor.next >= cursor.documents.length;
    if (isDone) this.#open.delete(id);
    return { nextBatch, id: isDone ? Long.ZERO : Long.fromBigInt(id), ns };
  }

  /** True if there was such a cursor. */
  kill(id: bigint): boolean {
    return this.#open.delete(id);
  }

  #keep(cursor: Cursor): bigint {
    for (const [id, { usedAtMs }] of this.#open) {
      if (usedAtMs < cursor.usedAtMs - idleMsMax) this.#open.delete(id);
    }
    this.#open.set(++this.#lastId, cursor);
    return this.#lastId;
  }
}

/** At least one document, however large; then as many as the batch size and 16 MiB allow. */
function take(cursor: Cursor, batchSize: number): Doc[] {
  const batch: Doc[] = [];
  let bytes = 0;
  while (batch.length < batchSize) {
    const document = cursor.documents[cursor.next];
    if (!document) break;
    bytes += sizeOf(document);
    if (batch.length > 0 && bytes > documentBytesMax) break;
    batch.push(document);
    cursor.next++;
  }
  return batch;
}
