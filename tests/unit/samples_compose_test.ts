// The sample documents against the product's rules and the simulated partner's contract: the good ones pass both,
// each flaw is found where it should be.
import { assert, assertEquals } from "@std/assert";
import { findBreach } from "../../dev/partner/contract.ts";
import { nationalContract } from "../../dev/partner/contract_fields.ts";
import type { Sample } from "../../dev/samples/rows.ts";
import { makeSamples } from "../../dev/samples/samples.ts";
import { compose } from "../../shared/compose.ts";
import type { FieldValues, SourceDocument } from "../../shared/document.ts";
import { documentSpecs } from "../../shared/documents/mod.ts";

/** The row as the scan would read it: every value as text, by the API's field names. */
function asRead(sample: Sample): SourceDocument {
  const tables = documentSpecs[sample.type].tables.national!;
  return {
    key: "1",
    shop: sample.header.shop_pharmacy_code,
    linesDue: sample.header.created_minutes_ago >= 10,
    header: byField(sample.header, tables.columns),
    lines: sample.lines.map((line) => byField(line, tables.details.columns)),
  };
}

function byField(row: object, columns: Record<string, string>): FieldValues {
  const values = new Map(Object.entries(row));
  return Object.fromEntries(
    Object.entries(columns).map(([field, column]) => {
      assert(values.has(column), `the sample has no column ${column}`);
      const value = values.get(column);
      return [field, value === null ? null : String(value)];
    }),
  );
}

const samples = makeSamples({ count: 2000, seed: 3, startNumber: 1, now: new Date("2026-11-22T03:00:00Z") });

Deno.test("a sample without a flaw composes, and its body keeps the partner's contract", () => {
  const good = samples.filter(({ flaw }) => flaw === null || flaw === "unknown_drug");
  for (const sample of good) {
    const composed = compose(documentSpecs[sample.type], asRead(sample));
    assert(composed.kind === "ready", `${sample.code}: ${JSON.stringify(composed)}`);
    assertEquals(composed.document.code, sample.code);
    assertEquals(findBreach(nationalContract[sample.type], JSON.parse(composed.document.body)), undefined);
  }
});

Deno.test("a sample with a flaw of our own is refused before it is sent, for that flaw alone", () => {
  const fields = {
    supplier_missing: /^ten_co_so_cung_cap$/,
    notes_empty: /^ghi_chu$/,
    drug_name_blank: /\.ten_thuoc$/,
    note_too_long: /^ghi_chu$/,
    issue_type_1: /^loai_phieu_xuat$/,
    no_lines: /chi_tiet$/,
  };
  const flawed = samples.filter(({ flaw }) => flaw !== null && flaw !== "unknown_drug");
  assertEquals(flawed.length, 100);
  for (const sample of flawed) {
    const composed = compose(documentSpecs[sample.type], asRead(sample));
    assert(composed.kind === "invalid", sample.code);
    const expected = fields[sample.flaw as keyof typeof fields];
    assertEquals(composed.problems.map(({ field }) => expected.test(field)), [true], sample.code);
  }
});
