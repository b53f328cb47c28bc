// Log lines, written together: a line for each document costs a worker more in the writing than in the making. What is urgent is
// written at once, with all that came before it.

/** How long a line may wait for others, ms: what a process that is killed may have left unsaid. */
const waitMs = 20;
/** Lines that are written without waiting for more. */
const linesMax = 256;

/**
 * A way to write lines that joins them. `write` takes one or more lines, without the last one's end. Nothing is left over when the
 * process ends by itself, by Deno.exit or by an error; after `kill -9` the lines of the last 20 ms are.
 */
export function joinedLines(write: (lines: string) => void): (line: string, urgent: boolean) => void {
  let waiting: string[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    const lines = waiting;
    waiting = [];
    write(lines.join("\n"));
  };
  for (const end of ["unload", "error", "unhandledrejection"]) globalThis.addEventListener(end, flush);
  return (line, urgent) => {
    waiting.push(line);
    if (urgent || waiting.length >= linesMax) return flush();
    timer ??= setTimeout(flush, waitMs);
  };
}

/**
 * Whether something else takes each line apart: Deno's own telemetry makes a record of each call of `console.log`, with the trace it
 * belongs to, and Deno Deploy shows one entry for each.
 */
export function takenOneByOne(variable: (name: string) => string | undefined): boolean {
  return variable("OTEL_DENO") !== undefined || variable("DENO_DEPLOYMENT_ID") !== undefined;
}
