// Our rules against those of the partner (partner-api), field by field: what is missing, too long, no date, no number, no choice.
// The table of fields is the simulated partner's, which was written apart from the product's.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { type FieldRule, gatewayContract, nationalContract } from "../../dev/partner/contract_fields.ts";
import { documentSpecs } from "../../shared/documents/mod.ts";
import type { DocumentType, FieldValues, SourceDocument } from "../../shared/document.ts";
import { documentTypes } from "../../shared/document.ts";
import { findProblems, type Problem } from "../../shared/rules.ts";
import { anyType, goodDocument, validDocument } from "../support/documents.ts";

interface Place {
  type: DocumentType;
  where: "header" | "line";
  name: string;
  rule: FieldRule;
  /** As a problem names it. */
  path: string;
}

const places: Place[] = documentTypes.flatMap((type) => {
  const { header, line, lines } = nationalContract[type];
  return [
    ...Object.entries(header).map(([name, rule]) => ({
      type,
      where: "header" as const,
      name,
      rule,
      path: name,
    })),
    ...Object.entries(line).map(([name, rule]) => ({
      type,
      where: "line" as const,
      name,
      rule,
      path: `${lines}[1].${name}`,
    })),
  ];
});

function problemsOf(type: DocumentType, { header, lines }: SourceDocument): Problem[] {
  return findProblems(documentSpecs[type], header, lines);
}

/** The problems of a good document in which one field has another value. */
function problemsWith({ type, where, name }: Place, value: string | null): Problem[] {
  return problemsOf(type, goodDocument(type, { [where]: { [name]: value } }));
}

/** The one problem there is, about this place. */
function onlyProblem(place: Place, value: string | null): Problem {
  const problems = problemsWith(place, value);
  assertEquals(problems.map(({ field }) => field), [place.path], `${place.path} = ${value}`);
  return problems[0]!;
}

const labelOf = ({ type, where, name }: Place) =>
  (where === "header" ? documentSpecs[type].header : documentSpecs[type].lines.fields)[name]!.label;

Deno.test("the rules know exactly the fields that partner-api has in each dialect, and which of them are required", () => {
  const contracts = { national: nationalContract, gateway: gatewayContract };
  for (const dialect of ["national", "gateway"] as const) {
    const contract = contracts[dialect];
    for (const type of documentTypes) {
      const { header, lines, names } = documentSpecs[type];
      const [ours, theirs] = [names[dialect], contract[type]];
      assertEquals(ours.lines, theirs.lines);
      const parts = [[header, ours.header, theirs.header], [lines.fields, ours.line, theirs.line]] as const;
      for (const [fields, apiNames, theirFields] of parts) {
        assertEquals(
          Object.values(apiNames).toSorted(),
          Object.keys(theirFields).toSorted(),
          `${dialect} ${type}`,
        );
        for (const [name, apiName] of Object.entries(apiNames)) {
          assertEquals(fields[name]!.required, theirFields[apiName]!.required, `${dialect} ${type} ${name}`);
        }
      }
    }
  }
});

Deno.test("a required field that is missing, null, empty or blank is refused by name", () => {
  const required = places.filter(({ rule }) => rule.required);
  assertEquals(required.length, 14 + 11 + 13);
  for (const place of required) {
    for (const value of [null, "", "   ", "\t\n"]) {
      const { rule, message } = onlyProblem(place, value);
      assertEquals(rule, "bắt buộc, đang trống");
      assertStringIncludes(message, `${labelOf(place)} (${place.name}): bắt buộc, đang trống`);
    }
    const absent = goodDocument(place.type);
    delete (place.where === "header" ? absent.header : absent.lines[0]!)[place.name];
    assertEquals(problemsOf(place.type, absent).map(({ field }) => field), [place.path]);
  }
});

Deno.test("an optional field may be missing, null, empty or blank, whatever its kind", () => {
  const optional = places.filter(({ rule, name }) => !rule.required && name !== "ten_co_so_cung_cap");
  assert(optional.length >= 8);
  for (const place of optional) {
    for (const value of [null, "", "   "]) assertEquals(problemsWith(place, value), [], place.path);
    const absent = goodDocument(place.type);
    delete (place.where === "header" ? absent.header : absent.lines[0]!)[place.name];
    assertEquals(problemsOf(place.type, absent), []);
  }
});

