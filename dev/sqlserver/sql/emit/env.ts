// Where an expression stands: the sources it sees and whether aggregates may be used there.
import type { EmitContext } from "./context.ts";
import type { Scope } from "./scope.ts";
import type { CteScope } from "./ctes.ts";

export interface Env {
  readonly ctx: EmitContext;
  readonly scope: Scope;
  /** Common table expressions that can be named here. */
  readonly ctes: CteScope;
  /** "inside" an aggregate's argument; "forbidden" in WHERE and ON. */
  readonly aggregates: "allowed" | "forbidden" | "inside";
  /** SQLite texts of the GROUP BY expressions; null when the query is not grouped. */
  readonly groupKeys: readonly string[] | null;
}
