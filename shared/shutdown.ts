// SIGTERM and SIGINT: the first one asks the process to finish what it has in hand, a second one ends it at once.
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";

/** Aborts on the first signal. */
export function onStopSignals(log: Log, clock: Clock): AbortSignal {
  const stopping = new AbortController();
  const handle = (name: Deno.Signal) => {
    if (stopping.signal.aborted) {
      log.event("process.stopped", { ms: 0, exit_code: 1 });
      Deno.exit(1);
    }
    log.event("process.stopping", { reason: name });
    stopping.abort(clock.now());
  };
  // Windows knows SIGINT and SIGBREAK only.
  const names: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT", "SIGBREAK"] : ["SIGINT", "SIGTERM"];
  for (const name of names) Deno.addSignalListener(name, () => handle(name));
  return stopping.signal;
}
