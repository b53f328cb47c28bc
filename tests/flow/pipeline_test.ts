// The whole way of many documents, nothing going wrong but what is wrong with the documents themselves: rows, dead letters, journal
// and partner agree about every one of them.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Flaw, Sample } from "../../dev/samples/rows.ts";
import { makeSamples } from "../../dev/samples/samples.ts";
import { type DocumentType, documentTypes } from "../../shared/document.ts";
import { type ApiNames, documentSpecs } from "../../shared/documents/mod.ts";
import type { SyncFailure, TaskLog } from "../../shared/journal_records.ts";
import { addLine, correct } from "../support/by_hand.ts";
import {
  acceptedByCode,
  canReplace,
  goodDocuments,
  keysOf,
  nationalCodeOf,
  partnerStats,
  rowsByCode,
  waitUntilDrained,
} from "../support/flow.ts";
import { type Stack, startStack } from "../support/stack.ts";

const endsWithinMs = 30_000;

/** What the pharmacist reads for each flaw: field, rule and value, or the partner's own words. */
const messages: Record<Flaw, RegExp> = {
  supplier_missing: /Tên cơ sở cung cấp \(ten_co_so_cung_cap\): bắt buộc khi loại phiếu nhập là 1/,
  notes_empty: /Ghi chú \(ghi_chu\): bắt buộc, đang trống/,
  drug_name_blank: /Dòng 1, Tên thuốc \(ten_thuoc\): bắt buộc, đang trống/,
  note_too_long: /Ghi chú \(ghi_chu\): dài \d+ ký tự, tối đa 500: đang là "Ghi chú dài: hàng giao/,
  issue_type_1: /Loại phiếu xuất \(loai_phieu_xuat\): phải là 2 hoặc 3: đang là "1"/,
  no_lines: /chứng từ không có dòng hàng nào/,
  unknown_drug: /^Dược Quốc gia từ chối \(400\): Mã thuốc KHONG-CO-\S+ không tồn tại trong danh mục/,
};

Deno.test("rows, dead letters, journal and partner agree about every document, in all forms of acceptance", async () => {
  await using stack = await startStack({ partner: { faults: ["kind=answer,form=cycle"] } });
  const samples = makeSamples({ count: 120, seed: 11, startNumber: 0, now: new Date() });
  assertEquals(new Set(samples.map(({ flaw }) => flaw)).size, Object.keys(messages).length + 1);
  await stack.insert(samples);
  stack.startScheduler();
  for (const type of documentTypes) stack.startWorker(type);
  await waitUntilDrained(stack, endsWithinMs);
  await assertSynced(stack, samples.filter(({ flaw }) => flaw === null));
  await assertFailed(stack, samples.filter(({ flaw }) => flaw !== null));
  await assertTaskLogs(stack, samples);
  const stats = await partnerStats(stack);
  assertEquals([stats.contract_violations, stats.accepted_more_than_once, stats.sent_after_answer], [
    0,
    0,
    0,
  ]);
});

Deno.test("a refused document that the pharmacy corrects is synced, and a synced one that it changes is replaced where the partner can", async () => {
  await using stack = await startStack();
  const [refused, changed] = [brokenReceipt(), ...goodDocuments("phieu_nhap", 1, 1)];
  assert(refused && changed);
  await stack.insert([refused, changed]);
  stack.startScheduler();
  stack.startWorker("phieu_nhap");
  await waitUntilDrained(stack, endsWithinMs);
  assertEquals((await rowsByCode(stack)).get(refused.code)?.status, "SYNC_FAILED");
  await correct(stack, { type: "phieu_nhap" }, {
    ten_co_so_cung_cap: "Công ty Dược phẩm Hà Nội",
    ghi_chu: "đã sửa",
    status: "PENDING_SYNC",
  });
  await waitUntilDrained(stack, endsWithinMs);
  const [rows, accepted] = [await rowsByCode(stack), await acceptedByCode(stack)];
  const note = `"${namesOf(stack, "phieu_nhap").header.ghi_chu}":"đã sửa"`;
  for (const { code } of canReplace(stack) ? [refused, changed] : [refused]) {
    assertEquals(rows.get(code)?.status, "SYNC_SUCCESS");
    assertEquals(rows.get(code)?.national_code, accepted.get(code)?.national_code);
    assertStringIncludes(accepted.get(code)?.bodies.at(-1) ?? "", note);
  }
  const replaced = accepted.get(changed.code);
  assertEquals([replaced?.posts, replaced?.puts], [1, canReplace(stack) ? 1 : 0]);
  if (canReplace(stack)) return;
  // The gateway cannot take the change: the pharmacist is told, and the code that the document has stays in its row.
  const row = rows.get(changed.code);
  assertEquals([row?.status, row?.national_code], ["SYNC_FAILED", replaced?.national_code]);
  assertMatch(row?.message ?? "", /đã tồn tại/i);
});

