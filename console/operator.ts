// What the console needs of the operator's functions; the tests have one of their own.
import type { Operator } from "../shared/operator/operator.ts";

export type ConsoleOperator =
  & Pick<
    Operator,
    | "status"
    | "why"
    | "pending"
    | "failures"
    | "redriveGroup"
    | "retry"
    | "scan"
    | "pause"
    | "resume"
    | "shops"
    | "unblock"
    | "report"
    | "actions"
  >
  & {
    dead: Pick<Operator["dead"], "list" | "show" | "redrive" | "drop">;
    /** The same, acting for somebody: what is done is recorded with the name. */
    as(who: string): ConsoleOperator;
  };
