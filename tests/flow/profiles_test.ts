// Both table layouts with both dialects of the partner: the same sixty documents in each of the four combinations, the bodies that the
// gateway gets, byte for byte, and what becomes of a code that it has already.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { COMMON_ACCOUNT, samplePasswords } from "../../dev/samples/accounts.ts";
import type { Flaw, Sample } from "../../dev/samples/rows.ts";
import { makeSamples } from "../../dev/samples/samples.ts";
import type { DialectName } from "../../shared/dialects.ts";
import { documentTypes } from "../../shared/document.ts";
import type { SyncFailure } from "../../shared/journal_records.ts";
import type { BuiltInProfile } from "../../shared/profiles.ts";
import { blockedShopsKey, refusedLoginsKey } from "../../shared/stream_keys.ts";
import { correct } from "../support/by_hand.ts";
import {
  acceptedByCode,
  goodDocuments,
  keysOf,
  nationalCodeOf,
  partnerStats,
  rowsByCode,
  waitUntilDrained,
} from "../support/flow.ts";
import { hermes } from "../support/hermes_command.ts";
import { type Stack, startStack } from "../support/stack.ts";

const endsWithinMs = 45_000;
const phieuGateway = { profile: "phieu", dialect: "gateway" } as const;

/** What the pharmacist reads in a failed row, among the flaws that sixty documents have. */
const messages: Partial<Record<Flaw, RegExp>> = {
  supplier_missing: /Tên cơ sở cung cấp \(ten_co_so_cung_cap\): bắt buộc khi loại phiếu nhập là 1/,
  notes_empty: /Ghi chú \(ghi_chu\): bắt buộc, đang trống/,
  drug_name_blank: /Dòng 1, Tên thuốc \(ten_thuoc\): bắt buộc, đang trống/,
  unknown_drug: /^Dược Quốc gia từ chối \(400\): Mã thuốc KHONG-CO-\S+ không tồn tại trong danh mục/,
};

const combinations: [BuiltInProfile, DialectName][] = [
  ["national", "national"],
  ["national", "gateway"],
  ["phieu", "national"],
  ["phieu", "gateway"],
];

for (const [profile, dialect] of combinations) {
  Deno.test(`sixty documents of profile ${profile} reach their final status with dialect ${dialect}`, async () => {
    await using stack = await startStack({
      profile,
      dialect,
      partner: { faults: ["kind=answer,form=cycle"] },
    });
    const samples = makeSamples({ count: 60, seed: 3, startNumber: 0, now: new Date() });
    await stack.insert(samples);
    stack.startScheduler();
    for (const type of documentTypes) stack.startWorker(type);
    await waitUntilDrained(stack, endsWithinMs);
    await assertSynced(stack, samples.filter(({ expected }) => expected === "SYNC_SUCCESS"));
    await assertFailed(stack, samples.filter(({ expected }) => expected === "SYNC_FAILED"));
    const stats = await partnerStats(stack);
    assertEquals(
      [stats.contract_violations, stats.accepted_more_than_once, stats.sent_after_answer],
      [0, 0, 0],
    );
    if (dialect === "gateway") assertEquals(stats.by_type.login, undefined, "the gateway has no login");
  });
}

/** Every row carries the code that the partner gave for exactly that document. */
async function assertSynced(stack: Stack, samples: readonly Sample[]): Promise<void> {
  const [rows, accepted] = [await rowsByCode(stack), await acceptedByCode(stack)];
  assertEquals(accepted.size, samples.length);
  for (const { code, type, header } of samples) {
    const [row, document] = [rows.get(code), accepted.get(code)];
    assert(row && document, code);
    assertEquals([row.status, document.ma_co_so], ["SYNC_SUCCESS", header.pharmacy_code], code);
    assertEquals([document.posts, document.puts], [1, 0], code);
    assertEquals(nationalCodeOf(stack, type, row), document.national_code, code);
  }
}

async function assertFailed(stack: Stack, samples: readonly Sample[]): Promise<void> {
  const rows = await rowsByCode(stack);
  const failures = await stack.mongo.collection<SyncFailure>("sync_failures").find().toArray();
  assertEquals(failures.map(({ business_id }) => business_id).sort(), samples.map(({ code }) => code).sort());
  for (const { code, flaw } of samples) {
    const row = rows.get(code);
    assertEquals([row?.status, row?.national_code], ["SYNC_FAILED", null], code);
    assertMatch(row?.message ?? "", messages[flaw ?? "no_lines"] ?? /never/, code);
  }
  const refused = samples.filter(({ flaw }) => flaw === "unknown_drug");
  const dead = await Promise.all(documentTypes.map((type) => stack.redis.xlen(keysOf(stack, type).dead)));
  assertEquals(dead.reduce((sum, count) => sum + count, 0), refused.length);
}