Deno.test("a document whose lines come after its header waits for them", async () => {
  await using stack = await startStack();
  const [document] = goodDocuments("phieu_xuat", 1);
  assert(document?.type === "phieu_xuat");
  const others = goodDocuments("phieu_xuat", 1, 1);
  await stack.insert([{ ...document, lines: [] }, ...others]);
  stack.startScheduler();
  stack.startWorker("phieu_xuat");
  const synced = async () => (await stack.rows("phieu_xuat")).some(({ status }) => status === "SYNC_SUCCESS");
  await stack.waitFor(synced, { deadlineMs: endsWithinMs, what: "the other document to be synced" });
  assertEquals((await rowsByCode(stack)).get(document.code)?.status, "PENDING_SYNC");
  await addLine(stack, document, {
    ma_thuoc: "08.1",
    ten_thuoc: "Paracetamol 500 mg",
    so_lo: "LO1",
    han_dung: "2027-05-31",
    so_dklh: "VD-12345-21",
    don_vi_tinh: "viên",
    so_luong: "1",
    don_gia: "1.5",
  });
  await waitUntilDrained(stack, endsWithinMs);
  const body = (await acceptedByCode(stack)).get(document.code)?.bodies[0];
  assertEquals(JSON.parse(body ?? "{}")[namesOf(stack, "phieu_xuat").lines].length, 1);
});

Deno.test("tokens that expire in mid-flight cost one more login and no delivery", async () => {
  // The gateway has no tokens.
  await using stack = await startStack({
    dialect: "national",
    env: { WORKER_CONCURRENCY: "4" },
    partner: { latencyMs: 50 },
  });
  const samples = goodDocuments("hoa_don", 60);
  await stack.insert(samples);
  stack.startScheduler();
  stack.startWorker("hoa_don");
  const isUnderWay = async () => (await stack.partnerDocuments()).length > 10;
  await stack.waitFor(isUnderWay, { deadlineMs: endsWithinMs, what: "some documents to be accepted" });
  await stack.control("partner", "DELETE tokens");
  await waitUntilDrained(stack, endsWithinMs);
  const stats = await partnerStats(stack);
  assert((stats.by_outcome.unauthorized ?? 0) > 0, "no call had an expired token");
  assertEquals([stats.accepted_once, stats.by_outcome.exists], [60, undefined]);
  const logs = await stack.mongo.collection<TaskLog>("task_logs").find().toArray();
  assertEquals(logs.filter(({ deliveries }) => deliveries !== 1), []);
  const accounts = new Set((await stack.partnerCalls()).map(({ account }) => account)).size;
  assert(
    (stats.by_type.login ?? 0) <= 2 * accounts,
    `${stats.by_type.login} logins for ${accounts} accounts`,
  );
});

async function assertSynced(stack: Stack, samples: readonly Sample[]): Promise<void> {
  const [rows, accepted] = [await rowsByCode(stack), await acceptedByCode(stack)];
  for (const { code, type } of samples) {
    const [row, document] = [rows.get(code), accepted.get(code)];
    assertEquals(
      [row?.status, nationalCodeOf(stack, type, row)],
      ["SYNC_SUCCESS", document?.national_code ?? "none"],
      code,
    );
    assertEquals([document?.posts, document?.puts], [1, 0], code);
  }
}

