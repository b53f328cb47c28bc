// Common table expressions: each reference is written out as a derived table. A recursive one is refused.
import type { Cte } from "../ast.ts";

export interface BoundCte {
  readonly cte: Cte;
  /** What the expression itself can name: the ones before it. */
  readonly outer: CteScope;
}

export type CteScope = ReadonlyMap<string, BoundCte>;

export const noCtes: CteScope = new Map();

export function bindCtes(outer: CteScope, ctes: readonly Cte[]): CteScope {
  let scope = outer;
  for (const cte of ctes) {
    const before = scope;
    scope = new Map(before).set(cte.name.toLowerCase(), { cte, outer: before });
  }
  return scope;
}
