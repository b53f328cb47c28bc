// What `deno task dev` tells about documents at its end: those that failed, and those that are stuck, and why.
import { type DocumentType, documentTypes } from "../../shared/document.ts";
import type { RedisClient } from "../../shared/script.ts";
import { dueIdleMs } from "../../shared/stream.ts";
import { group, streamKeys } from "../../shared/stream_keys.ts";
import type { LastWords } from "./product_log.ts";
import type { Row, StackSource } from "./source.ts";

const failedMax = 50;
const stuckMax = 10;
const messageCharactersMax = 160;

/** A line for each failed document: code, type, the message in its row. Empty when none failed. */
export async function failedTable(source: StackSource): Promise<string> {
  const lines: string[] = [];
  for (const type of documentTypes) {
    for (const { code, message } of await source.rows(type, "SYNC_FAILED", failedMax)) {
      lines.push(`  ${code.padEnd(14)} ${type.padEnd(10)} ${oneLine(message ?? "")}`);
    }
  }
  return lines.join("\n");
}

/** A line for each of the first pending documents of every type: where it is, and what was last said of it. */
export async function stuckTable(
  source: StackSource,
  { client, prefix, lastWords }: { client: RedisClient; prefix: string; lastWords: LastWords },
): Promise<string> {
  const lines: string[] = [];
  for (const type of documentTypes) {
    for (const row of await source.rows(type, "PENDING_SYNC", stuckMax)) {
      const where = await whereabouts(type, row, { client, prefix });
      const why = lastWords.about({ ...row, type }) ?? "nothing was logged about it";
      lines.push(`  ${row.code.padEnd(14)} ${type.padEnd(10)} ${where}; ${oneLine(why)}`);
    }
  }
  return lines.join("\n");
}

async function whereabouts(
  type: DocumentType,
  row: Row,
  { client, prefix }: { client: RedisClient; prefix: string },
): Promise<string> {
  const keys = streamKeys(prefix, type);
  if (await client.exists(keys.paused) > 0) return "its type is paused";
  const entry = await client.hget(keys.inflight, row.key);
  if (entry === null) return "not in the stream";
  const [pending] = await client.xpending(keys.stream, group, entry, entry, 1);
  if (!Array.isArray(pending)) return "in the stream, no worker has read it";
  const [, worker, idleMs, deliveries] = pending;
  const dueInMs = Math.max(0, dueIdleMs - Number(idleMs));
  return `delivery ${deliveries} by ${worker}, due again in ${(dueInMs / 1000).toFixed(1)} s`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").slice(0, messageCharactersMax);
}
