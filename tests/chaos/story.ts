// The story of one document whose promise broke: what the journal, Redis, the partner and the processes say of it, in order of time.
import type { Call } from "../../dev/partner/memory.ts";
import { wordsOf } from "../../dev/stack/product_log.ts";
import type { DocumentType } from "../../shared/document.ts";
import type { SyncFailure, TaskLog } from "../../shared/journal_records.ts";
import { group, streamKeys } from "../../shared/stream_keys.ts";
import type { Stack } from "../support/stack.ts";

interface Told {
  readonly atMs: number;
  readonly text: string;
}

const entriesMax = 10_000;

/** Lines, oldest first; a source that does not answer says so in a line of its own. */
export async function storyOf(
  stack: Stack,
  { type, code, calls }: { type: DocumentType; code: string; calls: readonly Call[] },
): Promise<string[]> {
  const parts = await Promise.all([
    guarded("the journal", () => fromJournal(stack, type, code)),
    guarded("Redis", () => fromRedis(stack, type, code)),
  ]);
  const told = [...parts.flat(), ...fromLogs(stack, code), ...fromCalls(calls, code)];
  return told.sort((a, b) => a.atMs - b.atMs).map(({ atMs, text }) => `${clock(atMs)} ${text}`);
}

async function guarded(what: string, read: () => Promise<Told[]>): Promise<Told[]> {
  try {
    return await read();
  } catch (error) {
    return [{ atMs: Date.now(), text: `${what} cannot be read: ${error}` }];
  }
}

async function fromJournal({ mongo }: Stack, type: DocumentType, code: string): Promise<Told[]> {
  const about = { document_type: type, business_id: code };
  const logs = await mongo.collection<TaskLog>("task_logs").find(about).toArray();
  const failures = await mongo.collection<SyncFailure>("sync_failures").find(about).toArray();
  return [
    ...logs.flatMap(({ task_id, status, events }) =>
      events.map(({ at, event, detail }) => ({
        atMs: at.getTime(),
        text: `journal  ${task_id} (${status} by now) ${event} ${detail ?? ""}`,
      }))
    ),
    ...failures.map(({ task_id, failed_at, error }) => ({
      atMs: failed_at.getTime(),
      text: `journal  ${task_id} failed: ${error.kind} ${error.status ?? ""} ${error.message}`,
    })),
  ];
}

async function fromRedis({ redis, settings }: Stack, type: DocumentType, code: string): Promise<Told[]> {
  const keys = streamKeys(settings.redis.keyPrefix, type);
  const told: Told[] = [];
  for (const [name, key] of [["stream", keys.stream], ["dead", keys.dead]] as const) {
    for (const [id, fields] of await redis.xrange(key, "-", "+", "COUNT", entriesMax)) {
      if (fields[fields.indexOf("code") + 1] !== code) continue;
      const pending = name === "stream" ? await redis.xpending(key, group, id, id, 1) : [];
      const detail = name === "dead" ? fields.filter((field) => !field.startsWith("{")).join(" ") : "";
      const text = `redis    ${name} has entry ${id} ${JSON.stringify(pending)} ${detail}`;
      told.push({ atMs: name === "dead" ? Number(id.split("-")[0]) : Date.now(), text });
    }
  }
  return told;
}

function fromLogs({ products }: Stack, code: string): Told[] {
  return products.flatMap((product) =>
    product.logLines()
      .filter((line) => line.code === code)
      .map((line) => ({
        atMs: Date.parse(line.time),
        text: `log      ${product.pid} ${wordsOf(line)} [${line["entry"] ?? ""}]`,
      }))
  );
}

function fromCalls(calls: readonly Call[], code: string): Told[] {
  return calls.filter((call) => call.code === code).map((call) => ({
    atMs: call.atMs,
    text:
      `partner  call ${call.seq} ${call.method} ${call.outcome} status ${call.status} answered ${call.answered}` +
      (call.fault === null ? "" : ` fault ${call.fault}`),
  }));
}

function clock(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 23);
}
