// Whether a column's type will do for what Hermes uses it for, and whether comparing it with a parameter keeps its index usable. Pure.
import type { ExpectedColumn } from "./expected.ts";
import type { Severity } from "./finding.ts";
import type { ColumnFacts } from "./read_sqlserver.ts";

/** Something about a column's type: null where there is nothing to say. */
export type Verdict = { severity: Severity; name: string; en: string; vi: string } | null;

const wholeNumbers = /^(bigint|int|smallint|tinyint)$/;
const exactNumbers = /^(decimal|numeric)$/;
const dates = /^(date|datetime|datetime2|smalldatetime|datetimeoffset)$/;
const texts = /^n?varchar$/;

/** The type as T-SQL writes it: nvarchar(50), decimal(18,2). */
export function typeText({ type, length, precision, scale }: ColumnFacts): string {
  if (/char$|binary$/.test(type)) return `${type}(${length === -1 ? "max" : length})`;
  return exactNumbers.test(type) ? `${type}(${precision},${scale})` : type;
}

/** Whether values of the column arrive whole. */
export function typeVerdict(expected: ExpectedColumn, column: ColumnFacts): Verdict {
  const { type } = column;
  switch (expected.use) {
    case "order":
      return null;
    case "text":
      return textVerdict(column);
    case "date":
      return dates.test(type) ? null : wrong("a date", "ngày");
    case "decimal":
      return decimalVerdict(column);
    case "integer":
      return isWhole(column) ? null : wrong("a whole number", "số nguyên");
    case "key":
    case "status":
      return isText(expected.comparedWith)
        ? textVerdict(column)
        : isWhole(column)
        ? null
        : wrong("a whole number", "số nguyên");
  }
}

/** Whether what is written, or was meant to be read, fits. */
export function lengthVerdict(
  expected: ExpectedColumn,
  column: ColumnFacts,
  statusLengthMin: number,
): Verdict {
  if (!texts.test(column.type) || column.length === -1) return null;
  const needed = expected.use === "status" ? statusLengthMin : lengthOf(expected.declared);
  if (needed === null || (needed !== -1 && column.length >= needed)) return null;
  const en = `holds ${column.length} characters, ${needed === -1 ? "MAX" : needed} are needed`;
  if (expected.written) {
    return {
      severity: "error",
      name: "column_too_short",
      en: `${en}: a longer result is never written back, and its document waits for ever`,
      vi: `cột chỉ chứa ${column.length} ký tự nên kết quả dài hơn không ghi lại được`,
    };
  }
  return {
    severity: "info",
    name: "column_shorter",
    en: `${en} by the schema: longer values cannot have been stored whole`,
    vi: `cột ngắn hơn chuẩn (${column.length} ký tự), dữ liệu dài có thể đã bị cắt`,
  };
}

/** VARCHAR holds Vietnamese only with a Vietnamese (or UTF-8) collation. */
export function vietnameseVerdict(expected: ExpectedColumn, column: ColumnFacts): Verdict {
  const meantUnicode = expected.declared?.startsWith("nvarchar") ?? false;
  if (!meantUnicode || !/^(var)?char$/.test(column.type)) return null;
  if (/^Vietnamese|UTF8/i.test(column.collation ?? "")) return null;
  return {
    severity: "warning",
    name: "column_loses_vietnamese",
    en: `${
      typeText(column)
    } with collation ${column.collation} cannot hold all Vietnamese letters: they are stored as "?"`,
    vi: `cột kiểu ${typeText(column)}, collation ${column.collation} không chứa được chữ tiếng Việt có dấu`,
  };
}

/**
 * What SQL Server converts when the column is compared with its parameter. The type of lower precedence is converted: a VARCHAR column
 * against an NVARCHAR parameter is converted row by row, and its index is not sought in; the other way round only the parameter is.
 */
export function conversionVerdict(expected: ExpectedColumn, column: ColumnFacts): Verdict {
  const parameter = expected.comparedWith;
  if (parameter === null || !isText(parameter)) return null;
  const columnWide = /^n(var)?char$/.test(column.type);
  const parameterWide = parameter.startsWith("n");
  if (!/char$/.test(column.type) || columnWide === parameterWide) return null;
  if (columnWide) {
    return {
      severity: "info",
      name: "conversion_harmless",
      en: `is ${
        typeText(column)
      } and compared with ${parameter}: the parameter is converted, an index stays usable`,
      vi: `kiểu ${
        typeText(column)
      } so sánh với ${parameter}: chỉ tham số bị chuyển kiểu, vẫn dùng được chỉ mục`,
    };
  }
  return {
    severity: "warning",
    name: "conversion_scan",
    en: `is ${
      typeText(column)
    } and compared with ${parameter}: every row is converted, an index on it is not sought in`,
    vi: `kiểu ${typeText(column)} so sánh với ${parameter}: mọi dòng bị chuyển kiểu, không dùng được chỉ mục`,
  };
}

function textVerdict({ type }: ColumnFacts): Verdict {
  if (texts.test(type)) return null;
  if (/^n?char$/.test(type)) {
    return {
      severity: "warning",
      name: "column_padded",
      en: `is ${type}, filled up with blanks: values are compared and sent with them`,
      vi: `kiểu ${type} có khoảng trắng thừa ở cuối giá trị`,
    };
  }
  if (/^n?text$/.test(type) || isWhole({ type, scale: 0 }) || type === "uniqueidentifier") {
    return {
      severity: "warning",
      name: "column_type_unusual",
      en: `is ${type}, not text: it is sent as text, but cannot be searched for by every value`,
      vi: `kiểu ${type} thay vì chuỗi: vẫn gửi được nhưng tìm theo giá trị có thể lỗi`,
    };
  }
  return wrong("text", "chuỗi");
}

function decimalVerdict(column: ColumnFacts): Verdict {
  if (exactNumbers.test(column.type) || wholeNumbers.test(column.type)) return null;
  if (/money$/.test(column.type)) {
    return {
      severity: "warning",
      name: "column_loses_digits",
      en: `is ${column.type}: of its four decimal places two are sent`,
      vi: `kiểu ${column.type}: chỉ gửi được hai chữ số thập phân`,
    };
  }
  return wrong("an exact number", "số thập phân chính xác");
}

function wrong(en: string, vi: string): Verdict {
  return {
    severity: "error",
    name: "column_type_wrong",
    en: `${en} is needed: its documents are refused or go out wrong`,
    vi: `cần kiểu ${vi}: chứng từ sẽ bị từ chối hoặc gửi sai`,
  };
}

function isWhole({ type, scale }: Pick<ColumnFacts, "type" | "scale">): boolean {
  return wholeNumbers.test(type) || (exactNumbers.test(type) && scale === 0);
}

function isText(type: string | null): boolean {
  return type?.includes("char") ?? false;
}

/** Characters of a declared type: -1 for MAX, null for what is no text. */
function lengthOf(declared: string | null): number | null {
  const [, length] = /^n?varchar\((\d+|max)\)$/i.exec(declared ?? "") ?? [];
  return length === undefined ? null : length.toLowerCase() === "max" ? -1 : Number(length);
}
