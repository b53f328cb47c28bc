// Where the documents are: by type, in SQL Server and in Redis; in words for the progress line and the last line.
import { type DocumentType, documentTypes, type RowStatus } from "../../shared/document.ts";
import type { RedisClient } from "../../shared/script.ts";
import { streamKeys } from "../../shared/stream_keys.ts";
import type { StackSource, StatusCounts } from "./source.ts";

/** Rows at each status, entries in the stream, and dead letters. */
export interface TypeCounts extends StatusCounts {
  readonly inStream: number;
  readonly dead: number;
}

/** By document type. */
export type Counts = Readonly<Record<DocumentType, TypeCounts>>;

/** What the numbers of the progress line mean. */
export const legend = "pending / in stream / synced / failed / dead letters";

/** Reads both servers. Throws what the drivers throw. */
export async function readCounts(
  source: StackSource,
  { client, prefix }: { client: RedisClient; prefix: string },
): Promise<Counts> {
  const entries = await Promise.all(documentTypes.map(async (type) => {
    const keys = streamKeys(prefix, type);
    const [rows, inStream, dead] = await Promise.all([
      source.counts(type),
      client.xlen(keys.stream),
      client.xlen(keys.dead),
    ]);
    return { type, counts: { ...rows, inStream, dead } };
  }));
  const of = (wanted: DocumentType) =>
    entries.find(({ type }) => type === wanted)?.counts ??
      { PENDING_SYNC: 0, SYNC_SUCCESS: 0, SYNC_FAILED: 0, inStream: 0, dead: 0 };
  return { phieu_nhap: of("phieu_nhap"), phieu_xuat: of("phieu_xuat"), hoa_don: of("hoa_don") };
}

/** The counts in one line; `legend` says what they are. */
export function progressLine(counts: Counts): string {
  return documentTypes.map((type) => {
    const { PENDING_SYNC, inStream, SYNC_SUCCESS, SYNC_FAILED, dead } = counts[type];
    return `${type} ${PENDING_SYNC}/${inStream}/${SYNC_SUCCESS}/${SYNC_FAILED}/${dead}`;
  }).join("   ");
}

/** All rows at a status, over the types. */
export function totalAt(counts: Counts, status: RowStatus): number {
  return documentTypes.reduce((sum, type) => sum + counts[type][status], 0);
}

/** The last line of `dev --until-idle`. */
export function summaryLine(counts: Counts, ms: number): string {
  const [success, failed, pending] = [
    totalAt(counts, "SYNC_SUCCESS"),
    totalAt(counts, "SYNC_FAILED"),
    totalAt(counts, "PENDING_SYNC"),
  ];
  return `${success + failed + pending} documents: ${success} SYNC_SUCCESS, ${failed} SYNC_FAILED, ` +
    `${pending} PENDING_SYNC in ${(ms / 1000).toFixed(1)} s`;
}