Deno.test("the gateway gets English names, ISO dates and the digits of the tables of profile phieu", async () => {
  await using stack = await startStack({ ...phieuGateway, env: { TZ: "America/Los_Angeles" } });
  await stack.sql.request().batch(phieuRows);
  const bodies = await bodiesOf(stack);
  assertEquals(bodies.get("PN-1"), gatewayReceipt);
  assertEquals(bodies.get("PX-1"), gatewaySlip);
  assertEquals(bodies.get("HD-1"), gatewayInvoice);
  const [call] = await stack.partnerCalls({ code: "PN-1" });
  assertEquals([call?.method, call?.path, call?.account], [
    "POST",
    "/gateway/phieunhap",
    stack.env.API_USERNAME,
  ]);
});

Deno.test("dialect national gets the fields of the tables of profile phieu under their own names", async () => {
  await using stack = await startStack({ profile: "phieu", dialect: "national" });
  await stack.sql.request().batch(phieuRows);
  const bodies = await bodiesOf(stack);
  assertEquals(bodies.get("PN-1"), nationalReceipt);
  assertEquals(bodies.get("PX-1"), nationalSlip);
  assertEquals(bodies.get("HD-1"), nationalInvoice);
});

Deno.test("the gateway gets times of day and every digit from profile national, with the shop's own account", async () => {
  await using stack = await startStack({
    profile: "national",
    dialect: "gateway",
    env: { TZ: "America/Los_Angeles" },
  });
  await stack.insert([nationalSample()]);
  const bodies = await bodiesOf(stack);
  assertEquals(
    bodies.get("PX-1"),
    `{"invoiceCode":"PX-1","facilityCode":"01-0001","exportDate":"2026-03-08T02:30:00","exportType":3,"note":"Hủy",` +
      `"details":[{"medicineCode":"08.123","medicineName":"Thuốc","batchNumber":"L1","manufactureDate":"2025-12-31",` +
      `"expiryDate":"2028-02-29","registrationNumber":"VD-1","quantity":9007199254740993.25,"unitPrice":12.50,"unit":"lọ"}]}`,
  );
  assertEquals((await stack.partnerCalls({ code: "PX-1" })).map(({ account }) => account), [
    "nhathuoc_kimma",
  ]);
});

for (const profile of ["national", "phieu"] as const) {
  Deno.test(`a code that the gateway has is accepted on a redelivery and refused on the first, in profile ${profile}`, async () => {
    await using stack = await startStack({ profile, dialect: "gateway" });
    const lost = goodDocuments("phieu_nhap", 1);
    const synced = goodDocuments("phieu_nhap", 2, 1);
    await stack.fault({ kind: "reset_after", times: 1, match: { code: "0000$" } });
    await stack.insert([...lost, ...synced]);
    stack.startScheduler();
    stack.startWorker("phieu_nhap");
    await waitUntilDrained(stack, endsWithinMs);
    const [first] = lost.map(({ code }) => code);
    const row = (await rowsByCode(stack)).get(first ?? "");
    // The gateway does not say the code again, and has nothing that would.
    assertEquals([row?.status, row?.national_code], ["SYNC_SUCCESS", null]);
    assertMatch(row?.message ?? "", /đã tồn tại/i);
    assertEquals((await stack.partnerCalls({ code: first ?? "" })).map(({ outcome }) => outcome), [
      "accepted",
      "exists",
    ]);

    const [changed] = synced.map(({ code }) => code);
    const before = (await rowsByCode(stack)).get(changed ?? "");
    await correct(stack, { type: "phieu_nhap", code: changed ?? "" }, { status: "PENDING_SYNC" });
    await waitUntilDrained(stack, endsWithinMs);
    const after = (await rowsByCode(stack)).get(changed ?? "");
    assertEquals([after?.status, after?.national_code], ["SYNC_FAILED", before?.national_code]);
    assertMatch(after?.message ?? "", /^Dược Quốc gia từ chối \(\d+\): .*đã tồn tại/i);
    assertEquals((await stack.counts()).phieu_nhap.dead, 1);
  });
}

