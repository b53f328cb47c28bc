// Failures by cause: what a message says, what varies in it, and how thousands of failures fold into a few groups.
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import type { DocumentType } from "../../shared/document.ts";
import { causeOf } from "../../shared/operator/causes.ts";
import { groupFailures } from "../../shared/operator/failure_groups.ts";
import { patternOf, readMessage } from "../../shared/operator/failure_words.ts";
import type { Failure } from "../../shared/operator/types.ts";

const drugs = [
  "Paracetamol",
  "Amoxicillin",
  "Vitamin C",
  "Hoạt huyết dưỡng não",
  "Cefuroxim",
  "Omeprazol",
  "Oresol",
];

/** Twelve real causes, as rows tell them, each with what varies from document to document. */
const causes: ((n: number) => string)[] = [
  (n) => `Dược Quốc gia từ chối (400): Mã thuốc DQG${10_000 + n} không tồn tại trong danh mục Dược Quốc gia`,
  (n) => `Dược Quốc gia từ chối (${n % 2 ? 400 : 422}): Dữ liệu không hợp lệ: sai mã cơ sở 79-${n}`,
  (n) => `Dược Quốc gia từ chối (403): Tài khoản không có quyền liên thông cho cơ sở ${n}-0001`,
  (n) =>
    `Dược Quốc gia từ chối (400): Thuốc ${drugs[n % drugs.length]} đã hết hạn sử dụng ngày ${
      1 + n % 28
    }/11/2026`,
  (n) => `Dược Quốc gia từ chối: Ngày bán "2026-11-${n % 30}" không đúng định dạng`,
  (n) => `Dược Quốc gia từ chối (400): Dữ liệu không hợp lệ: trường chi_tiet[${n % 9}].so_dklh là bắt buộc`,
  (n) => `Dược Quốc gia từ chối (400): Dữ liệu không hợp lệ: trường chi_tiet[${n % 9}].so_lo là bắt buộc`,
  (n) => `Gửi 5 lần không thành công (500): Lỗi hệ thống, mã lỗi ${n}-${n * 7}. Kiểm tra rồi đồng bộ lại.`,
  (n) =>
    `Gửi ${
      5 + n % 3
    } lần không thành công (502): <html><head><title>502 Bad Gateway</title></head><body>x</body></html>. Kiểm tra rồi đồng bộ lại.`,
  (n) =>
    `Chứng từ chưa hợp lệ, chưa gửi: Tên cơ sở cung cấp (ten_co_so_cung_cap): bắt buộc khi loại phiếu nhập là 1 (nhập từ nhà cung cấp), đang trống${
      n % 3 === 0 ? "; Dòng 2, Số lô (so_lo): bắt buộc, đang trống" : ""
    }`,
  (n) =>
    `Chứng từ chưa hợp lệ, chưa gửi: Ghi chú (ghi_chu): dài ${
      501 + n
    } ký tự, tối đa 500: đang là "lô; ${n} "kín""`,
  (n) => `Chứng từ chưa hợp lệ, chưa gửi: Dòng ${1 + n % 12}, Tên thuốc (ten_thuoc): bắt buộc, đang trống`,
];
const types: DocumentType[] = ["phieu_nhap", "phieu_xuat", "hoa_don"];

function failure(n: number, message: string): Failure {
  const type = types[n % 3] ?? "hoa_don";
  return { type, key: String(n), code: `HD${n}`, shop: `NT00${n % 5}`, message, atMs: 1_000_000 + n };
}

function fiveThousand(): Failure[] {
  return Array.from({ length: 5_000 }, (_, n) => failure(n, causes[n % causes.length]?.(n) ?? ""));
}

Deno.test("five thousand failures of twelve causes fold into at most twenty groups, and none mixes two causes", () => {
  const groups = groupFailures(fiveThousand());
  assert(
    groups.length >= causes.length && groups.length <= 20,
    groups.map(({ pattern }) => pattern).join("\n"),
  );
  assertEquals(groups.reduce((sum, { count }) => sum + count, 0), 5_000);
  for (const { members, pattern } of groups) {
    const real = new Set(members.map(({ key }) => Number(key) % causes.length));
    assertEquals(real.size, 1, pattern);
  }
  assertEquals(groups.length, causes.length);
});

