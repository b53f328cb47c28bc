// The sample documents as rows of profile phieu: the same documents as in profile national, with the same flaws, under the gateway's contract.
import { assert, assertEquals } from "@std/assert";
import { findBreach } from "../../dev/partner/contract.ts";
import { gatewayContract } from "../../dev/partner/contract_fields.ts";
import { phieuRows } from "../../dev/samples/phieu/rows.ts";
import type { Sample } from "../../dev/samples/rows.ts";
import { makeSamples } from "../../dev/samples/samples.ts";
import { compose } from "../../shared/compose.ts";
import { dialects } from "../../shared/dialects.ts";
import type { FieldValues, SourceDocument } from "../../shared/document.ts";
import { documentSpecs } from "../../shared/documents/mod.ts";
import { profiles } from "../../shared/profiles.ts";

const samples = makeSamples({ count: 2000, seed: 3, startNumber: 1, now: new Date("2026-11-22T03:00:00Z") });

/** The rows as the scan would read them: every value as text, by the fields' names. */
function asRead(sample: Sample): SourceDocument {
  const { columns, details, key, shop } = profiles.phieu.tables[sample.type];
  const { header, lines } = phieuRows(sample);
  return {
    key: String(header[key]),
    shop: String(header[shop]),
    linesDue: true,
    header: byField(header, columns),
    lines: lines.map((line) => byField(line, details.columns)),
  };
}

function byField(row: ReturnType<typeof phieuRows>["header"], columns: Readonly<Record<string, string>>) {
  const values: FieldValues = {};
  for (const [field, column] of Object.entries(columns)) {
    const value = row[column];
    assert(value !== undefined, `the row has no column ${column}`);
    values[field] = value === null ? null : String(value);
  }
  return values;
}

Deno.test("a sample of profile phieu composes or is refused as the same one of profile national, and keeps the gateway's contract", () => {
  for (const sample of samples) {
    const row = asRead(sample);
    const made = compose(documentSpecs[sample.type], row, Infinity, dialects.gateway);
    const isFine = sample.flaw === null || sample.flaw === "unknown_drug";
    assertEquals(made.kind, isFine ? "ready" : "invalid", sample.code);
    if (made.kind === "invalid") assertEquals(made.problems.length, 1, sample.code);
    if (made.kind !== "ready") continue;
    assertEquals([made.document.key, made.document.code], [sample.code, sample.code]);
    assertEquals(findBreach(gatewayContract[sample.type], JSON.parse(made.document.body)), undefined);
  }
});

Deno.test("quantities of profile phieu are whole, and totals are quantity times price", () => {
  const lines = samples.flatMap((sample) => phieuRows(sample).lines);
  assert(lines.length > 1000);
  for (const { so_luong, don_gia, thanh_tien } of lines) {
    assert(Number.isInteger(so_luong) && Number(so_luong) > 0, `${so_luong}`);
    if (don_gia === null) assertEquals(thanh_tien ?? null, null);
    else if (thanh_tien !== undefined) {
      assertEquals(thanh_tien, (Number(so_luong) * Math.round(Number(don_gia) * 100) / 100).toFixed(2));
    }
  }
});

Deno.test("a shop of profile national is one facility in profile phieu", () => {
  const pairs = new Set(
    samples.map((sample) => `${sample.header.shop_pharmacy_code} ${asRead(sample).shop}`),
  );
  assertEquals(pairs.size, 5);
});
