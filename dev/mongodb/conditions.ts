// The conditions that a query may put on one field, `{a: 5}` or `{a: {$gt: 5}}`, each as a test of what the
// field's path leads to: one leaf, or several through arrays; undefined stands for a missing field.

import { BSONRegExp, DBRef, MaxKey, MinKey } from "bson";
import { bracketOf, compareValues, equalValues, numeric } from "./compare.ts";
import { badValue, notSupported } from "./errors.ts";
import { isNumeric } from "./numbers.ts";
import { type Doc, isPlain, typeName } from "./values.ts";
import { regexOf } from "./views.ts";

/** Whether a field fulfils a condition, given its leaves. */
export type Condition = (leaves: readonly unknown[]) => boolean;

/** Compiles the query that the documents of an array must match. */
export type Matcher = (source: Doc) => (doc: Doc) => boolean;

/**
 * Compiles what stands beside a field in a query.
 * @throws CommandFailure (2 or 9420) naming the operator and what is wrong with it.
 */
export function conditionOf(value: unknown, matcher: Matcher): Condition {
  if (value instanceof BSONRegExp) return some(patternTest(value));
  if (value instanceof DBRef) throw notSupported("a query for a DBRef");
  if (!isPlain(value) || !Object.keys(value).some((key) => key.startsWith("$"))) return some(equals(value));
  const conditions = Object.entries(value).map(([operator, operand]) => {
    const compile = Object.hasOwn(operators, operator) ? operators[operator] : undefined;
    if (!compile) throw unknown(operator);
    return compile(operand, { operator, matcher, beside: value });
  });
  return (leaves) => conditions.every((condition) => condition(leaves));
}

/** Where an operator stands: its name, its neighbours, and how to compile a query inside it. */
interface Site {
  readonly operator: string;
  readonly beside: Doc;
  readonly matcher: Matcher;
}

type ValueTest = (value: unknown) => boolean;
type Compile = (operand: unknown, site: Site) => Condition;

const operators: Readonly<Record<string, Compile>> = {
  $eq: (operand) => some(operand instanceof BSONRegExp ? patternTest(operand) : equals(operand)),
  $ne: (operand, site) => not(some(equals(noPattern(operand, site)))),
  $gt: ordered((order) => order > 0),
  $gte: ordered((order) => order >= 0),
  $lt: ordered((order) => order < 0),
  $lte: ordered((order) => order <= 0),
  $in: (operand, site) => some(oneOf(operand, site)),
  $nin: (operand, site) => not(some(oneOf(operand, site))),
  $exists: (operand) => (leaves) => leaves.some((leaf) => leaf !== undefined) === isTrue(operand),
  $type: (operand) => some(typeTest(operand)),
  $regex: (operand, { beside }) => some(patternTest(operand, beside["$options"])),
  $options: (_, { beside }) => {
    if (!Object.hasOwn(beside, "$regex")) throw badValue("$options needs a $regex");
    return () => true;
  },
  $mod: (operand) => some(modTest(operand)),
  $size: sizeCondition,
  $all: allCondition,
  $elemMatch: elementCondition,
  $not: notCondition,
};

/** True when a leaf fulfils the test, or an item of a leaf that is an array. */
function some(test: ValueTest): Condition {
  return (leaves) => leaves.some((leaf) => (Array.isArray(leaf) && leaf.some(test)) || test(leaf));
}

function not(condition: Condition): Condition {
  return (leaves) => !condition(leaves);
}

function equals(operand: unknown): ValueTest {
  return (value) => equalValues(value, operand);
}

/** Only values of one kind are ordered by a query; with MinKey and MaxKey all are. */
function ordered(accept: (order: number) => boolean): Compile {
  return (operand, site) => {
    noPattern(operand, site);
    const isExtreme = operand instanceof MinKey || operand instanceof MaxKey;
    const bracket = bracketOf(operand);
    return some((value) =>
      (isExtreme || bracketOf(value) === bracket) && Number.isNaN(value) === Number.isNaN(operand) &&
      accept(compareValues(value, operand))
    );
  };
}

function noPattern(operand: unknown, { operator }: Site): unknown {
  if (!(operand instanceof BSONRegExp)) return operand;
  throw badValue(`Can't have RegEx as arg to predicate over field with ${operator}.`);
}

function oneOf(operand: unknown, site: Site): ValueTest {
  const tests = listOf(operand, site).map((value) => {
    if (isPlain(value) && Object.keys(value)[0]?.startsWith("$")) {
      throw badValue(`cannot nest $ under ${site.operator}`);
    }
    return value instanceof BSONRegExp ? patternTest(value) : equals(value);
  });
  return (value) => tests.some((test) => test(value));
}

