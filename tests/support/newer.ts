// What a scheduler and a worker of the next version would do to a stream. Its version 2 has the fields of version 1 and one more.
import type { ComposedDocument } from "../../shared/document.ts";
import { type EntryReader, entryReaders, readEntry } from "../../shared/entry_version.ts";
import type { RedisClient } from "../../shared/script.ts";
import type { StreamKeys } from "../../shared/stream_keys.ts";

/** What a newer worker understands: its own version, and the one before. */
export const newerReaders = new Map<number, EntryReader>([...entryReaders, [2, readVersion2]]);

/** Enqueues a document as version 2, and returns the entry's id. */
export async function enqueueNewer(
  redis: RedisClient,
  keys: StreamKeys,
  { key, code, shop, body }: ComposedDocument,
): Promise<string> {
  const fields = ["v", "2", "key", key, "code", code, "shop", shop, "body", body];
  const id = await redis.xadd(keys.stream, "*", ...fields, "scanned_at", "9007199254740991", "since", "2027");
  if (id === null) throw new Error(`XADD of ${code} gave no id`);
  await redis.hset(keys.inflight, key, id);
  return id;
}

function readVersion2(id: string, fields: Record<string, string>): ReturnType<EntryReader> {
  return fields.since ? readEntry(id, { ...fields, v: "1" }, entryReaders) : 'the entry has no field "since"';
}
