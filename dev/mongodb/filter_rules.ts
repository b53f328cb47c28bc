// Which query operators the stand-in takes, and in which shape. mingo would pass over some mistakes in
// silence (an unknown `$type`, `$in` without a list); here each is refused with the real server's error.

import { BSONRegExp, DBRef } from "bson";
import { badValue, notSupported } from "./errors.ts";
import { type Doc, isPlain, typeName } from "./values.ts";
import { regexOf } from "./views.ts";

/** @throws CommandFailure (2 or 9420) naming what is wrong. */
export function checkFilter(filter: Doc): void {
  for (const [key, value] of Object.entries(filter)) {
    if (key === "$comment") continue;
    if (key === "$and" || key === "$or" || key === "$nor") checkList(key, value);
    else if (key === "$expr") checkExpression(value);
    else if (["$where", "$text", "$jsonSchema"].includes(key)) throw notSupported(key);
    else if (key.startsWith("$")) throw badValue(`unknown top level operator: ${key}`);
    else checkCondition(value);
  }
}

/** @throws CommandFailure for code to run, anywhere in an aggregation expression. */
export function checkExpression(expression: unknown): void {
  if (Array.isArray(expression)) return expression.forEach(checkExpression);
  if (!isPlain(expression)) return;
  for (const [key, value] of Object.entries(expression)) {
    if (key === "$function" || key === "$accumulator" || key === "$where") throw notSupported(key);
    if (key !== "$literal") checkExpression(value);
  }
}

function checkList(operator: string, value: unknown): void {
  if (!Array.isArray(value)) throw badValue(`${operator} must be an array`);
  if (value.length === 0) throw badValue(`${operator} must be a nonempty array`);
  for (const part of value) {
    if (!isPlain(part)) throw badValue(`${operator} entries need to be full objects`);
    checkFilter(part);
  }
}

function checkCondition(value: unknown): void {
  if (value instanceof DBRef) throw notSupported("a query for a DBRef");
  if (value instanceof BSONRegExp) return checkRegex(value.pattern, value.options);
  if (!isPlain(value)) return;
  const keys = Object.keys(value);
  if (!keys.some((key) => key.startsWith("$"))) return;
  for (const key of keys) checkOperator(key, value[key], value);
}

type Rule = (operand: unknown, condition: Doc) => void;

const rules: Readonly<Record<string, Rule>> = {
  $eq: anything,
  $ne: notRegex("$ne"),
  $gt: notRegex("$gt"),
  $gte: notRegex("$gte"),
  $lt: notRegex("$lt"),
  $lte: notRegex("$lte"),
  $in: (operand) => checkValues("$in", operand),
  $nin: (operand) => checkValues("$nin", operand),
  $all: (operand) => list("$all", operand),
  $exists: anything,
  $size: (operand) => needs("$size", "a non-negative integer", isCount(operand)),
  $mod: (operand) => needs("$mod", "an array of two numbers", isPair(operand)),
  $not: checkNot,
  $type: checkType,
  $elemMatch: checkElemMatch,
  $regex: (operand, condition) => checkRegexOperand(operand, condition["$options"]),
  $options: (_, condition) => needs("$options", "a $regex", Object.hasOwn(condition, "$regex")),
  $bitsAllClear: anything,
  $bitsAllSet: anything,
  $bitsAnyClear: anything,
  $bitsAnySet: anything,
};

function checkOperator(operator: string, operand: unknown, condition: Doc): void {
  const rule = Object.hasOwn(rules, operator) ? rules[operator] : undefined;
  if (rule) return rule(operand, condition);
  if (/^\$(geo|near|text|box|center|max|min)/i.test(operator)) throw notSupported(operator);
  throw badValue(`unknown operator: ${operator}`);
}

function anything(): void {}

function notRegex(operator: string): Rule {
  return (operand) => {
    if (operand instanceof BSONRegExp) {
      throw badValue(`Can't have RegEx as arg to predicate over field with ${operator}.`);
    }
  };
}

function needs(operator: string, what: string, given: boolean): void {
  if (!given) throw badValue(`${operator} needs ${what}`);
}

function list(operator: string, operand: unknown): unknown[] {
  if (!Array.isArray(operand)) throw badValue(`${operator} needs an array`);
  return operand;
}

function checkValues(operator: string, operand: unknown): void {
  for (const value of list(operator, operand)) {
    if (value instanceof BSONRegExp) checkRegex(value.pattern, value.options);
    if (isPlain(value) && Object.keys(value)[0]?.startsWith("$")) {
      throw badValue(`cannot nest $ under ${operator}`);
    }
  }
}

function checkNot(operand: unknown): void {
  if (!(operand instanceof BSONRegExp) && !isPlain(operand)) {
    throw badValue("$not needs a regex or a document");
  }
  if (isPlain(operand) && !Object.keys(operand)[0]?.startsWith("$")) throw badValue("$not needs an operator");
  checkCondition(operand);
}

function checkElemMatch(operand: unknown): void {
  if (!isPlain(operand)) throw badValue("$elemMatch needs an Object");
  const first = Object.keys(operand)[0] ?? "";
  if (first.startsWith("$") && !["$and", "$or", "$nor"].includes(first)) checkCondition(operand);
  else checkFilter(operand);
}

/** The types that a view still tells apart. */
const knownTypes = ["string", "object", "array", "bool", "date", "null", "regex", "number"];
const knownTypeNumbers = [2, 3, 4, 8, 9, 10, 11];

function checkType(operand: unknown): void {
  for (const type of Array.isArray(operand) ? operand : [operand]) {
    const known = typeof type === "number"
      ? knownTypeNumbers.includes(type)
      : knownTypes.includes(String(type));
    if (!known) throw notSupported(`$type ${String(type)}`);
  }
}

function checkRegexOperand(operand: unknown, options: unknown): void {
  if (options !== undefined && typeof options !== "string") throw badValue("$options has to be a string");
  if (operand instanceof BSONRegExp) return checkRegex(operand.pattern, options ?? operand.options);
  if (typeof operand !== "string") throw badValue(`$regex has to be a string, not ${typeName(operand)}`);
  checkRegex(operand, options ?? "");
}

function checkRegex(pattern: string, options: string): void {
  const works = /^[imsu]*$/.test(options) && regexOf(new BSONRegExp(pattern, options));
  if (!works) throw notSupported(`the regular expression /${pattern}/${options}`);
}

function isCount(operand: unknown): boolean {
  return typeof operand === "number" && Number.isInteger(operand) && operand >= 0;
}

function isPair(operand: unknown): boolean {
  return Array.isArray(operand) && operand.length === 2 && operand.every((each) => typeof each === "number");
}