async function assertFailed(stack: Stack, samples: readonly Sample[]): Promise<void> {
  const rows = await rowsByCode(stack);
  const failures = await stack.mongo.collection<SyncFailure>("sync_failures").find().toArray();
  const dead = await deadLetters(stack);
  assertEquals(failures.length, samples.length);
  for (const { code, type, flaw } of samples) {
    const row = rows.get(code);
    assertEquals([row?.status, row?.national_code], ["SYNC_FAILED", null], code);
    if (flaw) assertMatch(row?.message ?? "", messages[flaw], code);
    const failure = failures.find(({ business_id }) => business_id === code);
    assertEquals([failure?.document_type, failure?.row_key], [type, row?.key]);
    const payload = JSON.parse(failure?.payload ?? "{}");
    // A document that was never sent is told with our own words for its fields, which its message uses too.
    const names = flaw === "unknown_drug" ? namesOf(stack, type) : documentSpecs[type].names.national;
    const [codeName = "", facilityName = ""] = [
      names.header[documentSpecs[type].code],
      names.header.ma_co_so,
    ];
    assertEquals([payload[codeName], typeof payload[facilityName]], [code, "string"]);
    assertEquals(failure?.error.kind, flaw === "unknown_drug" ? "refused" : "invalid", code);
    const letter = dead.get(code);
    assertEquals(letter === undefined, flaw !== "unknown_drug", `dead letter of ${code}`);
    if (letter === undefined) continue;
    const sent = (await stack.partnerCalls({ code })).map(({ body }) => body);
    assertEquals([letter.body, failure?.payload], [sent[0] ?? "", sent[0] ?? ""], code);
    assertEquals([letter.reason, letter.entry_id, letter.deliveries], ["refused", failure?.task_id, "1"]);
    assertStringIncludes(letter.detail ?? "", "không tồn tại trong danh mục");
  }
}

/** One for each document that was sent, whose events say how it went. */
async function assertTaskLogs(stack: Stack, samples: readonly Sample[]): Promise<void> {
  const logs = await stack.mongo.collection<TaskLog>("task_logs").find().toArray();
  const sent = samples.filter(({ flaw }) => flaw === null || flaw === "unknown_drug");
  assertEquals(logs.length, sent.length);
  const rows = await rowsByCode(stack);
  for (const { code, type, flaw } of sent) {
    const log = logs.find(({ business_id }) => business_id === code);
    assertEquals([log?.document_type, log?.queue], [type, keysOf(stack, type).stream]);
    assertEquals([log?.status, log?.deliveries], [flaw === null ? "SUCCESS" : "FAILED", 1], code);
    assertEquals(log?.national_id ?? null, nationalCodeOf(stack, type, rows.get(code)), code);
    const events = log?.events.map(({ event }) => event).sort();
    assertEquals(events, [flaw === null ? "accepted" : "buried", "enqueued"], code);
    assert(log?.finished_at instanceof Date);
  }
}

async function deadLetters(stack: Stack): Promise<Map<string, Record<string, string>>> {
  const letters = new Map<string, Record<string, string>>();
  for (const type of documentTypes) {
    for (const [, flat] of await stack.redis.xrange(keysOf(stack, type).dead, "-", "+")) {
      const pairs = flat.flatMap((name, at) => at % 2 === 0 ? [[name, flat[at + 1] ?? ""] as const] : []);
      const letter = Object.fromEntries(pairs);
      letters.set(letter.code ?? "", letter);
    }
  }
  return letters;
}

/** What the partner's dialect calls the fields of a type. */
function namesOf(stack: Stack, type: DocumentType): ApiNames {
  return documentSpecs[type].names[stack.settings.partner.dialect];
}

/** A receipt from a supplier that is not named. */
function brokenReceipt(): Sample | undefined {
  const [receipt] = goodDocuments("phieu_nhap", 1);
  if (receipt?.type !== "phieu_nhap") return undefined;
  const header = { ...receipt.header, receipt_type: 1, supplier_name: null };
  return { ...receipt, header, flaw: "supplier_missing", expected: "SYNC_FAILED" };
}