Deno.test("a text as long as the partner takes it passes, and one that is one longer is refused with both lengths", () => {
  for (const place of places) {
    if (place.rule.kind !== "text" || place.rule.max === Infinity) continue;
    const { max } = place.rule;
    assertEquals(problemsWith(place, "ệ".repeat(max)), [], place.path);
    const { message, rule } = onlyProblem(place, "x".repeat(max + 1));
    assertEquals(rule, `dài ${max + 1} ký tự, tối đa ${max}`);
    assertStringIncludes(message, `đang là "xxxx`);
  }
});

Deno.test("a dosage may be as long as it likes", () => {
  const place = places.find(({ name }) => name === "lieu_dung")!;
  assertEquals(problemsWith(place, "uống ".repeat(20_000)), []);
});

Deno.test("length is counted in UTF-16 units, as SQL Server and .NET do", () => {
  const place = places.find(({ name }) => name === "so_lo")!;
  assertEquals(problemsWith(place, "💊".repeat(25)), []);
  assertEquals(onlyProblem(place, "💊".repeat(25) + "x").rule, "dài 51 ký tự, tối đa 50");
});

Deno.test("a long value is cut short in the message", () => {
  const { message } = onlyProblem(places.find(({ name }) => name === "ten_thuoc")!, "y".repeat(5000));
  assert(message.length < 200, message);
});

Deno.test("a date is a day that exists, as SQL Server prints it, with or without a time", () => {
  const dates = places.filter(({ rule }) => rule.kind === "date");
  assertEquals(dates.length, 3 + 3 + 2);
  const good = ["2026-11-22", "2028-02-29", "2000-02-29T00:00:00", "2026-12-31T23:59:59.997"];
  const bad = [
    ...["2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-01-00"],
    ...[
      "22/11/2026",
      "20261122",
      "26-11-22",
      "2026-1-2",
      "2026-11-22Z",
      " 2026-11-22",
      "hôm nay",
      "99999-01-01",
    ],
  ];
  for (const place of dates) {
    for (const value of good) assertEquals(problemsWith(place, value), [], `${place.path} ${value}`);
    for (const value of bad) {
      const { rule, message } = onlyProblem(place, value);
      assertEquals(rule, "không phải ngày hợp lệ");
      assertStringIncludes(message, `"${value}"`);
    }
  }
});

Deno.test("a number is decimal digits as JSON writes them, nothing else", () => {
  const numbers = places.filter(({ rule }) => rule.kind === "number");
  assertEquals(numbers.length, 4 + 2 + 2);
  const good = ["0", "0.00", "12.50", "-3.25", "9007199254740993.25", "0.0001"];
  const bad = [
    "abc",
    "12,50",
    "1.234.567",
    "1e5",
    "NaN",
    "Infinity",
    "+5",
    ".5",
    "5.",
    "007",
    "0x10",
    "1 000",
    "--1",
  ];
  for (const place of numbers) {
    for (const value of good) assertEquals(problemsWith(place, value), [], `${place.path} ${value}`);
    for (const value of bad) assertEquals(onlyProblem(place, value).rule, "không phải số");
  }
});

Deno.test("a receipt is of type 1, 2 or 3, an issue slip of type 2 or 3, and nothing else", () => {
  const choices: Record<string, string[]> = {
    loai_phieu_nhap: ["1", "2", "3"],
    loai_phieu_xuat: ["2", "3"],
  };
  for (const place of places.filter(({ rule }) => rule.kind === "choice")) {
    const allowed = choices[place.name]!;
    for (const value of allowed) assertEquals(problemsWith(place, value), [], `${place.name} ${value}`);
    for (const value of ["0", "1", "4", "-1", "12", "02", "2.0", "hai"].filter((v) => !allowed.includes(v))) {
      const { rule, message } = onlyProblem(place, value);
      assertEquals(rule, `phải là ${allowed.join(" hoặc ")}`);
      assertStringIncludes(message, `đang là "${value}"`);
    }
  }
});

