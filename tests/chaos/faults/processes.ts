// Faults of the product's own processes: killed, frozen, told to stop. The supervisor (crew.ts) starts again what ended.
import { pick } from "../../../dev/samples/random.ts";
import type { Member } from "../crew.ts";
import { type Ground, usualLatencyMs } from "../ground.ts";
import { pause } from "../pause.ts";
import { leaderOf, ledByAnother, takenAfterGivenUp, takenAfterKill } from "../recovery.ts";

/** Longer than the lease by so much, ms: others have taken the frozen worker's entries by then. */
const frozenBeyondLeaseMs = 3_000;
/** A load in which a worker's hands are full. */
const loadDocuments = 100;
const loadLatencyMs = 1_000;
const loadBuildsUpMs = 2_000;
/** Calls may take 30 s to come back, results 10 s to be written (workers/worker.ts). */
const stopsWithinMs = 45_000;
/** Between the loss of a process and the loss of the answer to a call that it had just sent, ms. */
const callSlackMs = 1_000;

/** SIGKILL of one worker with its hands full. */
export async function killWorker(ground: Ground): Promise<void> {
  await underLoad(ground, () => killMember(ground, ground.crew.pickWorker(ground.random)));
}

/** SIGKILL of the scheduler that leads. */
export async function killScheduler(ground: Ground): Promise<void> {
  const { crew, random, notes } = ground;
  const leader = await leaderOf(ground).catch(() => null);
  const member = crew.schedulers.find(({ name }) => name === leader) ?? pick(random, crew.schedulers);
  const { name } = member;
  ground.say(`SIGKILL scheduler ${name}${name === leader ? ", which leads" : ""}`);
  const atMs = Date.now();
  await member.fell("SIGKILL");
  if (name !== leader) return;
  const ms = await ledByAnother(ground, name).catch(() => null);
  if (ms !== null) notes.measures.push({ what: "another scheduler leads", ms, atMs });
}

/** SIGKILL of every process of the product at once. */
export async function killAll(ground: Ground): Promise<void> {
  ground.say("SIGKILL every scheduler and worker");
  const fromMs = Date.now();
  await Promise.all(ground.crew.members.map((member) => member.fell("SIGKILL")));
  ground.notes.disturbances.push({
    why: "every worker was killed",
    type: null,
    fromMs,
    untilMs: Date.now() + callSlackMs,
  });
}

/** SIGSTOP of a worker for longer than its lease, then SIGCONT. */
export async function freezeWorker({ crew, random, leaseMs, notes, say }: Ground): Promise<void> {
  const member = crew.pickWorker(random);
  const { product, name, role } = member;
  say(`SIGSTOP ${role} ${name}`);
  const fromMs = Date.now();
  await product.kill("SIGSTOP");
  await pause(leaseMs + frozenBeyondLeaseMs);
  await product.kill("SIGCONT");
  say(`SIGCONT ${role} ${name}`);
  const untilMs = Date.now() + leaseMs;
  notes.disturbances.push({ why: `${role} was frozen`, type: member.type, fromMs, untilMs });
}

/** SIGTERM of a worker with its hands full: it finishes, gives the rest up, and exits with 0. */
export async function terminateWorker(ground: Ground): Promise<void> {
  await underLoad(ground, () => terminate(ground));
}

/** Many documents at once, and a partner that takes its time: workers have as much in hand as they can. */
async function underLoad({ inserts, stack }: Ground, act: () => Promise<void>): Promise<void> {
  const setLatency = (ms: number) => stack.control("partner", "POST latency", { ms }).catch(() => {});
  inserts.burst(loadDocuments);
  await setLatency(loadLatencyMs);
  await pause(loadBuildsUpMs);
  const acting = act();
  await pause(0);
  await setLatency(usualLatencyMs);
  await acting;
}

async function terminate(ground: Ground): Promise<void> {
  const { crew, random, notes, say } = ground;
  const member = crew.pickWorker(random);
  const { product, name, role, type } = member;
  say(`SIGTERM ${role} ${name}`);
  const atMs = Date.now();
  const ended = member.fell("SIGTERM");
  const measured = type === null
    ? Promise.resolve([])
    : takenAfterGivenUp(ground, { type, consumer: name, ended }).catch(() => []);
  const killTimer = setTimeout(() => product.kill("SIGKILL"), stopsWithinMs);
  await ended;
  clearTimeout(killTimer);
  const { code, signal } = await product.stopped;
  if (code !== 0) notes.breaches.push(`${role} ended with ${signal ?? `exit code ${code}`} after SIGTERM`);
  say(`${role} ${name} ended ${Date.now() - atMs} ms after SIGTERM`);
  for (const ms of await measured) {
    notes.measures.push({ what: "entries given up at SIGTERM taken", ms, atMs });
  }
}

async function killMember(ground: Ground, member: Member): Promise<void> {
  const { name, role, type } = member;
  ground.say(`SIGKILL ${role} ${name}`);
  const killedAtMs = Date.now();
  await member.fell("SIGKILL");
  const { notes } = ground;
  notes.disturbances.push({
    why: `${role} was killed`,
    type,
    fromMs: killedAtMs,
    untilMs: Date.now() + callSlackMs,
  });
  if (type === null || name === "") return;
  const took = await takenAfterKill(ground, { type, consumer: name, killedAtMs }).catch(() => []);
  ground.say(`${took.length} entries of ${name} were taken by others`);
  for (const ms of took) {
    notes.measures.push({ what: "entries of a killed worker taken", ms, atMs: killedAtMs });
  }
}
