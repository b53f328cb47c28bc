// Plays a plan: each fault at its moment, its window noted. Between plan.ts and judge.ts.
import { documentTypes } from "../../shared/document.ts";
import { streamKeys } from "../../shared/stream_keys.ts";
import { aboutFault, type Subject } from "./faults/names.ts";
import { faults } from "./faults/mod.ts";
import { type Ground, usualLatencyMs } from "./ground.ts";
import { pause } from "./pause.ts";
import type { Planned } from "./plan.ts";

/** A fault that hurts for longer is a fault of this suite. */
const endsWithinMs = 120_000;
const healsWithinMs = 30_000;

/** Plays all faults, and resolves when the last is over. Never rejects: what cannot be played is noted and told. */
export async function play(ground: Ground, plan: readonly Planned[]): Promise<void> {
  const beganMs = Date.now();
  const bySubject = new Map<Subject, Promise<void>>();
  for (const planned of plan) {
    const { subject } = aboutFault(planned.name);
    const before = bySubject.get(subject) ?? Promise.resolve();
    const turn = async () => {
      await pause(Math.max(0, beganMs + planned.atMs - Date.now()));
      await before;
      await playOne(ground, planned);
    };
    bySubject.set(subject, turn());
  }
  await Promise.all(bySubject.values());
}

async function playOne(ground: Ground, { name }: Planned): Promise<void> {
  const fromMs = Date.now();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`not over in ${endsWithinMs} ms`)), endsWithinMs);
  try {
    const say = (text: string) => ground.say(`${name.padEnd(24)} ${text}`);
    await Promise.race([faults[name]({ ...ground, say }), late.promise]);
  } catch (error) {
    ground.say(`${name.padEnd(24)} could not be played: ${error instanceof Error ? error.message : error}`);
  } finally {
    clearTimeout(timer);
    ground.notes.windows.push({ name, fromMs, untilMs: Date.now() });
  }
}

/** Heals whatever a fault may have left. Throws an Error when a service cannot be healed. */
export async function heal(ground: Ground): Promise<void> {
  const { stack } = ground;
  await stack.signalService("redis", "SIGCONT");
  await stack.waitFor(() => stack.redis.ping(), { deadlineMs: healsWithinMs, what: "Redis to answer" })
    .catch(() => stack.restartRedis());
  const healed = () => healServices(ground).then(() => true);
  await stack.waitFor(healed, { deadlineMs: healsWithinMs, what: "every service to be healed" });
}

async function healServices({ stack, passwords }: Ground): Promise<void> {
  await stack.control("sqlserver", "POST up");
  await stack.control("sqlserver", "DELETE faults");
  await stack.control("mongodb", "POST up");
  await stack.control("partner", "DELETE faults");
  await stack.control("partner", "POST accounts", passwords);
  await stack.control("partner", "POST latency", { ms: usualLatencyMs });
  const paused = documentTypes.map((type) => streamKeys(stack.settings.redis.keyPrefix, type).paused);
  await stack.redis.del(...paused);
}