function patternTest(operand: unknown, options?: unknown): ValueTest {
  if (options !== undefined && typeof options !== "string") throw badValue("$options has to be a string");
  const isPattern = operand instanceof BSONRegExp;
  if (!isPattern && typeof operand !== "string") {
    throw badValue(`$regex has to be a string, not ${typeName(operand)}`);
  }
  const pattern = isPattern ? operand.pattern : operand;
  const flags = options ?? (isPattern ? operand.options : "");
  const regex = regexOf({ pattern, options: flags });
  if (!regex) throw notSupported(`the regular expression /${pattern}/${flags}`);
  return (value) => typeof value === "string" && regex.test(value);
}

const typeNumbers: Readonly<Record<number, string>> = {
  [-1]: "minKey",
  1: "double",
  2: "string",
  3: "object",
  4: "array",
  5: "binData",
  7: "objectId",
  8: "bool",
  9: "date",
  10: "null",
  11: "regex",
  16: "int",
  17: "timestamp",
  18: "long",
  19: "decimal",
  127: "maxKey",
};
const typeNames = new Set([...Object.values(typeNumbers), "number"]);

function typeTest(operand: unknown): ValueTest {
  const wanted = (Array.isArray(operand) ? operand : [operand]).map((type: unknown) => {
    const name = typeof type === "number" ? typeNumbers[type] : type;
    if (typeof name === "string" && typeNames.has(name)) return name;
    throw badValue(`Unknown type name alias or number: ${String(type)}`);
  });
  return (value) => wanted.includes(typeName(value)) || (wanted.includes("number") && isNumeric(value));
}

function modTest(operand: unknown): ValueTest {
  const [divisor, remainder, ...more] = Array.isArray(operand)
    ? operand.map((each) => Math.trunc(Number(each)))
    : [];
  if (
    divisor === undefined || remainder === undefined || more.length > 0 || Number.isNaN(divisor + remainder)
  ) {
    throw badValue("malformed mod, needs to be an array of two numbers");
  }
  if (divisor === 0) throw badValue("divisor cannot be 0");
  return (value) => {
    if (!isNumeric(value)) return false;
    const number = numeric(value);
    if (typeof number === "bigint") return Number(number % BigInt(divisor)) === remainder;
    return Number.isFinite(number) && Math.trunc(number) % divisor === remainder;
  };
}

function sizeCondition(operand: unknown): Condition {
  const size = isNumeric(operand) ? Number(numeric(operand)) : NaN;
  if (!Number.isInteger(size) || size < 0) throw badValue("$size needs a non-negative integer");
  return (leaves) => leaves.some((leaf) => Array.isArray(leaf) && leaf.length === size);
}

function allCondition(operand: unknown, site: Site): Condition {
  const conditions = listOf(operand, site).map((value) => {
    const isElements = isPlain(value) && Object.hasOwn(value, "$elemMatch");
    if (!isElements) return some(oneOf([value], site));
    return elementCondition(value["$elemMatch"], site);
  });
  return (leaves) => conditions.length > 0 && conditions.every((condition) => condition(leaves));
}

/** One item of an array fulfils all of it: as a value when it begins with an operator, else as a document. */
function elementCondition(operand: unknown, { matcher }: Site): Condition {
  if (!isPlain(operand)) throw badValue("$elemMatch needs an Object");
  const first = Object.keys(operand)[0] ?? "";
  const isValues = first.startsWith("$") && !["$and", "$or", "$nor", "$expr"].includes(first);
  const test = isValues ? valueTest(conditionOf(operand, matcher)) : documentTest(matcher(operand));
  return (leaves) => leaves.some((leaf) => Array.isArray(leaf) && leaf.some(test));
}

function valueTest(condition: Condition): ValueTest {
  return (value) => condition([value]);
}

function documentTest(matches: (doc: Doc) => boolean): ValueTest {
  return (value) => isPlain(value) && matches(value);
}

function notCondition(operand: unknown, { matcher }: Site): Condition {
  const isOperators = isPlain(operand) && Object.keys(operand)[0]?.startsWith("$");
  if (isOperators || operand instanceof BSONRegExp) return not(conditionOf(operand, matcher));
  throw badValue("$not needs a regex or a document of operators");
}

function listOf(operand: unknown, { operator }: Site): unknown[] {
  if (Array.isArray(operand)) return operand;
  throw badValue(`${operator} needs an array`);
}

function isTrue(operand: unknown): boolean {
  return isNumeric(operand) ? Number(numeric(operand)) !== 0 : operand !== false && operand !== null;
}

function unknown(operator: string): Error {
  const isKnown = /^\$(geo|near|text$|box$|center|bits|jsonSchema$|where$)/.test(operator);
  return isKnown ? notSupported(operator) : badValue(`unknown operator: ${operator}`);
}
