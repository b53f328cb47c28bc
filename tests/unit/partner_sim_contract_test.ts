// The simulated partner's rules about bodies, against the tables of partner-api written down here a second time.
import { assert, assertEquals, assertExists, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { breachMessage, findBreach } from "../../dev/partner/contract.ts";
import { DOCUMENT_TYPES, gatewayContract, nationalContract } from "../../dev/partner/contract_fields.ts";
import { gatewayBody, nationalBody } from "../support/partner.ts";

type Body = Record<string, unknown>;
type Type = (typeof DOCUMENT_TYPES)[number];

// name:max, d = yyyyMMdd, n = number, 1/2/3 = one of; ! = required.
const SPEC: Record<Type, { lines: string; header: string; line: string }> = {
  hoa_don: {
    lines: "hoa_don_chi_tiet",
    header: "ma_hoa_don:50! ma_co_so:50! ma_don_thuoc_quoc_gia:50 ngay_ban:d! ho_ten_nguoi_ban:50 " +
      "ho_ten_khach_hang:50",
    line:
      "ma_thuoc:50! ten_thuoc:500! so_lo:50! ngay_san_xuat:d han_dung:d! don_vi_tinh:50! ham_luong:500! " +
      "duong_dung:200 lieu_dung:99999! so_dang_ky:50 so_luong:n! don_gia:n! thanh_tien:n! ty_le_quy_doi:n!",
  },
  phieu_nhap: {
    lines: "chi_tiet",
    header:
      "ma_phieu:50! ma_co_so:50! ngay_nhap:d! loai_phieu_nhap:1/2/3! ghi_chu:500 ten_co_so_cung_cap:500",
    line: "ma_thuoc:50! ten_thuoc:500! so_lo:50! ngay_san_xuat:d han_dung:d! so_dklh:50! so_luong:n! " +
      "don_gia:n don_vi_tinh:200!",
  },
  phieu_xuat: {
    lines: "chi_tiet",
    header: "ma_phieu:50! ma_co_so:50! ngay_xuat:d! loai_phieu_xuat:2/3! ghi_chu:500! ten_co_so_nhan:500",
    line:
      "ma_thuoc:50! ten_thuoc:500! so_lo:50! han_dung:d! so_dklh:50! so_luong:n! don_gia:n! don_vi_tinh:200!",
  },
};

interface Field {
  name: string;
  rule: string;
  required: boolean;
}

function fieldsOf(spec: string): Field[] {
  return spec.split(" ").map((word) => {
    const [name = "", rule = ""] = word.replace("!", "").split(":");
    return { name, rule, required: word.endsWith("!") };
  });
}

/** Values that break the rule of a field, whatever the rest of the body is. */
function wrongValues({ rule, required }: Field): unknown[] {
  const always = [null, true, {}, [], ...(required ? [undefined] : [])];
  if (rule === "n") return [...always, "12", "", Infinity];
  if (rule === "d") {
    return [...always, 20261122, "", "2026-11-22", "20261131", "20250229", "20261301", "2026112", "99999999"];
  }
  if (rule.includes("/")) return [...always, "2", 0, 4, 2.5, ...(rule === "2/3" ? [1] : [])];
  const tooLong = Number(rule) < 1000 ? ["x".repeat(Number(rule) + 1)] : [];
  return [...always, 5, ...tooLong, ...(required ? ["", "  \t"] : [])];
}

function valueOf({ rule }: Field): fc.Arbitrary<unknown> {
  if (rule === "n") return fc.oneof(fc.integer(), fc.float({ noNaN: true, noDefaultInfinity: true }));
  if (rule === "d") {
    return fc.date({ min: new Date("1990-01-01"), max: new Date("2099-12-31"), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10).replaceAll("-", ""));
  }
  if (rule.includes("/")) return fc.constantFrom(...rule.split("/").map(Number));
  return fc.string({ minLength: 1, maxLength: Math.min(Number(rule), 60) }).map((text) =>
    `ữ${text}`.slice(0, 60)
  )
    .filter((text) => text.length <= Number(rule));
}

function objectOf(spec: string): fc.Arbitrary<Body> {
  const fields = fieldsOf(spec);
  const shape = Object.fromEntries(fields.map((field) => [field.name, valueOf(field)]));
  // The supplier is required of one kind of receipt; here it is always there.
  const always = fields.filter(({ name, required }) => required || name === "ten_co_so_cung_cap");
  return fc.record(shape, { requiredKeys: always.map(({ name }) => name) });
}

const validCase = fc.constantFrom(...DOCUMENT_TYPES).chain((type) => {
  const { header, line, lines } = SPEC[type];
  return fc.record({
    header: objectOf(header),
    lines: fc.array(objectOf(line), { minLength: 1, maxLength: 4 }),
  })
    .map((parts): { type: Type; body: Body } => ({ type, body: { ...parts.header, [lines]: parts.lines } }));
});

Deno.test("the partner accepts every body that keeps the contract, and none with one field broken", () => {
  fc.assert(fc.property(validCase, fc.nat(), fc.nat(), fc.boolean(), ({ type, body }, at, which, inLine) => {
    const rules = nationalContract[type];
    assertEquals(findBreach(rules, body), undefined);
    const broken = structuredClone(body);
    const fields = fieldsOf(inLine ? SPEC[type].line : SPEC[type].header);
    const field = fields[at % fields.length]!;
    const wrong = wrongValues(field);
    const target = inLine ? (broken[SPEC[type].lines] as Body[]).at(-1)! : broken;
    target[field.name] = wrong[which % wrong.length];
    const breach = findBreach(rules, broken);
    assertExists(breach, `${field.name} = ${JSON.stringify(target[field.name])} passed`);
    assertStringIncludes(breach.field, field.name);
  }));
});

for (const type of DOCUMENT_TYPES) {
  Deno.test(`the partner keeps every rule of every field of ${type}`, () => {
    const { header, line, lines } = SPEC[type];
    for (const [spec, inLine] of [[header, false], [line, true]] as const) {
      for (const field of fieldsOf(spec)) {
        for (const value of wrongValues(field)) {
          const body = nationalBody(type, "A1");
          const target = inLine ? (body[lines] as Body[])[0]! : body;
          target[field.name] = value;
          const breach = findBreach(nationalContract[type], body);
          assertExists(breach, `${field.name} = ${JSON.stringify(value)} passed`);
          assertStringIncludes(breachMessage(breach), field.name);
        }
      }
    }
  });

  Deno.test(`the partner refuses a ${type} with an unknown field, in the header or in a line`, () => {
    const { lines } = SPEC[type];
    const rules = nationalContract[type];
    assertEquals(findBreach(rules, nationalBody(type, "A1", { la: 1 }))?.field, "la");
    const body = nationalBody(type, "A1");
    Object.assign((body[lines] as Body[])[0]!, { la: 1 });
    assertEquals(findBreach(rules, body)?.field, `${lines}[0].la`);
  });

  Deno.test(`the partner refuses a ${type} whose lines are missing, empty or no array of objects`, () => {
    const { lines } = SPEC[type];
    for (const value of [undefined, null, [], {}, "x", [1], [null]]) {
      assertExists(findBreach(nationalContract[type], nationalBody(type, "A1", { [lines]: value })));
    }
  });

  Deno.test(`the gateway accepts the full ${type} in English, and refuses Vietnamese names and compact dates`, () => {
    const rules = gatewayContract[type];
    assertEquals(findBreach(rules, gatewayBody(type, "A1")), undefined);
    assertExists(findBreach(rules, nationalBody(type, "A1")));
    const dateField = Object.keys(gatewayBody(type, "A1")).find((name) => name.endsWith("Date"))!;
    for (const date of ["2026-02-28", "2024-02-29", "2026-11-22T08:00:00", "2026-11-22T08:00:00.123+07:00"]) {
      assertEquals(findBreach(rules, gatewayBody(type, "A1", { [dateField]: date })), undefined);
    }
    for (
      const date of ["20261122", "2026-02-30", "2026-11-22 08:00:00", "2026-11-22T25:00:00", "22/11/2026"]
    ) {
      assertEquals(findBreach(rules, gatewayBody(type, "A1", { [dateField]: date }))?.field, dateField);
    }
  });
}

Deno.test("the partner wants a supplier on receipts of type 1, and on no other", () => {
  const rules = nationalContract.phieu_nhap;
  const without = (type: number) => {
    const { ten_co_so_cung_cap: _, ...body } = nationalBody("phieu_nhap", "A1", { loai_phieu_nhap: type });
    return findBreach(rules, body);
  };
  assertEquals(without(1)?.field, "ten_co_so_cung_cap");
  assertEquals(without(2), undefined);
  assertEquals(without(3), undefined);
  assertExists(findBreach(rules, nationalBody("phieu_nhap", "A1", { ten_co_so_cung_cap: " " })));
});

Deno.test("the partner accepts texts of exactly the maximal length, and a dosage of any length", () => {
  const name = "ậ".repeat(50);
  assertEquals(
    findBreach(nationalContract.hoa_don, nationalBody("hoa_don", "A1", { ho_ten_khach_hang: name })),
    undefined,
  );
  const body = nationalBody("hoa_don", "A1");
  Object.assign((body.hoa_don_chi_tiet as Body[])[0]!, { lieu_dung: "u".repeat(100_000) });
  assertEquals(findBreach(nationalContract.hoa_don, body), undefined);
});

Deno.test("the partner's refusal shows a huge value cut short", () => {
  const breach = findBreach(
    nationalContract.hoa_don,
    nationalBody("hoa_don", "A1", { ngay_ban: "9".repeat(1e6) }),
  );
  assertExists(breach);
  assert(breachMessage(breach).length < 200);
});
