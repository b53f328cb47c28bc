// The statements that insert sample documents: they take every column of the rows that the samples have, in either layout.
import { assert, assertEquals } from "@std/assert";
import { sampleAccounts } from "../../dev/samples/accounts.ts";
import insertAccountsSql from "../../dev/samples/insert_accounts.sql" with { type: "text" };
import { nationalLayout } from "../../dev/samples/national.ts";
import { phieuLayout } from "../../dev/samples/phieu/layout.ts";
import { makeSamples } from "../../dev/samples/samples.ts";
import { documentTypes } from "../../shared/document.ts";

const samples = makeSamples({ count: 100, seed: 1, startNumber: 1, now: new Date("2026-11-22T03:00:00Z") });
const layouts = { national: nationalLayout, phieu: phieuLayout };

/** The columns that OPENJSON takes, each from the member of its own name; and the columns inserted into. */
function columnsOf(statement: string): { taken: string[]; inserted: string[] } {
  const taken = [...statement.matchAll(/^ {2}\[(\w+)\] \S+ '\$\.(\w+)'/gm)].map(([, column = "", member]) => {
    assertEquals(column, member);
    return column;
  });
  const [, list = ""] = /INSERT INTO \[\w+\] \(([^)]*)\)/.exec(statement) ?? [];
  return {
    taken: taken.sort(),
    inserted: [...list.matchAll(/\[(\w+)\]/g)].map(([, name = ""]) => name).sort(),
  };
}

for (const [profile, { statements, rowsOf }] of Object.entries(layouts)) {
  for (const type of documentTypes) {
    Deno.test(`the statements for ${type} of profile ${profile} take every column of its rows, and insert every one`, () => {
      const sample = samples.find((made) => made.type === type && made.lines.length > 0);
      assert(sample !== undefined);
      const rows = rowsOf(sample);
      const header = columnsOf(statements[type].headers);
      const names = Object.keys(rows.header);
      assertEquals(header.taken, ["number", ...names].sort());
      const created = profile === "national" ? "created_at" : "dateinsert";
      const columns = names.map((name) => name === "created_minutes_ago" ? created : name);
      assertEquals(header.inserted, columns.sort());
      const line = columnsOf(statements[type].lines);
      assertEquals(line.taken, ["number", "header_id", ...Object.keys(rows.lines[0]!)].sort());
      assertEquals(line.inserted.length, line.taken.length - 1);
    });
  }
}

Deno.test("the statement for accounts takes and inserts every column of their rows", () => {
  const columns = Object.keys(sampleAccounts()[0]!).sort();
  assertEquals(columnsOf(insertAccountsSql), { taken: columns, inserted: columns });
});
