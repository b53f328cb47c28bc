// Looks at a running crew once a second: what the partner has accepted, what Redis and the processes hold. For the part `million`.
import { pause } from "./competitors/work.ts";
import type { Crew } from "./crew.ts";
import type { Ground } from "./ground.ts";
import type { PartnerCounters } from "../dev/partner/memory.ts";

/** One look. */
export interface Look {
  readonly atMs: number;
  /** Documents that the partner has accepted so far. */
  readonly accepted: number;
  readonly redisMb: number;
  /** Of each process, MB, in the order of the crew. */
  readonly residentMb: readonly number[];
}

const everyMs = 1_000;
/** Without progress for so long, looks, there is nothing more to see. */
const standstillLooks = 60;

/** Looks until so many documents are accepted. Throws an Error when nothing moves for a minute. */
export async function watchUntil(ground: Ground, crew: Crew, accepted: number): Promise<Look[]> {
  const looks: Look[] = [];
  for (;;) {
    const look = await lookAt(ground, crew);
    looks.push(look);
    if (look.accepted >= accepted) return looks;
    const before = looks.at(-standstillLooks);
    if (before?.accepted === look.accepted && looks.length >= standstillLooks) {
      throw new Error(`watching: it stands still at ${look.accepted} of ${accepted} documents`);
    }
    await pause(everyMs);
  }
}

async function lookAt(ground: Ground, crew: Crew): Promise<Look> {
  const [{ accepted }, memory] = await Promise.all([
    ground.ask<PartnerCounters>("partner", "GET counters"),
    ground.redis.info("memory"),
  ]);
  return {
    atMs: Date.now(),
    accepted,
    redisMb: Number(/used_memory:(\d+)/.exec(memory)?.[1]) / 1e6,
    residentMb: crew.memory().map(({ residentMb }) => residentMb),
  };
}

/** Documents per second over some looks; NaN for fewer than two. */
export function rateOver(looks: readonly Look[]): number {
  const [first, last] = [looks[0], looks.at(-1)];
  if (!first || !last || last.atMs === first.atMs) return NaN;
  return (last.accepted - first.accepted) * 1000 / (last.atMs - first.atMs);
}
