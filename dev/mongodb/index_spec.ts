// Reads an index definition as a client or the data file gives it, and writes it for listIndexes.

import { badValue, CommandFailure, notSupported } from "./errors.ts";
import { compileFilter } from "./filter.ts";
import type { IndexSpec } from "./hash_index.ts";
import { type Doc, isPlain, show } from "./values.ts";

const options = ["v", "key", "name", "unique", "sparse", "expireAfterSeconds", "partialFilterExpression"];
const ignored = ["background", "ns"];
const refused = [
  "collation",
  "hidden",
  "weights",
  "wildcardProjection",
  "storageEngine",
  "2dsphereIndexVersion",
];
/** The real server's limit for `expireAfterSeconds`. */
const ttlSecondsMax = 2_147_483_647;

/** @throws CommandFailure 67 or 197 for what the real server refuses, 9420 for what only this one does. */
export function parseIndex(spec: Doc): IndexSpec {
  checkOptions(spec);
  const key = keyOf(spec["key"]);
  const name = spec["name"];
  if (typeof name !== "string" || name === "") throw badValue("an index needs a name");
  const partial = spec["partialFilterExpression"];
  if (partial !== undefined && !isPlain(partial)) throw badValue("partialFilterExpression must be an object");
  return {
    name,
    key,
    unique: flag(spec, "unique"),
    sparse: flag(spec, "sparse"),
    expireAfterSeconds: ttlOf(spec["expireAfterSeconds"], key),
    partial: partial && compileFilter(partial),
  };
}

/** The definition as listIndexes shows it. */
export function describeIndex(spec: IndexSpec): Doc {
  return {
    v: 2,
    key: { ...spec.key },
    name: spec.name,
    ...(spec.unique && spec.name !== "_id_" ? { unique: true } : {}),
    ...(spec.sparse ? { sparse: true } : {}),
    ...(spec.expireAfterSeconds === undefined ? {} : { expireAfterSeconds: spec.expireAfterSeconds }),
    ...(spec.partial ? { partialFilterExpression: spec.partial.source } : {}),
  };
}

function checkOptions(spec: Doc): void {
  for (const option of Object.keys(spec)) {
    if (options.includes(option) || ignored.includes(option)) continue;
    if (refused.includes(option)) throw notSupported(`the index option ${option}`);
    throw new CommandFailure(
      197,
      `The field '${option}' is not valid for an index specification: ${show(spec)}`,
    );
  }
}

function keyOf(key: unknown): Record<string, number> {
  if (!isPlain(key) || Object.keys(key).length === 0) {
    throw new CommandFailure(67, "Index keys cannot be an empty object");
  }
  const checked: Record<string, number> = {};
  for (const [path, direction] of Object.entries(key)) {
    if (typeof direction === "string" || path.includes("$**")) {
      throw notSupported(`an index of type ${path}: ${show(direction)}`);
    }
    if (direction !== 1 && direction !== -1) {
      throw new CommandFailure(
        67,
        `Values in the index key pattern must be 1 or -1, not ${show(direction)} for ${path}`,
      );
    }
    checked[path] = direction;
  }
  return checked;
}

function flag(spec: Doc, option: string): boolean {
  const value = spec[option] ?? false;
  if (typeof value === "boolean") return value;
  throw new CommandFailure(14, `The field '${option}' of an index must be a bool, not ${show(value)}`);
}

function ttlOf(value: unknown, key: Record<string, number>): number | undefined {
  if (value === undefined) return undefined;
  const seconds = Number(String(value));
  if (Object.keys(key).length !== 1 || "_id" in key) {
    throw new CommandFailure(67, "TTL indexes are single-field indexes, compound indexes do not support TTL");
  }
  if (seconds >= 0 && seconds <= ttlSecondsMax) return seconds;
  throw new CommandFailure(
    67,
    `expireAfterSeconds must be within 0 and ${ttlSecondsMax}, not ${show(value)}`,
  );
}
