// The update operators, each a function on the next version of a document. That shares with the version before,
// and with the update, what it has of them: a value may be replaced in it, never changed.
// What they refuse, and with which number, follows the real server.

import { Timestamp } from "bson";
import { compareValues, equalValues } from "./compare.ts";
import { badValue, failedToParse, typeMismatch } from "./errors.ts";
import { compileFilter, matchesField } from "./filter.ts";
import { calculate, isNumeric } from "./numbers.ts";
import { pushed } from "./update_push.ts";
import { checkNoArray, type Place, placesAt, type Positions } from "./update_paths.ts";
import { type Doc, isPlain, show, typeName } from "./values.ts";

/** One change to make: `argument` for `path` in `doc`; `before` is the stored version. */
export interface Change {
  readonly doc: Doc;
  readonly before: Doc;
  readonly path: string;
  readonly parts: readonly string[];
  readonly argument: unknown;
  readonly positions: Positions;
  readonly nowMs: number;
}

type Operator = (change: Change) => void;

export const operators: Readonly<Record<string, Operator>> = {
  $set: each(true, (place, { argument }) => place.set(argument)),
  $setOnInsert: each(true, (place, { argument }) => place.set(argument)),
  $unset: each(false, (place) => place.remove()),
  $inc: each(true, (place, change) => place.set(changed("$inc", place, change))),
  $mul: each(true, (place, change) => place.set(changed("$mul", place, change))),
  $min: each(true, (place, { argument }) => keepBetter(place, argument, -1)),
  $max: each(true, (place, { argument }) => keepBetter(place, argument, 1)),
  $currentDate: each(true, (place, { argument, nowMs }) => place.set(currentDate(argument, nowMs))),
  $push: each(true, (place, change) => place.set(pushed(arrayAt(place, change), change.argument))),
  $addToSet: each(true, (place, change) => place.set(withEach(arrayAt(place, change), change.argument))),
  $pull: each(false, (place, change) => place.set(without(arrayAt(place, change), change.argument))),
  $pullAll: each(false, (place, change) => place.set(withoutAll(arrayAt(place, change), change.argument))),
  $pop: each(false, (place, change) => place.set(popped(arrayAt(place, change), change.argument))),
  $rename: rename,
};

/** Checks what can be checked before any document is seen. @throws CommandFailure */
export function checkArguments(operator: string, path: string, argument: unknown): void {
  if ((operator === "$inc" || operator === "$mul") && !isNumeric(argument)) {
    const verb = operator === "$inc" ? "increment" : "multiply";
    throw typeMismatch(`Cannot ${verb} with non-numeric argument: {${path}: ${show(argument)}}`);
  }
  if (operator === "$pullAll" && !Array.isArray(argument)) {
    throw badValue("$pullAll requires an array argument");
  }
  if (operator === "$pop" && argument !== 1 && argument !== -1) {
    throw failedToParse(`$pop expects 1 or -1, found: ${show(argument)}`);
  }
  if (operator === "$rename" && (typeof argument !== "string" || `${path}.${argument}`.includes("$"))) {
    throw badValue(`The 'to' field for $rename must be a string without $: ${path}: ${show(argument)}`);
  }
  if (operator === "$currentDate") currentDate(argument, 0);
}

function each(make: boolean, act: (place: Place, change: Change) => void): Operator {
  return (change) => {
    for (const place of placesAt(change.doc, change.parts, change.positions, make)) {
      if (make || place.has) act(place, change);
    }
  };
}

function changed(operator: "$inc" | "$mul", place: Place, change: Change): unknown {
  const { argument } = change;
  if (!place.has) return operator === "$inc" ? argument : calculate("$mul", 0, argument);
  if (isNumeric(place.value)) return calculate(operator, place.value, argument);
  throw typeMismatch(
    `Cannot apply ${operator} to a value of non-numeric type. {_id: ${
      show(change.before["_id"])
    }} has the field ` +
      `'${change.path}' of non-numeric type ${typeName(place.value)}`,
  );
}

function keepBetter(place: Place, argument: unknown, direction: 1 | -1): void {
  if (!place.has || compareValues(argument, place.value) * direction > 0) place.set(argument);
}

function currentDate(argument: unknown, nowMs: number): Date | Timestamp {
  const type = isPlain(argument) ? argument["$type"] : argument;
  if (typeof type === "boolean" || type === "date") return new Date(nowMs);
  if (type === "timestamp") return new Timestamp({ t: Math.floor(nowMs / 1000), i: 1 });
  throw badValue(
    "The '$type' string field is required to be 'date' or 'timestamp': {$currentDate: {field : {$type: 'date'}}}",
  );
}

function arrayAt(place: Place, change: Change): unknown[] {
  if (!place.has) return [];
  if (Array.isArray(place.value)) return place.value;
  throw badValue(
    `The field '${change.path}' must be an array but is of type ${typeName(place.value)} in document ` +
      `{_id: ${show(change.before["_id"])}}`,
  );
}

function withEach(items: readonly unknown[], argument: unknown): unknown[] {
  const isList = isPlain(argument) && Object.keys(argument)[0] === "$each";
  const additions = isList ? argument["$each"] : [argument];
  if (!Array.isArray(additions)) throw typeMismatch("The argument to $each in $addToSet must be an array");
  if (isList && Object.keys(argument).length > 1) {
    throw badValue("Found unexpected fields after $each in $addToSet");
  }
  const result = [...items];
  for (const addition of additions) {
    if (!result.some((item) => equalValues(item, addition))) result.push(addition);
  }
  return result;
}

function without(items: readonly unknown[], argument: unknown): unknown[] {
  const isFields = isPlain(argument) && !Object.keys(argument)[0]?.startsWith("$");
  if (Array.isArray(argument)) return items.filter((item) => !equalValues(item, argument));
  const filter = compileFilter(isFields ? { item: { $elemMatch: argument } } : { item: argument });
  return items.filter((item) => !matchesField(filter, "item", isFields ? [item] : item));
}

function withoutAll(items: readonly unknown[], argument: unknown): unknown[] {
  const unwanted: unknown[] = Array.isArray(argument) ? argument : [];
  return items.filter((item) => !unwanted.some((value) => equalValues(item, value)));
}

function popped(items: readonly unknown[], argument: unknown): unknown[] {
  return argument === 1 ? items.slice(0, -1) : items.slice(1);
}

function rename({ doc, path, parts, argument, positions }: Change): void {
  const target = String(argument);
  checkNoArray(doc, path);
  checkNoArray(doc, target);
  for (const source of placesAt(doc, parts, positions, false)) {
    if (!source.has) continue;
    source.remove();
    for (const place of placesAt(doc, target.split("."), positions, true)) place.set(source.value);
  }
}
