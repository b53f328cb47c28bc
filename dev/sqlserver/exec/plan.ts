// Compiled statements: translated once for a catalog version and a set of locked tables, then reused.
// A plan hangs on its syntax tree; trees are kept by batch text (exec/batch_cache.ts).
import type { Session } from "../session.ts";
import { type Bind, EmitContext, type TableUse } from "../sql/emit/context.ts";
import type { Physical, SqlType } from "../sql/types.ts";

/** Types of the variables that a statement can name, by lower-case name. */
export type VariableTypes = ReadonlyMap<string, SqlType>;

export interface Plan<T> {
  readonly emitted: T;
  readonly binds: readonly Bind[];
  readonly uses: readonly TableUse[];
}

const plans = new WeakMap<object, { key: string; plan: Plan<unknown> }>();

/** The plan of a syntax tree node; `emit` translates it when there is none for the present catalog. */
export function planFor<T>(
  session: Session,
  node: object,
  types: VariableTypes,
  emit: (ctx: EmitContext) => T,
): Plan<T> {
  const catalog = session.store.catalogFor(session);
  const lockedTables = session.store.tablesLockedFor(session);
  const key = `${catalog.version}|${[...lockedTables].join(",")}|${session.identityInsert ?? ""}`;
  const known = plans.get(node);
  if (known?.key === key) return known.plan as Plan<T>;
  const ctx = new EmitContext({ catalog, ops: session.store.ops, variables: types, lockedTables });
  const emitted = emit(ctx);
  const plan = { emitted, binds: ctx.binds, uses: ctx.uses };
  plans.set(node, { key, plan });
  return plan;
}

/** The values for a plan's binds, in order. */
export function bindValues(
  plan: Plan<unknown>,
  session: Session,
  variables: ReadonlyMap<string, Physical>,
): Physical[] {
  const nowMs = Date.now();
  return plan.binds.map((bind) =>
    bind.kind === "variable" ? variables.get(bind.name) ?? null : session.value(bind.name, nowMs)
  );
}
