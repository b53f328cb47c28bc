// SIGTERM and SIGINT: the first one asks the process to finish what it has in hand, a second one ends it at once.
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";

/**
 * A signal so soon after the first, ms, is the same one again: Ctrl-C reaches a task's process from the terminal and once more
 * from `deno task`, which passes signals on.
 */
const sameSignalMs = 500;

/** Aborts on the first signal. */
export function onStopSignals(log: Log, clock: Clock): AbortSignal {
  const stopping = new AbortController();
  let firstAtMs = 0;
  const handle = (name: Deno.Signal) => {
    if (stopping.signal.aborted && clock.now() - firstAtMs < sameSignalMs) return;
    if (stopping.signal.aborted) {
      log.event("process.stopped", { ms: 0, exit_code: 1 });
      Deno.exit(1);
    }
    log.event("process.stopping", { reason: name });
    firstAtMs = clock.now();
    stopping.abort(firstAtMs);
  };
  // Windows knows SIGINT and SIGBREAK only.
  const names: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT", "SIGBREAK"] : ["SIGINT", "SIGTERM"];
  for (const name of names) Deno.addSignalListener(name, () => handle(name));
  return stopping.signal;
}
