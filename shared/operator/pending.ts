// Rows that want syncing, and where each of them is on its way, for an operator.
import type { Clock } from "../clock.ts";
import { type DocumentType, documentTypes } from "../document.ts";
import type { BlockedShops, Refusal } from "../token_store.ts";
import type { Flights } from "./flights.ts";
import type { OperatorSource } from "./source.ts";
import { Troubles } from "./troubles.ts";
import type { PendingAnswer, PendingDocument } from "./types.ts";

export interface PendingParts {
  source: Pick<OperatorSource, "pendingRows">;
  flights: Pick<Flights, "lookUp" | "now">;
  blockedShops: Pick<BlockedShops, "list">;
  clock: Clock;
}

/** The first rows of each type by key, longest waiting first. Throws SourceError without SQL Server. */
export async function readPending(
  parts: PendingParts,
  type: DocumentType | undefined,
  limit: number,
): Promise<PendingAnswer> {
  const troubles = new Troubles();
  const blocked =
    await troubles.ask("redis", async () => await parts.blockedShops.list(await parts.flights.now())) ??
      new Map();
  const types = type === undefined ? documentTypes : [type];
  const found = await Promise.all(
    types.map((each) => ofType(parts, each, { limit: limit + 1, blocked, troubles })),
  );
  const documents = found.flat().sort((a, b) => b.waitingMs - a.waitingMs);
  return { documents: documents.slice(0, limit), more: documents.length > limit, troubles: troubles.list() };
}

async function ofType(
  { source, flights }: PendingParts,
  type: DocumentType,
  { limit, blocked, troubles }: { limit: number; blocked: Map<string, Refusal>; troubles: Troubles },
): Promise<PendingDocument[]> {
  const rows = await source.pendingRows(type, limit);
  const inRedis = await troubles.ask("redis", () => flights.lookUp(type, rows.map(({ key }) => key)));
  return rows.map((row) => {
    const flight = inRedis?.get(row.key);
    return {
      type,
      ...row,
      flight: flight?.state ?? null,
      deliveries: flight?.deliveries ?? 0,
      dueAtMs: flight?.dueAtMs ?? null,
      blocked: blocked.has(row.shop),
    };
  });
}