Deno.test("a receipt of type 1 needs its supplier; types 2 and 3 do not", () => {
  const withSupplier = (type: string, supplier: string | null) =>
    problemsOf(
      "phieu_nhap",
      goodDocument("phieu_nhap", { header: { loai_phieu_nhap: type, ten_co_so_cung_cap: supplier } }),
    );
  for (const blank of [null, "", "  "]) {
    const [problem, ...more] = withSupplier("1", blank);
    assertEquals([problem?.field, more.length], ["ten_co_so_cung_cap", 0]);
    assertMatch(
      problem!.message,
      /Tên cơ sở cung cấp \(ten_co_so_cung_cap\): bắt buộc khi loại phiếu nhập là 1/,
    );
    assertEquals(withSupplier("2", blank), []);
    assertEquals(withSupplier("3", blank), []);
  }
});

Deno.test("a document without lines is refused by the name of its lines", () => {
  for (const type of documentTypes) {
    const { field, rule, message } = problemsOf(type, { ...goodDocument(type), lines: [] })[0]!;
    assertEquals(field, nationalContract[type].lines);
    assertEquals(message, `${field}: ${rule}`);
    assertStringIncludes(rule, "không có dòng hàng nào");
  }
});

Deno.test("all problems are told in one go, those of a line with its number", () => {
  const document = goodDocument("phieu_xuat", { header: { ghi_chu: null, loai_phieu_xuat: "1" } });
  const line = document.lines[0]!;
  document.lines = [line, { ...line, so_lo: "" }, { ...line, don_gia: "x", han_dung: "2026-02-30" }];
  const problems = problemsOf("phieu_xuat", document);
  assertEquals(problems.map(({ field }) => field).toSorted(), [
    "chi_tiet[2].so_lo",
    "chi_tiet[3].don_gia",
    "chi_tiet[3].han_dung",
    "ghi_chu",
    "loai_phieu_xuat",
  ]);
  const ofLine3 = problems.find(({ field }) => field === "chi_tiet[3].don_gia")!;
  assertEquals(ofLine3.message, `Dòng 3, Đơn giá (don_gia): không phải số: đang là "x"`);
});

Deno.test("a problem's rule, which goes into the log, never holds the value", () => {
  const name = "Nguyễn Thị Ánh Nguyệt ".repeat(5);
  const place = places.find(({ name }) => name === "ho_ten_khach_hang")!;
  const { rule, message } = onlyProblem(place, name);
  assert(!rule.includes("Nguyệt"), rule);
  assertStringIncludes(message, "Nguyễn Thị Ánh Nguyệt");
});

Deno.test("property: a document that keeps the partner's rules has no problems", () => {
  for (const type of documentTypes) {
    fc.assert(fc.property(validDocument(type), (document) => assertEquals(problemsOf(type, document), [])), {
      numRuns: 60,
    });
  }
});

/** Values that break a rule of this kind. */
function breaking(rule: FieldRule): fc.Arbitrary<string | null> {
  const missing = rule.required ? [fc.constantFrom<string | null>(null, "", " ")] : [];
  switch (rule.kind) {
    case "text":
      return rule.max === Infinity
        ? missing[0]!
        : fc.oneof(fc.integer({ min: 1, max: 300 }).map((more) => "ư".repeat(rule.max + more)), ...missing);
    case "date":
      return fc.oneof(
        fc.string({ minLength: 1 }).filter((text) => text.trim() !== "" && !/^\d{4}-/.test(text)),
        ...missing,
      );
    case "number":
      return fc.oneof(
        fc.string({ minLength: 1 }).filter((text) => text.trim() !== "" && !/^-?\d+(\.\d+)?$/.test(text)),
        ...missing,
      );
    case "choice":
      return fc.oneof(
        fc.integer().filter((value) => !rule.values.includes(value)).map(String),
        ...missing,
      );
  }
}

const brokenDocument = anyType.chain((type) =>
  fc.constantFrom(...places.filter((place) => place.type === type)).filter(({ rule }) =>
    rule.required || (rule.kind === "text" ? rule.max !== Infinity : true)
  ).chain((place) =>
    fc.record({ place: fc.constant(place), value: breaking(place.rule), document: validDocument(type) })
  )
);

Deno.test("property: one broken field in an otherwise good document is the one problem, by its name", () => {
  fc.assert(
    fc.property(brokenDocument, ({ place, value, document }) => {
      const broken: FieldValues = { [place.name]: value };
      if (place.where === "header") document.header = { ...document.header, ...broken };
      else document.lines = [{ ...document.lines[0], ...broken }, ...document.lines.slice(1)];
      assertEquals(problemsOf(place.type, document).map(({ field }) => field), [place.path]);
    }),
    { numRuns: 300 },
  );
});
