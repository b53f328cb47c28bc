// The sample documents: the same for the same seed, believable, and wrong in the proportions they promise.
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import fc from "fast-check";
import { SAMPLE_SHOPS, sampleAccounts, samplePasswords } from "../../dev/samples/accounts.ts";
import { DRUGS } from "../../dev/samples/drugs.ts";
import { spoil } from "../../dev/samples/flaws.ts";
import type { Sample } from "../../dev/samples/rows.ts";
import { makeSamples } from "../../dev/samples/samples.ts";

const now = new Date("2026-11-22T03:00:00Z");

function samples(count: number, startNumber = 1, seed = 1): Sample[] {
  return makeSamples({ count, seed, startNumber, now });
}

Deno.test("samples are the same for the same seed, and others for another", () => {
  assertEquals(samples(200), samples(200));
  assert(JSON.stringify(samples(200)) !== JSON.stringify(samples(200, 1, 2)));
});

Deno.test("a sample depends on its number only, not on the batch it is made in", () => {
  assertEquals(samples(100).slice(40, 60), samples(20, 41));
});

Deno.test("of any 60 samples in a row 54 to 60 succeed, at least two break a rule and two are refused", () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.integer(), (startNumber, seed) => {
      const made = samples(60, startNumber, seed);
      const refused = made.filter(({ flaw }) => flaw === "unknown_drug").length;
      const succeed = made.filter(({ expected }) => expected === "SYNC_SUCCESS").length;
      assert(refused >= 2 && 60 - succeed - refused >= 2 && succeed >= 54, `${succeed} ${refused}`);
    }),
    { numRuns: 30 },
  );
});

Deno.test("sample codes never repeat, and tell type, day and number", () => {
  const made = [...samples(300), ...samples(12_000, 301)];
  assertEquals(new Set(made.map(({ code }) => code)).size, made.length);
  for (const { code, type } of made) assertMatch(code, /^(HD|PN|PX)261122\d{4,}$/, type);
  const late = makeSamples({ count: 1, seed: 1, startNumber: 1, now: new Date("2026-11-22T17:00:00Z") });
  assertMatch(late[0]!.code, /^..2611230001$/);
});

Deno.test("samples mix three types, five shops, one to eight lines, and more than sixty drugs", () => {
  const made = samples(1000);
  assertEquals(new Set(made.map(({ type }) => type)).size, 3);
  assertEquals(new Set(made.map(({ header }) => header.shop_pharmacy_code)).size, SAMPLE_SHOPS.length);
  assertEquals(new Set(made.flatMap(({ lines }) => lines.map((line) => line.drug_name))).size > 60, true);
  for (const { lines, flaw } of made) assert(lines.length <= 8 && (lines.length >= 1 || flaw === "no_lines"));
  assertEquals(new Set(DRUGS.map(({ code }) => code)).size, DRUGS.length);
  assertEquals(new Set(DRUGS.map(({ registration }) => registration)).size, DRUGS.length);
});

Deno.test("every sample fits its columns, and has exact decimals and real dates", () => {
  for (const { header, lines } of samples(2000)) {
    const moment = Object.entries(header).find(([name]) => name.endsWith("_date"))![1];
    assert(Date.parse(`${moment}+07:00`) <= now.getTime());
    for (const line of lines) {
      assertMatch(line.quantity, /^\d+\.\d\d$/);
      if (line.unit_price !== null) assertMatch(line.unit_price, /^\d+\.\d\d$/);
      assert(line.expiry_date > "2026-11-22");
      assert(line.production_date === null || line.production_date < "2026-11-22");
      if ("line_total" in line) assertEquals(cents(line.line_total), product(line.quantity, line.unit_price));
    }
  }
});

function cents(decimal: string): bigint {
  return BigInt(decimal.replace(".", ""));
}

function product(quantity: string, price: string): bigint {
  return (cents(quantity) * cents(price) + 50n) / 100n;
}

Deno.test("each flaw is what its name says", () => {
  const byFlaw = Map.groupBy(samples(600), ({ flaw }) => flaw);
  for (const { type, header, lines } of byFlaw.get("supplier_missing") ?? []) {
    assert(
      type === "phieu_nhap" && header.receipt_type === 1 && header.supplier_name === null && lines.length > 0,
    );
  }
  for (const { type, header } of byFlaw.get("note_too_long") ?? []) {
    assert(type === "phieu_nhap" && (header.notes ?? "").length > 500);
  }
  for (const { type, header } of byFlaw.get("notes_empty") ?? []) {
    assert(type === "phieu_xuat" && header.notes === "");
  }
  for (const { type, header } of byFlaw.get("issue_type_1") ?? []) {
    assert(type === "phieu_xuat" && header.issue_type === 1);
  }
  for (const { lines } of byFlaw.get("drug_name_blank") ?? []) assertEquals(lines[0]?.drug_name.trim(), "");
  for (const { lines, header } of byFlaw.get("no_lines") ?? []) {
    assertEquals([lines.length, header.created_minutes_ago], [0, 11]);
  }
  for (const { lines } of byFlaw.get("unknown_drug") ?? []) {
    assertMatch(lines[0]!.drug_code, /^KHONG-CO-\d+$/);
  }
  assertEquals([...byFlaw.values()].filter((group) => group.length >= 5).length, 8);
});

Deno.test("a flaw that does not go with the type is an error", () => {
  const invoice = samples(100).find(({ type, flaw }) => type === "hoa_don" && flaw === null)!;
  assertThrows(() => spoil(invoice, "issue_type_1"), RangeError, "issue_type_1");
});

Deno.test("four shops have an account of their own, the fifth uses the common one, and the partner knows all five", () => {
  const withAccount = new Set(sampleAccounts().map(({ shop_pharmacy_code }) => shop_pharmacy_code));
  assertEquals(withAccount.size, 4);
  assertEquals(SAMPLE_SHOPS.filter((shop) => !withAccount.has(shop.shop_pharmacy_code)).length, 1);
  assertEquals(Object.keys(samplePasswords()).length, 5);
});
