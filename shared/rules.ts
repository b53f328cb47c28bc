// Step "compose", first half: holds a document to the partner's rules (partner-api), as zod schemas made of its fields.
// Messages are Vietnamese, for the pharmacist: field, rule and value.
import { z } from "zod";
import type { DocumentSpec } from "./documents/mod.ts";
import type { Field, Fields } from "./fields.ts";
import type { FieldValues } from "./document.ts";

/** A broken rule. */
export interface Problem {
  /** The API's field: `chi_tiet[2].so_lo`. */
  field: string;
  /** What is wrong, without the value: for the log, which holds no names. */
  rule: string;
  /** Field, rule and value in words for the pharmacist. */
  message: string;
}

/** Everything that the partner would refuse in this document; empty when it may be sent. */
export function findProblems(spec: DocumentSpec, header: FieldValues, lines: FieldValues[]): Problem[] {
  const problems = check(spec.header, header, "");
  for (const rule of spec.rules) {
    const wrong = rule.broken(header);
    if (wrong) problems.push(problem(rule.field, spec.header[rule.field]?.label ?? rule.field, wrong, ""));
  }
  if (lines.length === 0) {
    const rule = "chứng từ không có dòng hàng nào";
    problems.push({ field: spec.lines.name, rule, message: `${spec.lines.name}: ${rule}` });
  }
  lines.forEach((line, index) =>
    problems.push(...check(spec.lines.fields, line, `${spec.lines.name}[${index + 1}].`))
  );
  return problems;
}

function check(fields: Fields, values: FieldValues, path: string): Problem[] {
  const parsed = schemaOf(fields).safeParse(values);
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    return problem(name, fields[name]?.label ?? name, issue.message, path);
  });
}

function problem(name: string, label: string, wrong: string, path: string): Problem {
  const line = path.match(/\[(\d+)\]/)?.[1];
  const [rule = ""] = wrong.split(valueFollows);
  return { field: path + name, rule, message: `${line ? `Dòng ${line}, ` : ""}${label} (${name}): ${wrong}` };
}

/** Stands between a rule and the value that broke it. */
const valueFollows = ": đang là ";

const schemas = new WeakMap<Fields, z.ZodType>();

function schemaOf(fields: Fields): z.ZodType {
  const known = schemas.get(fields);
  if (known) return known;
  const schema = z.object(
    Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, rule(field)])),
  );
  schemas.set(fields, schema);
  return schema;
}

function rule(field: Field): z.ZodType {
  const present = z.string({ error: "bắt buộc, đang trống" }).check(({ value, issues }) => {
    const wrong = valueProblem(field, value);
    if (wrong) issues.push({ code: "custom", message: wrong, input: value });
  });
  return field.required ? present : present.nullish();
}

/** What is wrong with a value by its field's rule, in words for the pharmacist; null when nothing is. */
export function valueProblem(field: Field, value: string): string | null {
  return value.trim() === "" ? blank(field) : wrongValue(field, value);
}

function blank(field: Field): string | null {
  return field.required ? "bắt buộc, đang trống" : null;
}

function wrongValue(field: Field, value: string): string | null {
  if (field.maxLength !== undefined && value.length > field.maxLength) {
    return `dài ${value.length} ký tự, tối đa ${field.maxLength}${valueFollows}"${shorten(value)}"`;
  }
  if (field.oneOf && !field.oneOf.includes(value)) {
    return `phải là ${field.oneOf.join(" hoặc ")}${valueFollows}"${shorten(value)}"`;
  }
  if (field.kind === "date" && !isDate(value)) {
    return `không phải ngày hợp lệ${valueFollows}"${shorten(value)}"`;
  }
  if (field.kind === "decimal" && !/^-?(0|[1-9]\d*)(\.\d+)?$/.test(value)) {
    return `không phải số${valueFollows}"${shorten(value)}"`;
  }
  return null;
}

const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** ISO 8601 as SQL Server's style 126 prints it, a day that exists, four digits of year. */
function isDate(value: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})(T\d{2}:\d{2}:\d{2}(\.\d+)?)?$/.exec(value);
  if (!match) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const isLeapDay = month === 2 && day === 29 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return isLeapDay || (day >= 1 && day <= (daysOfMonth[month - 1] ?? 0));
}

function shorten(value: string): string {
  return value.length <= 40 ? value : `${value.slice(0, 40)}…`;
}
