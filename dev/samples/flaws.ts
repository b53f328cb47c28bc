// Spoils a sample document in one way, as real databases are spoilt. The first six ways break a rule of partner-api
// that is checked before sending; `unknown_drug` is refused by the simulated partner.
import type { Flaw, SampleRows } from "./rows.ts";

const LONG_NOTE = "Ghi chú dài: hàng giao nhiều đợt, kiểm đếm từng thùng, đối chiếu hoá đơn. ".repeat(8)
  .trim();

/** A document without lines counts as complete once it is ten minutes old; design, Scan. */
const NO_LINES_MINUTES_AGO = 11;

/** The same document with one flaw. Throws a RangeError when the flaw does not go with the type. */
export function spoil(rows: SampleRows, flaw: Flaw): SampleRows {
  switch (flaw) {
    case "unknown_drug":
      return withFirstLine(rows, (line) => ({ ...line, drug_code: `KHONG-CO-${line.drug_code.slice(-4)}` }));
    case "drug_name_blank":
      return withFirstLine(rows, (line) => ({ ...line, drug_name: "   " }));
    case "no_lines":
      return withoutLines(rows);
    default:
      return withHeader(rows, flaw);
  }
}

function withHeader(
  rows: SampleRows,
  flaw: "supplier_missing" | "note_too_long" | "notes_empty" | "issue_type_1",
): SampleRows {
  if (rows.type === "phieu_nhap" && flaw === "supplier_missing") {
    return { ...rows, header: { ...rows.header, receipt_type: 1, supplier_name: null } };
  }
  if (rows.type === "phieu_nhap" && flaw === "note_too_long") {
    return { ...rows, header: { ...rows.header, notes: LONG_NOTE } };
  }
  if (rows.type === "phieu_xuat" && flaw === "notes_empty") {
    return { ...rows, header: { ...rows.header, notes: "" } };
  }
  if (rows.type === "phieu_xuat" && flaw === "issue_type_1") {
    return { ...rows, header: { ...rows.header, issue_type: 1 } };
  }
  throw new RangeError(`spoil a sample: the flaw ${flaw} does not go with ${rows.type}`);
}

function withFirstLine(
  rows: SampleRows,
  change: <T extends { drug_code: string }>(line: T) => T,
): SampleRows {
  switch (rows.type) {
    case "hoa_don":
      return { ...rows, lines: changeFirst(rows.lines, change) };
    case "phieu_nhap":
      return { ...rows, lines: changeFirst(rows.lines, change) };
    case "phieu_xuat":
      return { ...rows, lines: changeFirst(rows.lines, change) };
  }
}

function changeFirst<T>(lines: readonly T[], change: (line: T) => T): T[] {
  return lines.map((line, at) => at === 0 ? change(line) : line);
}

function withoutLines(rows: SampleRows): SampleRows {
  const created_minutes_ago = NO_LINES_MINUTES_AGO;
  switch (rows.type) {
    case "hoa_don":
      return { ...rows, header: { ...rows.header, created_minutes_ago }, lines: [] };
    case "phieu_nhap":
      return { ...rows, header: { ...rows.header, created_minutes_ago }, lines: [] };
    case "phieu_xuat":
      return { ...rows, header: { ...rows.header, created_minutes_ago }, lines: [] };
  }
}