Deno.test("a row of profile phieu without facility, date or lines fails by itself, with its reasons, and stops no other", async () => {
  await using stack = await startStack(phieuGateway);
  await stack.sql.request().batch(
    `INSERT INTO PhieuXuatHeader (ma_phieu, dateinsert) VALUES (N'TRỐNG', DATEADD(hour, -1, GETDATE()));
    INSERT INTO PhieuXuatHeader (ma_phieu, ma_co_so, ngay_xuat, loai_phieu_xuat, ghi_chu) VALUES (N'MỚI', N'01-0001', '2026-11-22', 3, N'x')`,
  );
  const good = goodDocuments("phieu_xuat", 3);
  await stack.insert(good);
  stack.startScheduler();
  stack.startWorker("phieu_xuat");
  const isDone = async () => {
    const { PENDING_SYNC, SYNC_SUCCESS, SYNC_FAILED } = (await stack.counts()).phieu_xuat;
    return PENDING_SYNC === 1 && SYNC_SUCCESS === 3 && SYNC_FAILED === 1;
  };
  await stack.waitFor(isDone, { deadlineMs: endsWithinMs, what: "three successes and one failure" });
  const rows = await rowsByCode(stack);
  assertEquals(rows.get("MỚI")?.status, "PENDING_SYNC");
  const { message } = rows.get("TRỐNG") ?? {};
  for (const part of ["ma_co_so", "ngay_xuat", "loai_phieu_xuat", "ghi_chu", "không có dòng hàng"]) {
    assertStringIncludes(message ?? "", part);
  }
});

Deno.test("what an operator's own scan enqueues is composed for the gateway as well", async () => {
  await using stack = await startStack(phieuGateway);
  const samples = goodDocuments("phieu_xuat", 3);
  await stack.insert(samples);
  assertEquals((await hermes(stack, "scan")).code, 0);
  stack.startWorker("phieu_xuat");
  await waitUntilDrained(stack, endsWithinMs);
  await assertSynced(stack, samples);
});

Deno.test("documents stay pending while the gateway does not let the account in, and flow when it does", async () => {
  await using stack = await startStack({ ...phieuGateway, env: { WORKER_CONCURRENCY: "4" } });
  await stack.control("partner", "POST accounts", {
    ...samplePasswords(),
    [COMMON_ACCOUNT.account]: "another",
  });
  const samples = goodDocuments("phieu_xuat", 30);
  await stack.insert(samples);
  // The worker first: entries from before its time may have been sent already, and wait for the login in their stream, 15 s at a time.
  const worker = stack.startWorker("phieu_xuat");
  await worker.waitForEvent("process.started", endsWithinMs);
  stack.startScheduler();
  await worker.waitForEvent("login.refused", endsWithinMs);
  const prefix = stack.settings.redis.keyPrefix;
  const facilities = new Set(samples.map(({ header }) => header.pharmacy_code));
  // And nothing in a worker's hands: it would block its facility once more, after the correction.
  const allBlocked = async () =>
    await stack.redis.hlen(blockedShopsKey(prefix)) === facilities.size &&
    (await stack.counts()).phieu_xuat.inStream === 0;
  await stack.waitFor(allBlocked, { deadlineMs: endsWithinMs, what: "every facility to be blocked" });
  assertEquals((await stack.counts()).phieu_xuat.PENDING_SYNC, 30);
  const calls = await stack.partnerCalls();
  assertEquals(new Set(calls.map(({ status }) => status)), new Set([401]));
  // Each call that was under way when the first was answered, and one more for each.
  assert(calls.length <= 2 * 4, `${calls.length} calls`);
  await stack.control("partner", "POST accounts", samplePasswords());
  // As `hermes shops unblock` does.
  for (const key of [refusedLoginsKey(prefix), blockedShopsKey(prefix)]) await stack.redis.del(key);
  await waitUntilDrained(stack, endsWithinMs);
  assertEquals((await acceptedByCode(stack)).size, 30);
});

/** Sends what is pending, and returns the one body of each document by code. */
async function bodiesOf(stack: Stack): Promise<Map<string, string>> {
  stack.startScheduler();
  for (const type of documentTypes) stack.startWorker(type);
  await waitUntilDrained(stack, endsWithinMs);
  for (const row of (await rowsByCode(stack)).values()) {
    assertEquals(row.status, "SYNC_SUCCESS", `${row.code}: ${row.message}`);
  }
  const calls = (await stack.partnerCalls()).filter(({ login }) => !login);
  assertEquals(new Set(calls.map(({ code }) => code)).size, calls.length);
  return new Map(calls.map(({ code, body }) => [code ?? "", body]));
}

