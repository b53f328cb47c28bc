// Checks one body against the partner's contract, as strictly as partner-api allows. The reception (reception.ts)
// calls it for every document call; what it finds is counted as a breach of the contract.
import type { DocumentRules, FieldRule, Fields } from "./contract_fields.ts";

/** A JSON object whose values are not known yet. */
export type JsonObject = { readonly [field: string]: unknown };

/** The first breach found: the field's path, and the rule and value in Vietnamese, as the partner would say it. */
export interface Breach {
  readonly field: string;
  readonly rule: string;
}

/** Checks a parsed body. Returns the first breach, or undefined for a body that keeps the contract. */
export function findBreach(rules: DocumentRules, body: unknown): Breach | undefined {
  if (!isObject(body)) return { field: "body", rule: `phải là một đối tượng JSON${received(body)}` };
  return breachOfFields(rules.header, body, "", rules.lines) ??
    breachOfCondition(rules, body) ??
    breachOfLines(rules, body[rules.lines]);
}

/** The sentence of a refusal for this breach. */
export function breachMessage(breach: Breach): string {
  return `Dữ liệu không hợp lệ: trường ${breach.field} ${breach.rule}`;
}

/** Is this a JSON object, neither null nor an array? */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function breachOfLines(rules: DocumentRules, lines: unknown): Breach | undefined {
  if (lines === undefined) return { field: rules.lines, rule: "là bắt buộc" };
  if (!Array.isArray(lines)) return { field: rules.lines, rule: `phải là một mảng${received(lines)}` };
  if (lines.length === 0) return { field: rules.lines, rule: "phải có ít nhất một dòng" };
  for (let index = 0; index < lines.length; index++) {
    const line: unknown = lines[index];
    if (isObject(line) && keepsAll(rules.line, line)) continue;
    const path = `${rules.lines}[${index}]`;
    if (!isObject(line)) return { field: path, rule: `phải là một đối tượng JSON${received(line)}` };
    const breach = breachOfFields(rules.line, line, `${path}.`);
    if (breach !== undefined) return breach;
  }
  return undefined;
}

/**
 * The first field of an object that breaks its rule, or that the rules do not know. `prefix` leads to the object;
 * the field `besides` is not looked at.
 */
export function breachOfFields(
  fields: Fields,
  object: JsonObject,
  prefix: string,
  besides?: string,
): Breach | undefined {
  return keepsAll(fields, object, besides) ? undefined : firstBreach(fields, object, { prefix, besides });
}

/** Is there no breach? Nearly every body keeps the contract, and to see that is cheaper than to look for the first breach. */
function keepsAll(fields: Fields, object: JsonObject, besides?: string): boolean {
  let known = besides !== undefined && object[besides] !== undefined ? 1 : 0;
  // Not Object.entries: this runs for every line of every body, and makes no array for it.
  for (const name in fields) {
    const rule = fields[name];
    const value = object[name];
    if (value !== undefined) known++;
    if (rule !== undefined && brokenRule(rule, value) !== undefined) return false;
  }
  return known === Object.keys(object).length;
}

function firstBreach(
  fields: Fields,
  object: JsonObject,
  { prefix, besides }: { prefix: string; besides: string | undefined },
): Breach | undefined {
  for (const name of Object.keys(object)) {
    if (!Object.hasOwn(fields, name) && name !== besides) {
      return { field: prefix + name, rule: "không có trong đặc tả" };
    }
  }
  for (const [name, rule] of Object.entries(fields)) {
    const broken = brokenRule(rule, object[name]);
    if (broken !== undefined) return { field: prefix + name, rule: broken };
  }
  return undefined;
}

function breachOfCondition(rules: DocumentRules, body: JsonObject): Breach | undefined {
  const condition = rules.condition;
  if (condition === undefined || body[condition.when] !== condition.is) return undefined;
  const value = body[condition.then];
  if (typeof value === "string" && !isBlank(value)) return undefined;
  return { field: condition.then, rule: `là bắt buộc khi ${condition.when} = ${condition.is}` };
}

function brokenRule(rule: FieldRule, value: unknown): string | undefined {
  if (value === undefined) return rule.required ? "là bắt buộc" : undefined;
  switch (rule.kind) {
    case "text":
      return brokenText(value, rule.max, rule.required);
    case "date":
      return brokenDate(value, rule.iso);
    case "number":
      return Number.isFinite(value) ? undefined : `phải là số${received(value)}`;
    case "choice":
      if (typeof value === "number" && rule.values.includes(value)) return undefined;
      return `phải là số, một trong ${rule.values.join(", ")}${received(value)}`;
  }
}

function brokenText(value: unknown, max: number, required: boolean): string | undefined {
  if (typeof value !== "string") return `phải là chuỗi${received(value)}`;
  if (required && isBlank(value)) return "không được để trống";
  if (value.length > max) return `dài tối đa ${max} ký tự (nhận được ${value.length} ký tự)`;
  return undefined;
}

function isBlank(value: string): boolean {
  const first = value.charCodeAt(0);
  // Nearly every value begins with a letter or a digit, and need not be trimmed to know.
  return !(first > 0x20 && first < 0x7f) && value.trim() === "";
}

function brokenDate(value: unknown, iso: boolean): string | undefined {
  const isDate = typeof value === "string" && (iso ? isIsoDate(value) : isCompactDate(value));
  if (isDate) return undefined;
  return `phải là chuỗi ngày có thật dạng ${iso ? "yyyy-MM-dd[THH:mm:ss]" : "yyyyMMdd"}${received(value)}`;
}

const isoDate =
  /^\d{4}-\d\d-\d\d(?:T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,7})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?)?$/;

function isCompactDate(value: string): boolean {
  return value.length === 8 && isCalendarDate(wholeNumber(value));
}

function isIsoDate(value: string): boolean {
  return isoDate.test(value) && isCalendarDate(Number(value.slice(0, 10).replaceAll("-", "")));
}

/** The number that the digits say; NaN for anything else. */
function wholeNumber(digits: string): number {
  let number = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = digits.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return NaN;
    number = 10 * number + digit;
  }
  return number;
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** Is there such a day? `date` has the digits yyyyMMdd. */
function isCalendarDate(date: number): boolean {
  const [year, month, day] = [Math.floor(date / 10_000), Math.floor(date / 100) % 100, date % 100];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = isLeap && month === 2 ? 29 : DAYS[month - 1] ?? 0;
  return year >= 1 && day >= 1 && day <= days;
}

/** The offending value, cut short: a body can be megabytes long. */
function received(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return ` (nhận được ${text.length > 60 ? `${text.slice(0, 60)}…` : text})`;
}
