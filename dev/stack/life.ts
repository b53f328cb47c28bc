// The frame of a dev stack's life: its directories and processes, the signals that end it, its exit code.
// dev/main.ts and dev/services_main.ts do their work inside it.
import { join } from "node:path";
import { Processes } from "./processes.ts";

/** Where a stack keeps what it has. */
export interface Directories {
  /** For files that other programs read. */
  readonly root: string;
  readonly data: string;
  readonly logs: string;
}

/** How a stack lives. */
export interface LifeOptions {
  /** Nothing is kept: data lie in a directory that goes away at the end. */
  readonly isPassing: boolean;
  /** Throws data of earlier runs away first. */
  readonly fresh: boolean;
  /** The exit code when a signal ends it. */
  readonly exitCodeOfSignal: number;
}

/** What the work has to do with. */
export interface Life {
  readonly processes: Processes;
  readonly directories: Directories;
  /** Aborts when the stack is being ended: what fails from then on is no news. */
  readonly signal: AbortSignal;
}

const root = ".hermes";
const parentLookEveryMs = 500;
/** Ctrl-C comes twice under `deno task`: from the terminal, and passed on by the task runner. */
const sameSignalMs = 500;
const slowStopMs = 1_000;

/**
 * Does the work, which resolves with the exit code; ends it early when a signal comes or a process of the stack ends by itself.
 * Ends all processes, then exits.
 */
export async function liveThrough(
  options: LifeOptions,
  work: (life: Life) => Promise<number>,
): Promise<never> {
  const directories = await prepare(options);
  const processes = new Processes(directories.logs);
  if (options.isPassing) processes.removeAtEnd(directories.data);
  const ending = new AbortController();
  const exitCode = await Promise.race([
    work({ processes, directories, signal: ending.signal }).catch((error) => failed(error)),
    processes.fallen.then((child) => failed(child.describeEnd())),
    stopAsked(processes).then(() => options.exitCodeOfSignal),
  ]);
  ending.abort();
  await stopped(processes);
  Deno.exit(exitCode);
}

async function prepare({ isPassing, fresh }: LifeOptions): Promise<Directories> {
  const logs = join(root, "logs", ...(isPassing ? ["until-idle"] : []));
  await Deno.mkdir(logs, { recursive: true });
  if (isPassing) return { root, logs, data: await Deno.makeTempDir({ prefix: "hermes-dev-" }) };
  await takeLock();
  const data = join(root, "data");
  if (fresh) await Deno.remove(data, { recursive: true }).catch(ignoreMissing);
  await Deno.mkdir(data, { recursive: true });
  return { root, logs, data };
}

/** Two stacks on the same data would spoil them. The lock goes with this process, however it ends. */
async function takeLock(): Promise<void> {
  const file = await Deno.open(join(root, "lock"), { write: true, create: true });
  if (await file.tryLock(true)) return;
  console.error(`A dev stack runs already on the data in ${root}; end it first (or use --until-idle).`);
  Deno.exit(1);
}

/** Resolves at the first signal, or when `deno task` is gone; a signal after that kills everything. */
function stopAsked(processes: Processes): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let firstAtMs: number | null = null;
  const ask = () => {
    if (firstAtMs !== null && Date.now() - firstAtMs > sameSignalMs) processes.killAll();
    firstAtMs ??= Date.now();
    resolve();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) Deno.addSignalListener(signal, ask);
  whenTaskIsGone(ask);
  return promise;
}

/** Tells on standard error, where no last line is looked for, why the end takes its time. */
async function stopped(processes: Processes): Promise<void> {
  const text = "stopping: workers finish what is in call, 30 s at most (Ctrl-C ends them at once)";
  const timer = setTimeout(() => console.error(text), slowStopMs);
  await processes.stop();
  clearTimeout(timer);
}

/** `deno task` waits for its command; when it is killed, the command has a new parent. Tasks have INIT_CWD, other commands do not. */
function whenTaskIsGone(ask: () => void): void {
  const parent = Deno.ppid;
  if (Deno.env.get("INIT_CWD") === undefined) return;
  const timer = setInterval(() => {
    if (Deno.ppid === parent) return;
    clearInterval(timer);
    ask();
  }, parentLookEveryMs);
}

function failed(error: unknown): number {
  console.error(error instanceof Error ? error.message : error);
  return 1;
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
