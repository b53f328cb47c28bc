// Step "compose": a document's header and lines as the exact JSON that is sent.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { findBreach } from "../../dev/partner/contract.ts";
import { nationalContract } from "../../dev/partner/contract_fields.ts";
import { compose } from "../../shared/compose.ts";
import type { DocumentType, FieldValues, SourceDocument } from "../../shared/document.ts";
import { documentTypes } from "../../shared/document.ts";
import { documentSpecs } from "../../shared/documents/mod.ts";
import { anyDecimal, anyType, goodDocument, validDocument } from "../support/documents.ts";

function bodyOf(type: DocumentType, document: SourceDocument): string {
  const composed = compose(documentSpecs[type], document);
  assert(composed.kind === "ready", JSON.stringify(composed));
  return composed.document.body;
}

/** The body with every number as the text it stands in. */
function parseAsText(body: string): unknown {
  const keepText = (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === "number" ? { number: context?.source } : value;
  return JSON.parse(body, keepText);
}

/** What the body should hold for these values. */
function expected(fields: Record<string, { kind: string }>, values: FieldValues): Record<string, unknown> {
  const filled = Object.entries(values).filter(([, value]) => value !== null && value.trim() !== "");
  return Object.fromEntries(filled.map(([name, value]) => {
    const { kind } = fields[name]!;
    if (kind === "number" || kind === "choice") return [name, { number: value }];
    return [name, kind === "date" ? value!.slice(0, 10).replaceAll("-", "") : value];
  }));
}

Deno.test("a purchase receipt becomes this JSON, to the letter", () => {
  assertEquals(
    bodyOf("phieu_nhap", goodDocument("phieu_nhap")),
    '{"ma_phieu":"PN0001","ma_co_so":"01-0001","ngay_nhap":"20261122","loai_phieu_nhap":1,' +
      '"ghi_chu":"Nhập hàng đợt 2","ten_co_so_cung_cap":"Công ty Cổ phần Dược Hậu Giang","chi_tiet":[{' +
      '"ma_thuoc":"DQG00010001","ten_thuoc":"Paracetamol 500mg – hộp 10 vỉ","so_lo":"LO260101",' +
      '"ngay_san_xuat":"20260101","han_dung":"20280229","so_dklh":"VD-20558-19","so_luong":100.00,' +
      '"don_gia":12.50,"don_vi_tinh":"Viên"}]}',
  );
});

Deno.test("a composed document carries its key, its code and its shop", () => {
  for (const type of documentTypes) {
    const document = { ...goodDocument(type), key: "9223372036854775807", shop: "S7" };
    const composed = compose(documentSpecs[type], document);
    assert(composed.kind === "ready");
    const { key, code, shop } = composed.document;
    assertEquals([key, code, shop], [
      "9223372036854775807",
      document.header[nationalContract[type].code],
      "S7",
    ]);
  }
});

Deno.test("a decimal enters the body digit for digit", () => {
  for (const digits of ["12.50", "9007199254740993.25", "0.00", "-0.10", "9999999999999999.99", "100.0000"]) {
    const body = bodyOf("phieu_nhap", goodDocument("phieu_nhap", { line: { so_luong: digits } }));
    assertStringIncludes(body, `"so_luong":${digits},`);
  }
});

Deno.test("Vietnamese text, quotes and control characters come out of the body as they went in", () => {
  const text = 'Đặng Thị "Ánh"\\\n\tNguyệt ' + "đã tồn tại".normalize("NFD") + " 💊\u2028\u0007";
  const body = bodyOf("phieu_xuat", goodDocument("phieu_xuat", { header: { ghi_chu: text } }));
  assertEquals(JSON.parse(body).ghi_chu, text);
});

Deno.test("a field that is optional and empty is left out of the body", () => {
  const line = { ngay_san_xuat: null, duong_dung: "  ", so_dang_ky: "" };
  const header = { ma_don_thuoc_quoc_gia: null, ho_ten_nguoi_ban: "", ho_ten_khach_hang: null };
  const body = JSON.parse(bodyOf("hoa_don", goodDocument("hoa_don", { header, line })));
  assertEquals(Object.keys(body), ["ma_hoa_don", "ma_co_so", "ngay_ban", "hoa_don_chi_tiet"]);
  for (const name of Object.keys(line)) assert(!(name in body.hoa_don_chi_tiet[0]), name);
});

Deno.test("the fields stand in the order of partner-api, however the columns came, and no other field gets in", () => {
  for (const type of documentTypes) {
    const document = goodDocument(type);
    const backwards = (values: FieldValues) =>
      Object.fromEntries([["stranger", "x"], ...Object.entries(values).toReversed()]);
    const mixed = {
      ...document,
      header: backwards(document.header),
      lines: document.lines.map(backwards),
    };
    assertEquals(bodyOf(type, mixed), bodyOf(type, document));
    const { header, lines } = nationalContract[type];
    assertEquals(Object.keys(JSON.parse(bodyOf(type, document))), [...Object.keys(header), lines]);
  }
});

Deno.test("lines keep their order", () => {
  const document = goodDocument("phieu_nhap");
  document.lines = ["L3", "L1", "L2"].map((so_lo) => ({ ...document.lines[0], so_lo }));
  const { chi_tiet } = JSON.parse(bodyOf("phieu_nhap", document));
  assertEquals(chi_tiet.map((line: { so_lo: string }) => line.so_lo), ["L3", "L1", "L2"]);
});

Deno.test("a young document without lines waits; an old one is refused for having none", () => {
  for (const type of documentTypes) {
    const empty = { ...goodDocument(type), lines: [] };
    assertEquals(compose(documentSpecs[type], { ...empty, linesDue: false }), { kind: "early" });
    const old = compose(documentSpecs[type], { ...empty, linesDue: true });
    assert(old.kind === "invalid");
    assertEquals(old.problems.map(({ field }) => field), [nationalContract[type].lines]);
  }
});

Deno.test("a young document with lines does not wait", () => {
  const young = { ...goodDocument("hoa_don"), linesDue: false };
  assertEquals(compose(documentSpecs.hoa_don, young).kind, "ready");
});

Deno.test("a document that breaks a rule is invalid under its code, or under none where it has none", () => {
  const codeOf = (ma_phieu: string | null) => {
    const document = goodDocument("phieu_xuat", { header: { ma_phieu, ghi_chu: null } });
    const composed = compose(documentSpecs.phieu_xuat, document);
    assert(composed.kind === "invalid");
    return [composed.code, composed.problems.length];
  };
  assertEquals([codeOf("PX9"), codeOf(null)], [["PX9", 1], ["", 2]]);
});

Deno.test("a body is measured in bytes: as long as allowed it is sent, one byte longer it is refused", () => {
  const document = goodDocument("phieu_nhap");
  const bytes = new TextEncoder().encode(bodyOf("phieu_nhap", document)).length;
  assert(bytes > bodyOf("phieu_nhap", document).length);
  assertEquals(compose(documentSpecs.phieu_nhap, document, bytes).kind, "ready");
  const refused = compose(documentSpecs.phieu_nhap, document, bytes - 1);
  assert(refused.kind === "invalid");
  assertEquals([refused.code, refused.problems.map(({ field }) => field)], ["PN0001", ["chi_tiet"]]);
  assertStringIncludes(refused.problems[0]!.message, `dài ${bytes} byte khi gửi, tối đa ${bytes - 1}`);
});

Deno.test("property: what a valid document says is what its body says, text for text", () => {
  fc.assert(
    fc.property(
      anyType.chain((type) => fc.tuple(fc.constant(type), validDocument(type))),
      ([type, document]) => {
        const { header, line, lines } = nationalContract[type];
        const body = bodyOf(type, document);
        assertEquals(parseAsText(body), {
          ...expected(header, document.header),
          [lines]: document.lines.map((values) => expected(line, values)),
        });
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("property: the body of a valid document keeps the partner's contract", () => {
  fc.assert(
    fc.property(
      anyType.chain((type) => fc.tuple(fc.constant(type), validDocument(type))),
      ([type, document]) => {
        assertEquals(findBreach(nationalContract[type], JSON.parse(bodyOf(type, document))), undefined);
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("property: no decimal of SQL Server loses a digit", () => {
  fc.assert(fc.property(anyDecimal, (digits) => {
    const body = bodyOf("hoa_don", goodDocument("hoa_don", { line: { thanh_tien: digits } }));
    assertStringIncludes(body, `"thanh_tien":${digits},`);
  }));
});

Deno.test("property: compose() never throws, whatever the values are", () => {
  const value = fc.option(fc.string({ unit: "binary" }));
  const anything = fc.dictionary(
    fc.constantFrom("ma_phieu", "ngay_nhap", "ten_co_so_cung_cap", "__proto__", "chi_tiet", "so_lo"),
    value,
  );
  const rows = fc.record({
    key: fc.string(),
    shop: fc.string(),
    linesDue: fc.boolean(),
    header: anything,
    lines: fc.array(anything, { maxLength: 3 }),
  });
  fc.assert(fc.property(anyType, rows, (type, row) => {
    assert(["invalid", "early"].includes(compose(documentSpecs[type], row).kind));
  }));
});

const zones = ["Asia/Ho_Chi_Minh", "UTC", "Pacific/Kiritimati", "America/Los_Angeles"];

Deno.test("a body is the same in every time zone", async () => {
  const dated = { phieu_nhap: "ngay_nhap", phieu_xuat: "ngay_xuat", hoa_don: "ngay_ban" };
  const documents = documentTypes.map((type) => [
    type,
    goodDocument(type, { header: { [dated[type]]: "2026-01-01" } }),
  ]);
  const script = `
    import { compose } from ${JSON.stringify(import.meta.resolve("../../shared/compose.ts"))};
    import { documentSpecs } from ${JSON.stringify(import.meta.resolve("../../shared/documents/mod.ts"))};
    const made = ${JSON.stringify(documents)}.map(([type, row]) => compose(documentSpecs[type], row));
    console.log(JSON.stringify([new Date(2026, 0, 1).getTimezoneOffset(), made]));`;
  const outputs = await Promise.all(zones.map((TZ) =>
    new Deno.Command(Deno.execPath(), {
      args: ["eval", "--no-lock", script],
      env: { TZ },
      cwd: new URL("../..", import.meta.url),
    }).output()
  ));
  const [first, ...others] = outputs.map(({ stdout, stderr, success }) => {
    assert(success, new TextDecoder().decode(stderr));
    return JSON.parse(new TextDecoder().decode(stdout));
  });
  assertEquals(new Set([first, ...others].map(([offset]) => offset)).size, zones.length);
  assertStringIncludes(JSON.stringify(first), "20260101");
  for (const [, made] of others) assertEquals(made, first[1]);
});
