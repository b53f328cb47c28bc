// Aggregation, stage by stage. What selects, orders or counts runs here on the stored values, the first
// `$match` with the help of an index; what computes runs in mingo, on views. A Long or a Decimal128 that
// passes a computing stage comes out as an int32 or a double.

import { compute, type Stage, stageOf } from "./compute.ts";
import { badValue, CommandFailure, failedToParse, notSupported } from "./errors.ts";
import { compileFilter, type Filter } from "./filter.ts";
import { compileProjection } from "./projection.ts";
import { sorted, sortKeys } from "./sort.ts";
import { Stored } from "./stored.ts";
import { type Doc, isPlain, put } from "./values.ts";
import { unview } from "./views.ts";

/** Where a pipeline reads: its own collection, and others by name. */
export interface Sources {
  find(filter: Filter): Iterable<Stored>;
  /** What `$collStats` tells of the collection. */
  stats(): Doc;
  /** The documents of another collection of the database, for `$lookup` and `$unionWith`. */
  other(name: string): Iterable<Stored>;
}

const computing = new Set(
  ("$group $project $addFields $set $unset $unwind $replaceRoot $replaceWith $sortByCount $bucket $bucketAuto " +
    "$lookup $graphLookup $unionWith $sample $redact $setWindowFields $densify $fill").split(" "),
);

/**
 * Runs a pipeline and returns its documents.
 * @throws CommandFailure naming a stage or an operator that is unknown (40324, 2) or not supported (9420).
 */
export function runPipeline(pipeline: readonly Doc[], sources: Sources): Doc[] {
  const [first, ...others] = pipeline.map(stageOf);
  const rows = first ? startingRows(first, sources) : undefined;
  const rest = rows || !first ? others : [first, ...others];
  return runStages(rows ?? [...sources.find(compileFilter({}))], rest, sources).map((stored) => stored.doc);
}

/** What a first stage that chooses its rows itself begins with. */
function startingRows([name, argument]: Stage, sources: Sources): Stored[] | undefined {
  if (name === "$match") return [...sources.find(compileFilter(document(name, argument)))];
  return name === "$collStats" ? [new Stored(sources.stats(), 0)] : undefined;
}

function runStages(rows: Stored[], stages: readonly Stage[], sources: Sources): Stored[] {
  return stages.reduce((before, [name, argument]) => runStage(before, name, argument, sources), rows);
}

function runStage(rows: Stored[], name: string, argument: unknown, sources: Sources): Stored[] {
  switch (name) {
    case "$match": {
      const filter = compileFilter(document(name, argument));
      return rows.filter((row) => filter.matches(row.doc));
    }
    case "$sort":
      return sorted(rows, sortKeys(document(name, argument)), (row) => row.doc);
    case "$skip":
      return rows.slice(amount(name, argument, 0));
    case "$limit":
      return rows.slice(0, amount(name, argument, 1));
    case "$count":
      return rows.length === 0 ? [] : [new Stored({ [text(name, argument)]: rows.length }, 0)];
    case "$facet":
      return [new Stored(facets(rows, document(name, argument), sources), 0)];
  }
  if (isSimpleProject(name, argument)) return rows.map(byProjection(argument));
  if (computing.has(name)) return byMingo(rows, [name, argument], sources);
  throw known(name) ? notSupported(`the stage ${name}`) : unknownStage(name);
}

function byMingo(rows: Stored[], stage: Stage, sources: Sources): Stored[] {
  const other = (name: string) => [...sources.other(name)].map((stored) => stored.view);
  return compute(rows.map((row) => row.view), [stage], other).map((result, i) => {
    const doc = unview(result);
    return new Stored(isPlain(doc) ? doc : {}, i);
  });
}

function facets(rows: Stored[], spec: Doc, sources: Sources): Doc {
  const result: Doc = {};
  for (const [name, stages] of Object.entries(spec)) {
    if (!Array.isArray(stages)) throw badValue(`arguments to $facet must be arrays, ${name} is not`);
    const parsed = stages.map((stage) => stageOf(document("$facet", stage)));
    put(result, name, runStages(rows, parsed, sources).map((stored) => stored.doc));
  }
  return result;
}

function isSimpleProject(name: string, argument: unknown): argument is Doc {
  if (name !== "$project" || !isPlain(argument)) return false;
  return Object.values(argument).every((value) => typeof value === "number" || typeof value === "boolean");
}

function byProjection(spec: Doc): (row: Stored) => Stored {
  const projection = compileProjection(spec);
  return (row) => new Stored(projection(row), row.position);
}

function document(name: string, argument: unknown): Doc {
  if (!isPlain(argument)) throw failedToParse(`the ${name} stage specification must be an object`);
  return argument;
}

function text(name: string, argument: unknown): string {
  if (typeof argument === "string" && /^[^$.]+$/.test(argument)) return argument;
  throw new CommandFailure(40156, `the ${name} field must be a non-empty string without '$' and '.'`);
}

function amount(name: string, argument: unknown, least: number): number {
  const value = typeof argument === "number" ? argument : Number(String(argument));
  if (Number.isInteger(value) && value >= least) return value;
  throw new CommandFailure(
    15957,
    `invalid argument to ${name} stage: expected an integer of at least ${least}`,
  );
}

function known(name: string): boolean {
  return /^\$(out|merge|collStats|indexStats|geoNear|changeStream|currentOp|documents|search|list|planCacheStats)/
    .test(name);
}

function unknownStage(name: string): CommandFailure {
  return new CommandFailure(40324, `Unrecognized pipeline stage name: '${name}'`);
}
