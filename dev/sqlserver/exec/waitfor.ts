// WAITFOR DELAY 'hh:mm:ss[.mmm]': a statement that takes its time, ended by the client's attention.
import { SqlError } from "../errors.ts";
import type { Statement } from "../sql/ast.ts";
import { textType } from "../sql/types.ts";
import { evaluate } from "./read.ts";
import type { Run } from "./run.ts";

export async function runWaitfor(
  run: Run,
  statement: Extract<Statement, { kind: "waitfor" }>,
): Promise<void> {
  const text = String(await evaluate(run, statement.delay, textType("varchar", 30)));
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?$/.exec(text.trim());
  if (match === null) {
    throw new SqlError(148, `Incorrect time syntax in time string '${text}' used with WAITFOR.`, {
      severity: 15,
      line: statement.line,
    });
  }
  const [hours, minutes, seconds] = [match[1], match[2], match[3]].map((part) => Number(part ?? "0"));
  const ms = Number((match[4] ?? "").padEnd(3, "0") || "0");
  await pause((((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000 + ms, run.signal);
}

/** Waits; rejects with the signal's reason when it is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
