// Where mingo computes: aggregation expressions and stages, on views. Used by `pipeline.ts` for the stages of
// an aggregation, by `filter.ts` for `$expr`, by `projection.ts` for computed fields, and by `update.ts` for pipeline-style updates.

import { Aggregator, ProcessingMode } from "mingo";
import { equalValues } from "./compare.ts";
import { badValue, CommandFailure, notSupported } from "./errors.ts";
import { type Doc, isPlain, put, typeName } from "./values.ts";
import { unview, viewOf } from "./views.ts";

/** Options for mingo everywhere in the stand-in: no script of a client is ever run. */
export const mingoOptions = { scriptEnabled: false } as const;

/** A stage of a pipeline, `["$match", {…}]`. */
export type Stage = readonly [name: string, argument: unknown];

/** The stages that an update may use, each giving one document for one. */
const updating = new Set(["$addFields", "$set", "$project", "$unset", "$replaceRoot", "$replaceWith"]);

/** @throws CommandFailure 40323 when a stage does not have exactly one name. */
export function stageOf(stage: Doc): Stage {
  const [entry, another] = Object.entries(stage);
  if (entry && !another) return entry;
  throw new CommandFailure(40323, "A pipeline stage specification object must contain exactly one field.");
}

/**
 * Runs stages over views; `other` gives the views of another collection, for `$lookup` and `$unionWith`.
 * @throws CommandFailure for code to run; whatever mingo throws about an operator it does not know.
 */
export function compute(views: Doc[], stages: readonly Stage[], other?: (name: string) => Doc[]): unknown[] {
  for (const [name, argument] of stages) checkArgument(name, argument);
  const aggregator = new Aggregator(stages.map(([name, argument]) => viewOf({ [name]: argument })), {
    ...mingoOptions,
    processingMode: ProcessingMode.CLONE_INPUT, // some of mingo's stages write into what they are given
    ...(other ? { collectionResolver: other } : {}),
  });
  return aggregator.run(views);
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

function checkArgument(name: string, argument: unknown): void {
  checkExpression(argument);
  if (isPlain(argument) || Array.isArray(argument) || typeof argument === "string") return;
  throw badValue(`the argument of ${name} may not be ${typeName(argument)}`);
}

/** The value of one aggregation expression for one view. */
export function computeField(view: Doc, expression: unknown): unknown {
  const [result] = compute([view], [["$replaceWith", { value: expression }]]);
  return isPlain(result) ? unview(result["value"]) : undefined;
}

/** The document that a pipeline-style update makes of another. Fields it does not touch keep their types. */
export function updateByPipeline(pipeline: readonly Doc[], doc: Doc): Doc {
  const stages = pipeline.map(stageOf);
  for (const [name] of stages) {
    if (!updating.has(name)) throw badValue(`${name} is not allowed to be used within an update`);
  }
  const before = viewOf(doc);
  const [after] = compute([before], stages);
  return isPlain(after) ? restored(after, before, doc) : doc;
}

/** Takes the stored value wherever the result still has the value that was seen. */
function restored(after: Doc, before: Doc, doc: Doc): Doc {
  const result: Doc = {};
  for (const [key, value] of Object.entries(after)) {
    const [seen, kept] = [before[key], doc[key]];
    if (isPlain(value) && isPlain(seen) && isPlain(kept)) put(result, key, restored(value, seen, kept));
    else put(result, key, kept !== undefined && equalValues(value, seen) ? kept : unview(value));
  }
  return result;
}
