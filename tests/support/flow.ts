// What the flow tests share: documents without a flaw, and what holds at the end of every run, whatever happened on the way.
import { assertEquals, assertMatch } from "@std/assert";
import type { PartnerDocument, PartnerStats } from "../../dev/partner/memory.ts";
import { makeRows } from "../../dev/samples/documents.ts";
import { seededRandom } from "../../dev/samples/random.ts";
import type { Sample } from "../../dev/samples/rows.ts";
import type { Row } from "../../dev/stack/source.ts";
import { dialects } from "../../shared/dialects.ts";
import { type DocumentType, documentTypes } from "../../shared/document.ts";
import { profileFor } from "../../shared/profile_file.ts";
import { group, streamKeys } from "../../shared/stream_keys.ts";
import type { Stack } from "./stack.ts";

/** Documents that the partner accepts; `from` numbers the first, so that two calls give different ones. */
export function goodDocuments(type: DocumentType, count: number, from = 0): Sample[] {
  return Array.from({ length: count }, (_, at) => {
    const number = from + at;
    const code = `${type.toUpperCase()}-${String(number).padStart(4, "0")}`;
    const rows = makeRows(type, { code, random: seededRandom(number + 1), nowMs: Date.now() });
    return { ...rows, code, flaw: null, expected: "SYNC_SUCCESS" };
  });
}

/** A bound that the product keeps in real time, ms: longer by as much as the machine has more to do than it has processors. */
export function onThisMachine(ms: number): number {
  const [load = 0] = Deno.loadavg();
  return ms * Math.max(1, load / navigator.hardwareConcurrency);
}

/** For `filter`. */
export function isOfType(type: DocumentType) {
  return (sample: Sample) => sample.type === type;
}

/** The keys of a type in the stack's Redis. */
export function keysOf(stack: Stack, type: DocumentType) {
  return streamKeys(stack.settings.redis.keyPrefix, type);
}

/** An entry that a worker owns, as XPENDING shows it. */
export interface Pending {
  readonly id: string;
  readonly worker: string;
  readonly idleMs: number;
  readonly deliveries: number;
}

export async function pending(stack: Stack, type: DocumentType): Promise<Pending[]> {
  const found = await stack.redis.xpending(keysOf(stack, type).stream, group, "-", "+", 1_000);
  return found.map((each) => {
    const [id, worker, idleMs, deliveries] = Array.isArray(each) ? each : [];
    return { id: String(id), worker: String(worker), idleMs: Number(idleMs), deliveries: Number(deliveries) };
  });
}

/** Waits until every row has a final status and Redis holds nothing of any document in flight. */
export async function waitUntilDrained(stack: Stack, deadlineMs: number): Promise<void> {
  await stack.waitUntilIdle(deadlineMs);
  const left = async () => {
    const counts = await Promise.all(documentTypes.map(async (type) => {
      const { stream, inflight, receipts } = keysOf(stack, type);
      return await stack.redis.xlen(stream) + await stack.redis.hlen(inflight) +
        await stack.redis.hlen(receipts);
    }));
    return counts.every((count) => count === 0);
  };
  await stack.waitFor(left, { deadlineMs: 10_000, what: "stream, inflight and receipts to be empty" });
}

/** The rows of some types, by document code. */
export async function rowsByCode(stack: Stack): Promise<Map<string, Row>> {
  const rows = await Promise.all(documentTypes.map((type) => stack.rows(type)));
  return new Map(rows.flat().map((row) => [row.code, row]));
}

/** What the partner has accepted, by document code. */
export async function acceptedByCode(stack: Stack): Promise<Map<string, PartnerDocument>> {
  return new Map((await stack.partnerDocuments()).map((document) => [document.code, document]));
}

export async function partnerStats(stack: Stack): Promise<PartnerStats> {
  return await stack.control<PartnerStats>("partner", "GET stats");
}

/** Whether the partner of the stack can replace a document that it has: the gateway has no PUT, and only says that it exists. */
export function canReplace(stack: Stack): boolean {
  return dialects[stack.settings.partner.dialect].replaces;
}

/** The national code that a row holds, null when it has none: in its column, or before the message where the profile has no column. */
export function nationalCodeOf(stack: Stack, type: DocumentType, row: Row | undefined): string | null {
  const { nationalCode } = profileFor(stack.settings.source.profile).tables[type];
  if (nationalCode !== null) return row?.national_code ?? null;
  return /^([A-Z]{2}_QG_\d+): /.exec(row?.message ?? "")?.[1] ?? null;
}

/**
 * Asserts that every document is SYNC_SUCCESS with its own national code, that one POST of it was accepted, that nothing was sent
 * after an answer had gone out, and that whatever was sent of it had the same body. Returns the codes that the partner had to be told
 * of again: it replaced them by PUT, or, where it has none, said that they exist; then the code of the lost answer is not known.
 */
export async function assertAcceptedOnce(stack: Stack, samples: readonly Sample[]): Promise<string[]> {
  const [rows, accepted] = [await rowsByCode(stack), await acceptedByCode(stack)];
  assertEquals(accepted.size, samples.length, "documents that the partner has");
  const calls = Map.groupBy(await stack.partnerCalls(), ({ code }) => code ?? "");
  const again = (code: string) =>
    calls.get(code)?.some(({ outcome }) => outcome === "exists" || outcome === "replaced") ?? false;
  for (const { code, type } of samples) {
    const [row, document] = [rows.get(code), accepted.get(code)];
    assertEquals(row?.status, "SYNC_SUCCESS", `${code}: ${row?.message}`);
    const written = nationalCodeOf(stack, type, row);
    if (again(code) && !canReplace(stack) && written === null) {
      assertMatch(row?.message ?? "", /đã tồn tại/i, code);
    } else {
      assertEquals(written, document?.national_code, `national code of ${code}`);
    }
    assertEquals(
      [document?.posts, document?.sent_after_answer],
      [1, 0],
      `POSTs and needless calls of ${code}`,
    );
    assertEquals(new Set(calls.get(code)?.map(({ body }) => body)).size, 1, `bodies of ${code}`);
  }
  for (const type of documentTypes) {
    assertEquals(await stack.redis.xlen(keysOf(stack, type).dead), 0, `dead letters of ${type}`);
  }
  return samples.map(({ code }) => code).filter(again);
}
