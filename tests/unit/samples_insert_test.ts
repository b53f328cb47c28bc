// The statements that insert sample documents: they take every column of the rows that the samples have.
import { assert, assertEquals } from "@std/assert";
import { sampleAccounts } from "../../dev/samples/accounts.ts";
import { makeSamples } from "../../dev/samples/samples.ts";

const samples = makeSamples({ count: 100, seed: 1, startNumber: 1, now: new Date("2026-11-22T03:00:00Z") });

const statements = {
  hoa_don: ["insert_sales_invoices", "insert_sales_invoice_details"],
  phieu_nhap: ["insert_purchase_receipts", "insert_purchase_receipt_details"],
  phieu_xuat: ["insert_goods_issue_slips", "insert_goods_issue_slip_details"],
} as const;

/** The columns that OPENJSON takes, each from the member of its own name; and the columns inserted into. */
function columnsOf(statement: string): { taken: string[]; inserted: string[] } {
  const url = new URL(`../../dev/samples/${statement}.sql`, import.meta.url);
  const text = Deno.readTextFileSync(url);
  const taken = [...text.matchAll(/^ {2}\[(\w+)\] \S+ '\$\.(\w+)'/gm)].map(([, column = "", member]) => {
    assertEquals(column, member);
    return column;
  });
  const [, list = ""] = /INSERT INTO \[\w+\] \(([^)]*)\)/.exec(text) ?? [];
  return {
    taken: taken.sort(),
    inserted: [...list.matchAll(/\[(\w+)\]/g)].map(([, name = ""]) => name).sort(),
  };
}

for (const [type, [headers, lines]] of Object.entries(statements)) {
  Deno.test(`the statements for ${type} take every column of its rows, and insert every one`, () => {
    const sample = samples.find((made) => made.type === type && made.lines.length > 0);
    assert(sample !== undefined);
    const header = columnsOf(headers);
    assertEquals(header.taken, ["number", ...Object.keys(sample.header)].sort());
    const columns = Object.keys(sample.header).filter((name) => name !== "created_minutes_ago");
    assertEquals(header.inserted, [...columns, "created_at"].sort());
    const line = columnsOf(lines);
    assertEquals(line.taken, ["number", "header_id", ...Object.keys(sample.lines[0]!)].sort());
    assertEquals(line.inserted.length, line.taken.length - 1);
  });
}

Deno.test("the statement for accounts takes and inserts every column of their rows", () => {
  const columns = Object.keys(sampleAccounts()[0]!).sort();
  assertEquals(columnsOf("insert_accounts"), { taken: columns, inserted: columns });
});
