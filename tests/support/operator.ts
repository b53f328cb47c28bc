// The operator's functions on a stack of tests/support/stack.ts.
import { systemClock } from "../../shared/clock.ts";
import { openOperator } from "../../shared/operator/open.ts";
import type { Operator } from "../../shared/operator/operator.ts";
import { RecordingLog } from "./recording_log.ts";
import type { Stack } from "./stack.ts";

/** For the operator "an@pc". */
export async function openFor(stack: Stack): Promise<{ operator: Operator } & AsyncDisposable> {
  const { operator, close } = await openOperator({
    settings: stack.settings,
    log: new RecordingLog(),
    clock: systemClock,
    who: "an@pc",
  });
  return { operator, [Symbol.asyncDispose]: close };
}
