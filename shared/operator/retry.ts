// Sends the documents of one code again as soon as can be: a failed row is set back, a postponed delivery brought forward.
import { type DocumentType, documentTypes } from "../document.ts";
import type { DeadStreams } from "./dead.ts";
import type { Flights } from "./flights.ts";
import { redrive, type RedriveParts } from "./redrive.ts";
import type { OperatorSource } from "./source.ts";
import type { RetryAnswer, RetryOutcome, RowFacts } from "./types.ts";

export interface RetryParts extends RedriveParts {
  operatorSource: Pick<OperatorSource, "findRows" | "redriveRows">;
  dead: Pick<DeadStreams, "list" | "remove">;
  flights: Pick<Flights, "lookUp" | "hasten">;
}

/** Dead letters of one code that are removed with it. */
const lettersMax = 1_000;

/** Throws SourceError or Redis' error. */
export async function retry(parts: RetryParts, code: string): Promise<Omit<RetryAnswer, "recorded">> {
  const found = await Promise.all(documentTypes.map(async (type) => {
    const rows = await parts.operatorSource.findRows(type, code);
    return await Promise.all(rows.map(async (row) => ({
      type,
      key: row.key,
      shop: row.shop,
      outcome: await retryRow(parts, type, row),
    })));
  }));
  return { code, documents: found.flat() };
}

async function retryRow(parts: RetryParts, type: DocumentType, row: RowFacts): Promise<RetryOutcome> {
  switch (row.status) {
    case "SYNC_SUCCESS":
      return "synced";
    case "SYNC_FAILED":
      return await setBack(parts, type, row);
    case "PENDING_SYNC":
      return await hasten(parts, type, row);
    default:
      return "left";
  }
}

async function setBack(parts: RetryParts, type: DocumentType, row: RowFacts): Promise<RetryOutcome> {
  const { letters } = await parts.dead.list({ type, code: row.code }, lettersMax);
  const letterIds = letters.filter(({ key }) => key === row.key).map(({ id }) => id);
  const { redriven } = await redrive(parts, [{ type, key: row.key, letterIds }], {});
  return redriven === 1 ? "redriven" : "pending";
}

async function hasten({ flights }: RetryParts, type: DocumentType, row: RowFacts): Promise<RetryOutcome> {
  const flight = (await flights.lookUp(type, [row.key])).get(row.key);
  switch (flight?.state) {
    case undefined:
    case "lost":
      return "pending";
    case "held":
      return "in_hand";
    case "later":
      return await flights.hasten(type, flight.entryId) ? "hastened" : "in_hand";
    case "fresh":
    case "due":
      return "queued";
  }
}
