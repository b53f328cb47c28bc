// The statements of shared/sql, filled with the tables of each document type.
import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { documentSpecs } from "../../shared/documents/mod.ts";
import { documentTypes } from "../../shared/document.ts";
import { type Profile, profiles } from "../../shared/profiles.ts";
import { fill, readAccountStatement, statementsFor } from "../../shared/source_sql.ts";

const statements = documentTypes.flatMap((type) =>
  Object.entries(statementsFor(documentSpecs[type], profiles.national)).map(([name, text]) => ({
    name: `${type} ${name}`,
    text,
  }))
);

Deno.test("every statement of every type is filled to the last variable, and its comments are gone", () => {
  assertEquals(statements.length, 15);
  for (const { name, text } of [...statements, { name: "accounts", text: fill(readAccountStatement, {}) }]) {
    assert(!text.includes("$("), `${name}: ${text}`);
    assert(!/^\s*--/m.test(text), `${name}: ${text}`);
    assert(!/undefined|null\b(?!\))/.test(text), `${name}: ${text}`);
    assertMatch(text.trimStart(), /^(SELECT|UPDATE)\b/, name);
  }
});

Deno.test("a statement names every column that source-schema gives for its type", () => {
  for (const type of documentTypes) {
    const { header } = documentSpecs[type];
    const tables = documentSpecs[type].tables.national;
    const { readDocuments, writeResults, pendingKeys } = statementsFor(
      documentSpecs[type],
      profiles.national,
    );
    for (const name of Object.keys(header)) {
      assertStringIncludes(readDocuments, `h.[${tables.columns[name]}]`);
      assertStringIncludes(readDocuments, `AS [${name}]`);
    }
    for (const name of Object.keys(tables.details.columns)) {
      assertStringIncludes(readDocuments, `d.[${tables.details.columns[name]}]`);
    }
    assertStringIncludes(pendingKeys, `FROM [${tables.header}] AS h`);
    for (const column of [tables.status, tables.nationalCode, tables.message, tables.updatedAt]) {
      assertStringIncludes(writeResults, `h.[${column}] = `);
    }
  }
});

Deno.test("dates and numbers leave SQL Server as text, in styles without a time zone", () => {
  const { readDocuments } = statementsFor(documentSpecs.phieu_nhap, profiles.national);
  assertStringIncludes(readDocuments, "CONVERT(nvarchar(33), h.[receipt_date], 126) AS [ngay_nhap]");
  assertStringIncludes(readDocuments, "CONVERT(nvarchar(33), d.[expiry_date], 126) AS [han_dung]");
  assertStringIncludes(readDocuments, "CONVERT(nvarchar(40), d.[quantity]) AS [so_luong]");
  assertStringIncludes(readDocuments, "CONVERT(nvarchar(20), h.[receipt_type]) AS [loai_phieu_nhap]");
  assertStringIncludes(readDocuments, "  h.[supplier_name] AS [ten_co_so_cung_cap]");
});

Deno.test("a result without a national code leaves the one that the row has", () => {
  const { writeResults } = statementsFor(documentSpecs.hoa_don, profiles.national);
  assertStringIncludes(
    writeResults,
    "h.[national_invoice_id] = COALESCE(r.[national_code], h.[national_invoice_id])",
  );
});

Deno.test("a row is written back by nothing but status, national code, message and time", () => {
  for (const type of documentTypes) {
    const { writeResults } = statementsFor(documentSpecs[type], profiles.national);
    const [, assignments = ""] = /SET\n([^]*?)\nFROM/.exec(writeResults) ?? [];
    assertEquals(assignments.split(",\n").length, 4, assignments);
  }
});

Deno.test("fill() drops comment lines only, and names a variable without a value", () => {
  const text = "-- a comment with $(unknown)\nSELECT $(a) -- kept\n-- another\nFROM $(b_2);";
  assertEquals(fill(text, { a: "[x]", b_2: "t" }), "SELECT [x] -- kept\nFROM t;");
  assertThrows(() => fill("SELECT $(mystery)", { a: "1" }), RangeError, "$(mystery)");
});

Deno.test("property: fill() puts in what it is given, letter for letter", () => {
  fc.assert(fc.property(fc.string(), (value) => {
    assertEquals(fill("a $(x) b $(x);", { x: value }), `a ${value} b ${value};`);
  }));
});

Deno.test("brackets in a name of the pharmacy's are doubled, and a schema is quoted for itself", () => {
  const spec = documentSpecs.phieu_xuat;
  const tables = { ...spec.tables.national, header: "kho.Phieu]; DROP", status: "tình trạng" };
  const { pendingKeys } = statementsFor(spec, withTables({ phieu_xuat: tables }));
  assertStringIncludes(pendingKeys, "FROM [kho].[Phieu]]; DROP] AS h");
  assertStringIncludes(pendingKeys, "WHERE h.[tình trạng] = @pending");
});

Deno.test("a text key is compared in the database's collation, a number is not", () => {
  const byText: Profile = { ...profiles.national, keyType: "nvarchar(50)" };
  const collated = statementsFor(documentSpecs.hoa_don, byText);
  assertStringIncludes(collated.writeResults, "h.[id] = r.[key] COLLATE DATABASE_DEFAULT");
  assertStringIncludes(collated.readDocuments, "[key] nvarchar(50) '$'");
  assert(!statementsFor(documentSpecs.hoa_don, profiles.national).writeResults.includes("COLLATE"));
});

Deno.test("a field that must be sent is refused by name when it has no column and no constant", () => {
  const spec = documentSpecs.hoa_don;
  const { ma_hoa_don: _, ...columns } = spec.tables.national.columns;
  const national = { ...spec.tables.national, columns };
  assertThrows(
    () => statementsFor(spec, withTables({ hoa_don: national })),
    RangeError,
    "ma_hoa_don",
  );
});

Deno.test("a constant stands for a column that the table does not have, with its quotes doubled", () => {
  const spec = documentSpecs.hoa_don;
  const { ma_co_so: _, ...columns } = spec.tables.national.columns;
  const hoa_don = { ...spec.tables.national, columns, constants: { ma_co_so: "CS'1" } };
  assertStringIncludes(statementsFor(spec, withTables({ hoa_don })).readDocuments, "N'CS''1' AS [ma_co_so]");
});

Deno.test("an extra condition narrows what is found and what is read", () => {
  const hoa_don = { ...documentSpecs.hoa_don.tables.national, where: "h.[branch] = 7" };
  const { pendingKeys, readDocuments } = statementsFor(documentSpecs.hoa_don, withTables({ hoa_don }));
  assertStringIncludes(pendingKeys, "AND (h.[branch] = 7)");
  assertStringIncludes(readDocuments, "AND (h.[branch] = 7)");
});

Deno.test("the profile phieu writes the code of an invoice into its message, and no column that it does not have", () => {
  const { writeResults } = statementsFor(documentSpecs.hoa_don, profiles.phieu);
  assertStringIncludes(writeResults, "h.[note_log] = CASE WHEN r.[national_code] IS NULL");
  assert(!writeResults.includes("GETDATE"));
  assertStringIncludes(
    statementsFor(documentSpecs.phieu_nhap, profiles.phieu).writeResults,
    "[ma_phieu_nhap_quoc_gia]",
  );
});

/** The profile national with other tables for some types. */
function withTables(tables: Partial<Profile["tables"]>): Profile {
  return { ...profiles.national, tables: { ...profiles.national.tables, ...tables } };
}
