// Whether a process runs: asked by the guard, which waits for processes that are not its own, and by tests.
import process from "node:process";

/** False also for one that has ended but that nobody has waited for yet. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const stat = Deno.build.os === "linux" ? Deno.readTextFileSync(`/proc/${pid}/stat`) : "";
    return !/\) [ZX] /.test(stat);
  } catch {
    return false;
  }
}