/** One document of each type, with what only these tables can hold: whole quantities up to the bound, four decimals, days and times. */
const phieuRows = `
INSERT INTO PhieuNhapHeader (ma_phieu, ma_co_so, ngay_nhap, loai_phieu_nhap, ghi_chu, ten_co_so_cung_cap)
  VALUES (N'PN-1', N'01-0001', '2026-03-08T02:30:00', 1, N'  giữ "khoảng" trắng  ', N'Công ty CP Dược Hậu Giang');
INSERT INTO PhieuNhapDetail (ma_phieu, ma_thuoc, ten_thuoc, so_lo, ngay_san_xuat, han_dung, so_dklh, so_luong, don_gia, thanh_tien, don_vi_tinh)
  VALUES (N'PN-1', N'08.1', N'Đường 30%', N'L1', '2025-12-31', '2028-02-29', N'VD-1', 2147483647, 9999999999999999.99, 0.10, N'hộp'),
    (N'PN-1', N'08.2', N'Thuốc', N'L2', NULL, '2028-02-29', N'VD-2', 1, NULL, NULL, N'lọ');
INSERT INTO PhieuXuatHeader (ma_phieu, ma_co_so, shop_code, ngay_xuat, loai_phieu_xuat, ghi_chu, ten_co_so_nhan)
  VALUES (N'PX-1', N'01-0001', 7, '2026-12-31', 2, N'Trả hàng', N'Công ty X');
INSERT INTO PhieuXuatDetail (ma_phieu, ma_thuoc, ten_thuoc, so_lo, ngay_san_xuat, han_dung, so_dklh, so_luong, don_gia, don_vi_tinh)
  VALUES (N'PX-1', N'08.1', N'Thuốc', N'L1', '2025-12-31', '2028-02-29', N'VD-1', 10, 12.5, N'viên');
INSERT INTO HoaDonHeader (ma_hoa_don, ma_co_so, ma_don_thuoc_quoc_gia, ngay_ban, ho_ten_khach_hang, ho_ten_nguoi_ban)
  VALUES (N'HD-1', N'01-0001', N'01abc-c', '2024-02-29', N'Lê Văn Tư', NULL);
INSERT INTO HoaDonDetail (ma_hoa_don, ma_thuoc, ten_thuoc, so_lo, ngay_san_xuat, han_dung, don_vi_tinh, ham_luong, duong_dung, lieu_dung, so_dang_ky, so_luong, don_gia, thanh_tien, ty_le_quy_doi)
  VALUES (N'HD-1', N'08.1', N'Thuốc', N'L1', NULL, '2028-02-29', N'viên', N'500 mg', NULL, N'Ngày 2 lần', NULL, 3, 12.5, 37.5, 0.0333),
    (N'HD-1', N'08.2', N'Thuốc', N'L2', '2025-12-31', '2028-02-29', N'hộp', N'1 g', N'Uống', N'1 viên', N'VD-1', 1, 0, 0, 12345678901234.5);`;

const gatewayReceipt =
  `{"invoiceCode":"PN-1","facilityCode":"01-0001","importDate":"2026-03-08T02:30:00","importType":1,` +
  `"supplierName":"Công ty CP Dược Hậu Giang","note":"  giữ \\"khoảng\\" trắng  ","details":[` +
  `{"medicineCode":"08.1","medicineName":"Đường 30%","batchNumber":"L1","manufactureDate":"2025-12-31","expiryDate":"2028-02-29",` +
  `"registrationNumber":"VD-1","quantity":2147483647,"unitPrice":9999999999999999.99,"amount":0.10,"unit":"hộp"},` +
  `{"medicineCode":"08.2","medicineName":"Thuốc","batchNumber":"L2","expiryDate":"2028-02-29",` +
  `"registrationNumber":"VD-2","quantity":1,"unit":"lọ"}]}`;

const gatewaySlip =
  `{"invoiceCode":"PX-1","facilityCode":"01-0001","exportDate":"2026-12-31","exportType":2,"recipientName":"Công ty X",` +
  `"note":"Trả hàng","details":[{"medicineCode":"08.1","medicineName":"Thuốc","batchNumber":"L1","manufactureDate":"2025-12-31",` +
  `"expiryDate":"2028-02-29","registrationNumber":"VD-1","quantity":10,"unitPrice":12.50,"unit":"viên"}]}`;