Deno.test("a group says how many, in how many shops, when first and last, and gives its newest as example", () => {
  const [group] = groupFailures([
    failure(1, causes[0]?.(1) ?? ""),
    failure(7, causes[0]?.(7) ?? ""),
    failure(4, causes[0]?.(4) ?? ""),
  ]);
  assertEquals(group?.count, 3);
  assertEquals(group?.shops, 3);
  assertEquals([group?.firstSeenMs, group?.lastSeenMs], [1_000_001, 1_000_007]);
  assertEquals(group?.example.code, "HD7");
  assertEquals(group?.status, 400);
  assertMatch(group?.advice.vi ?? "", /mã thuốc/i);
  assertMatch(group?.advice.en ?? "", /code/i);
});

Deno.test("a group keeps its id whatever the order and number of its failures, so that a redrive can be taken up again", () => {
  const all = fiveThousand();
  const ids = (failures: Failure[]) => groupFailures(failures).map(({ id }) => id).sort();
  assertEquals(ids([...all].reverse()), ids(all));
  assertEquals(ids(all.slice(2_500)), ids(all));
});

Deno.test("two fields that are missing are two causes, however alike the words", () => {
  const groups = groupFailures(
    ["so_lo", "so_dklh", "don_vi_tinh", "so_luong", "don_gia", "han_dung"].map((field, n) =>
      failure(
        n,
        `Dược Quốc gia từ chối (400): Dữ liệu không hợp lệ: trường chi_tiet[${n}].${field} là bắt buộc`,
      )
    ),
  );
  assertEquals(groups.length, 6);
});

Deno.test("what varies is taken out of the words: codes, numbers, dates, quoted values, line numbers", () => {
  const pattern = (message: string) => patternOf(readMessage(message));
  const cases: [string, string][] = [
    ["Dược Quốc gia từ chối (400): Mã phiếu PN-01/2026 sai", "Mã phiếu ‹…› sai"],
    ["Dược Quốc gia từ chối (400): Ngày 21/11/2026 08:30 sai.", "Ngày ‹…› sai"],
    ["Dược Quốc gia từ chối (400): Tên 'Nhà thuốc A' và “B” sai", "Tên ‹…› và ‹…› sai"],
    ['Dược Quốc gia từ chối (400): phải là số (nhận được "a (b")', "phải là số (nhận được ‹…›)"],
    ["Dược Quốc gia từ chối (400): ", "HTTP 400"],
    ["Gửi 5 lần không thành công: . Kiểm tra rồi đồng bộ lại.", "?"],
  ];
  for (const [message, expected] of cases) assertEquals(pattern(message), expected, message);
});

Deno.test("a message is read as what wrote it: our rules, the partner's refusal, deliveries used up, or somebody else", () => {
  assertEquals(readMessage(causes[9]?.(1) ?? "").kind, "invalid");
  assertEquals(readMessage(causes[0]?.(1) ?? "").kind, "refused");
  assertEquals(readMessage(causes[7]?.(1) ?? ""), {
    kind: "deliveries_used_up",
    status: 500,
    words: "Lỗi hệ thống, mã lỗi 1-7",
  });
  assertEquals(readMessage("Lỗi của phần mềm").kind, "other");
});

Deno.test("every cause has something to do in both languages, and the fallback is found for words that nobody knows", () => {
  for (const kind of ["invalid", "refused", "deliveries_used_up", "other"] as const) {
    const cause = causeOf(kind, "lời chưa ai biết");
    assertEquals(cause.kind, kind);
    assertNotEquals(cause.advice.vi, cause.advice.en);
    assert(cause.title.vi.length > 10 && cause.title.en.length > 10);
  }
});
