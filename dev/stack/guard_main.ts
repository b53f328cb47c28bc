// The guard: a process that outlives the dev stack's parent, however that ends, and then ends what is left.
// guard.ts starts it and tells it, a line each on its standard input: `+ PID product|service`, `- PID`, `x PATH`.
// The pipe closes when the parent is gone, even by kill -9. No child has to know of this.
import process from "node:process";
import { isAlive } from "./alive.ts";

const productEndsMs = 45_000;
const serviceEndsMs = 10_000;
const lookEveryMs = 50;

if (import.meta.main) await main();

async function main(): Promise<void> {
  const left = new Map<number, string>();
  const paths: string[] = [];
  // Only the end of its input ends it: signals are meant for the parent.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) Deno.addSignalListener(signal, () => {});
  const text = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
  let rest = "";
  for await (const piece of text) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line, left, paths);
  }
  await endAll(left, "product", productEndsMs);
  await endAll(left, "service", serviceEndsMs);
  for (const path of paths) await Deno.remove(path, { recursive: true }).catch(() => {});
  Deno.exit(0);
}

function take(line: string, left: Map<number, string>, paths: string[]): void {
  const [verb, value = "", rank = ""] = line.split("\t");
  if (verb === "+") left.set(Number(value), rank);
  if (verb === "-") left.delete(Number(value));
  if (verb === "x") paths.push(value);
}

async function endAll(left: Map<number, string>, rank: string, withinMs: number): Promise<void> {
  const pids = [...left].filter(([, rankOf]) => rankOf === rank).map(([pid]) => pid);
  for (const signal of ["SIGCONT", "SIGTERM"]) for (const pid of pids) send(pid, signal);
  const deadlineMs = Date.now() + withinMs;
  while (pids.some((pid) => isAlive(pid)) && Date.now() < deadlineMs) {
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  for (const pid of pids) send(pid, "SIGKILL");
}

function send(pid: number, signal: string): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}