const gatewayInvoice =
  `{"billCode":"HD-1","facilityCode":"01-0001","prescriptionCode":"01abc-c","billDate":"2024-02-29","customerName":"Lê Văn Tư",` +
  `"details":[{"productCode":"08.1","productName":"Thuốc","batchNumber":"L1","expiryDate":"2028-02-29","unit":"viên",` +
  `"strength":"500 mg","dosage":"Ngày 2 lần","quantity":3,"unitPrice":12.50,"amount":37.50,"conversionRatio":0.0333},` +
  `{"productCode":"08.2","productName":"Thuốc","batchNumber":"L2","manufactureDate":"2025-12-31","expiryDate":"2028-02-29",` +
  `"unit":"hộp","strength":"1 g","route":"Uống","dosage":"1 viên","registrationNumber":"VD-1","quantity":1,"unitPrice":0.00,` +
  `"amount":0.00,"conversionRatio":12345678901234.5000}]}`;

const nationalReceipt =
  `{"ma_phieu":"PN-1","ma_co_so":"01-0001","ngay_nhap":"20260308","loai_phieu_nhap":1,"ghi_chu":"  giữ \\"khoảng\\" trắng  ",` +
  `"ten_co_so_cung_cap":"Công ty CP Dược Hậu Giang","chi_tiet":[{"ma_thuoc":"08.1","ten_thuoc":"Đường 30%","so_lo":"L1",` +
  `"ngay_san_xuat":"20251231","han_dung":"20280229","so_dklh":"VD-1","so_luong":2147483647,"don_gia":9999999999999999.99,` +
  `"don_vi_tinh":"hộp"},{"ma_thuoc":"08.2","ten_thuoc":"Thuốc","so_lo":"L2","han_dung":"20280229","so_dklh":"VD-2",` +
  `"so_luong":1,"don_vi_tinh":"lọ"}]}`;

const nationalSlip =
  `{"ma_phieu":"PX-1","ma_co_so":"01-0001","ngay_xuat":"20261231","loai_phieu_xuat":2,"ghi_chu":"Trả hàng",` +
  `"ten_co_so_nhan":"Công ty X","chi_tiet":[{"ma_thuoc":"08.1","ten_thuoc":"Thuốc","so_lo":"L1","han_dung":"20280229",` +
  `"so_dklh":"VD-1","so_luong":10,"don_gia":12.50,"don_vi_tinh":"viên"}]}`;

const nationalInvoice =
  `{"ma_hoa_don":"HD-1","ma_co_so":"01-0001","ma_don_thuoc_quoc_gia":"01abc-c","ngay_ban":"20240229",` +
  `"ho_ten_khach_hang":"Lê Văn Tư","hoa_don_chi_tiet":[{"ma_thuoc":"08.1","ten_thuoc":"Thuốc","so_lo":"L1","han_dung":"20280229",` +
  `"don_vi_tinh":"viên","ham_luong":"500 mg","lieu_dung":"Ngày 2 lần","so_luong":3,"don_gia":12.50,"thanh_tien":37.50,` +
  `"ty_le_quy_doi":0.0333},{"ma_thuoc":"08.2","ten_thuoc":"Thuốc","so_lo":"L2","ngay_san_xuat":"20251231","han_dung":"20280229",` +
  `"don_vi_tinh":"hộp","ham_luong":"1 g","duong_dung":"Uống","lieu_dung":"1 viên","so_dang_ky":"VD-1","so_luong":1,"don_gia":0.00,` +
  `"thanh_tien":0.00,"ty_le_quy_doi":12345678901234.5000}]}`;

/** A slip in profile national: more digits than a JavaScript number has, and an hour that its day does not have in Los Angeles. */
function nationalSample(): Sample {
  const header = {
    pharmacy_code: "01-0001",
    shop_pharmacy_code: "NT001",
    status: "PENDING_SYNC",
    created_minutes_ago: 0,
    local_slip_id: "PX-1",
    issue_date: "2026-03-08T02:30:00",
    issue_type: 3,
    recipient_name: null,
    notes: "Hủy",
  } as const;
  const line = {
    drug_code: "08.123",
    drug_name: "Thuốc",
    lot_number: "L1",
    production_date: "2025-12-31",
    expiry_date: "2028-02-29",
    registration_number: "VD-1",
    quantity: "9007199254740993.25",
    unit: "lọ",
    unit_price: "12.50",
  };
  return { type: "phieu_xuat", code: "PX-1", header, lines: [line], flaw: null, expected: "SYNC_SUCCESS" };
}
