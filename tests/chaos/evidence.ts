// Gathers what judge.ts judges, after a run: rows, calls, national codes, journal, and what is left in Redis.
import type { Call, PartnerDocument } from "../../dev/partner/memory.ts";
import { dialects } from "../../shared/dialects.ts";
import { type DocumentType, documentTypes } from "../../shared/document.ts";
import type { SyncFailure, TaskLog } from "../../shared/journal_records.ts";
import { streamKeys } from "../../shared/stream_keys.ts";
import type { Stack } from "../support/stack.ts";
import type { Ground } from "./ground.ts";
import { type Ended, type Evidence, nameOf } from "./judge.ts";
import type { Offered } from "./inserts.ts";
import { inTime } from "./recovery.ts";

/** Entries and records in Redis of one type. */
export interface Leftover {
  readonly type: DocumentType;
  readonly stream: number;
  readonly inflight: number;
  readonly receipts: number;
}

/** Reads everything once. Throws what the drivers throw. */
export async function gather({ stack, inserts, notes }: Ground): Promise<Evidence> {
  const [documents, calls, nationalCodes, journal] = await Promise.all([
    endedDocuments(stack, inserts.offered),
    allCalls(stack),
    givenCodes(stack),
    journalStates(stack),
  ]);
  const { disturbances, forgettings, poisoned } = notes;
  const { replaces } = dialects[stack.settings.partner.dialect];
  return { documents, calls, nationalCodes, replaces, journal, disturbances, forgettings, poisoned };
}

/** What the types have left in Redis, and whether it is nothing. */
export async function leftovers({ redis, settings }: Stack): Promise<Leftover[]> {
  return await Promise.all(documentTypes.map(async (type) => {
    const keys = streamKeys(settings.redis.keyPrefix, type);
    const [stream, inflight, receipts] = await inTime(
      Promise.all([redis.xlen(keys.stream), redis.hlen(keys.inflight), redis.hlen(keys.receipts)]),
    );
    return { type, stream, inflight, receipts };
  }));
}

/** Whether nothing is left. */
export function isNothing(left: readonly Leftover[]): boolean {
  return left.every(({ stream, inflight, receipts }) => stream + inflight + receipts === 0);
}

async function endedDocuments(stack: Stack, offered: readonly Offered[]): Promise<Ended[]> {
  const expected = new Map(offered.map((document) => [nameOf(document), document.expected]));
  const byType = await Promise.all(documentTypes.map(async (type) => {
    const rows = await stack.rows(type);
    return rows.map(({ code, status, national_code, message }): Ended => ({
      type,
      code,
      expected: expected.get(nameOf({ type, code })) ?? "SYNC_SUCCESS",
      status,
      nationalCode: national_code ?? codeInMessage(type, message),
      message,
    }));
  }));
  return byType.flat();
}

/** Where the table has no column for the national code, it stands before the partner's words. */
function codeInMessage(type: DocumentType, message: string | null): string | null {
  return type === "hoa_don" ? message?.match(/^(HD_QG_\d+): /)?.[1] ?? null : null;
}

async function allCalls(stack: Stack): Promise<Call[]> {
  const all: Call[] = [];
  for (;;) {
    const page = await stack.partnerCalls({ since: all.at(-1)?.seq ?? 0 });
    if (page.length === 0) return all;
    all.push(...page);
  }
}

async function givenCodes(stack: Stack): Promise<Map<string, string>> {
  const { documents } = await stack.control<{ documents: PartnerDocument[] }>(
    "partner",
    "GET documents?bodies=false",
  );
  return new Map(documents.map((document) => [nameOf(document), document.national_code]));
}

/** The states of task_logs; what is in sync_failures is FAILED: a document that broke a rule of ours was never a task. */
async function journalStates({ mongo }: Stack): Promise<Map<string, string[]>> {
  const states = new Map<string, string[]>();
  const add = ({ document_type, business_id }: TaskLog | SyncFailure, status: string) => {
    const name = nameOf({ type: document_type, code: business_id });
    states.set(name, [...states.get(name) ?? [], status]);
  };
  const fields = { document_type: 1, business_id: 1, status: 1 };
  for await (const log of mongo.collection<TaskLog>("task_logs").find({}, { projection: fields })) {
    add(log, log.status);
  }
  const failures = mongo.collection<SyncFailure>("sync_failures").find({}, { projection: fields });
  for await (const failure of failures) add(failure, "FAILED");
  return states;
}
