// Documents that come one by one, as from a shop's till. For the parts that measure waiting.
import { pause } from "./competitors/work.ts";
import type { Ground } from "./ground.ts";
import type { BenchRow, Range } from "./rows.ts";

/** Every row of the range becomes pending, one every so many ms; no two in step with a sweep. */
export async function trickle(ground: Ground, { first, last }: Range, everyMs: number): Promise<void> {
  const beganMs = Date.now();
  for (let id = first; id <= last; id++) {
    const atMs = beganMs + (id - first) * everyMs;
    await pause(Math.max(0, atMs - Date.now()));
    await ground.rows.reset({ first: id, last: id });
  }
}

/** From each row's commit to its national code, ms, ascending. Only of rows that were set to pending one by one. */
export function waitsOf(rows: readonly BenchRow[]): number[] {
  return rows.map(({ createdMs, updatedMs }) => updatedMs - createdMs).sort((a, b) => a - b);
}
