// `deno task chaos`: documents flow through real processes while faults strike, chosen by a seed; then every promise is judged.

import { samplePasswords } from "../../dev/samples/accounts.ts";
import { seededRandom } from "../../dev/samples/random.ts";
import { commandLine } from "../../dev/stack/command.ts";
import { legend, progressLine, totalAt } from "../../dev/stack/counts.ts";
import { type Stack, startStack } from "../support/stack.ts";
import { Crew } from "./crew.ts";
import { heal, play } from "./driver.ts";
import { gather, isNothing, leftovers } from "./evidence.ts";
import { type Ground, usualLatencyMs } from "./ground.ts";
import { Inserts } from "./inserts.ts";
import { judge } from "./judge.ts";
import { keepLogs } from "./keep_logs.ts";
import { type ChaosOptions, help, readChaosOptions } from "./options.ts";
import { pause } from "./pause.ts";
import { planFaults } from "./plan.ts";
import { boundsBroken, measuredOf, recoveriesOf } from "./recoveries.ts";
import { tableOf } from "./report.ts";
import { soak } from "./soak.ts";
import { storyOf } from "./story.ts";

/** A hanging call holds its slot for so long. */
const apiTimeoutSeconds = 5;
const leaseSeconds = 5;
/** Documents go on for so long after the last fault, ms: the flow after it is seen. */
const afterwardsMs = 8_000;
/** A deleted entry is missed after 4 min, a backoff lasts at most 5, ms. */
const endsWithinMs = 420_000;
const progressEveryMs = 15_000;
const storiesShown = 5;

async function main(): Promise<number> {
  const options = commandLine(() => readChaosOptions(Deno.args));
  if (options.help) {
    console.log(help);
    return 0;
  }
  await using stack = await startStack({
    env: settingsOf(options),
    ...(options.profile === null ? {} : { profile: options.profile }),
    ...(options.dialect === null ? {} : { dialect: options.dialect }),
    partner: {
      latencyMs: options.soak ? 0 : usualLatencyMs,
      args: [`--remember=${options.soak ? 1_000 : 1_000_000}`],
    },
  });
  endOnSignal(stack);
  return options.soak ? await soak(stack, options.documents) : await chaos(stack, options);
}

function settingsOf({ soak }: ChaosOptions): Record<string, string> {
  return soak ? { LOG_LEVEL: "warn" } : {
    LOG_LEVEL: "debug",
    LEASE_SECONDS: String(leaseSeconds),
    API_TIMEOUT_SECONDS: String(apiTimeoutSeconds),
  };
}

function endOnSignal(stack: Stack): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, async () => {
      await stack.stop().catch(() => {});
      Deno.exit(130);
    });
  }
}

async function chaos(stack: Stack, options: ChaosOptions): Promise<number> {
  const ground = groundOf(stack, options);
  const progress = setInterval(() => tellCounts(ground), progressEveryMs);
  try {
    await run(ground, options);
  } finally {
    // Nothing is started again: the stack is about to be ended, and then nothing may be.
    ground.crew.retire();
    clearInterval(progress);
  }
  return await conclude(ground, options.seed);
}

async function run(ground: Ground, { seed, minutes, faults, rate }: ChaosOptions): Promise<void> {
  const plan = planFaults(seed, faults, minutes * 60_000);
  await ground.crew.ready();
  ground.say(`seed ${seed}, ${plan.length} faults in ${minutes} min; ${legend}`);
  const inserting = ground.inserts.run(rate);
  await Promise.all([play(ground, plan), pause(minutes * 60_000)]);
  await heal(ground);
  ground.say("no more faults");
  await pause(afterwardsMs);
  ground.inserts.stop();
  await inserting;
  await untilEnded(ground);
}

function groundOf(stack: Stack, options: ChaosOptions): Ground {
  const beganMs = Date.now();
  return {
    stack,
    crew: new Crew(stack, options),
    inserts: new Inserts(stack, options.seed),
    random: seededRandom(options.seed),
    notes: {
      windows: [],
      disturbances: [],
      forgettings: [],
      measures: [],
      poisoned: new Set(),
      breaches: [],
    },
    passwords: samplePasswords(),
    leaseMs: leaseSeconds * 1000,
    say: (text) => console.log(`${((Date.now() - beganMs) / 1000).toFixed(1).padStart(7)} s  ${text}`),
  };
}

async function tellCounts({ stack, say }: Ground): Promise<void> {
  await stack.counts().then((counts) => say(progressLine(counts)), () => {});
}

/** Until every row has a final status and Redis is empty; what is not by then is judged as stuck. */
async function untilEnded({ stack, say }: Ground): Promise<void> {
  try {
    const isEnded = async () =>
      totalAt(await stack.counts(), "PENDING_SYNC") === 0 && isNothing(await leftovers(stack));
    await stack.waitFor(isEnded, { deadlineMs: endsWithinMs, what: "every document to end" });
    say("every document has ended");
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  }
}

async function conclude(ground: Ground, seed: number): Promise<number> {
  const { stack, notes, crew } = ground;
  const evidence = await gather(ground);
  const verdict = judge(evidence);
  const left = await leftovers(stack);
  const recoveries = recoveriesOf(notes.windows, evidence.calls);
  const measured = measuredOf(notes.measures, notes.windows);
  const breaches = [
    ...notes.breaches,
    ...crew.accidents,
    ...boundsBroken(recoveries, measured),
    ...(isNothing(left) ? [] : ["something is left in Redis"]),
  ];
  console.log(`\n${tableOf({ verdict, left, recoveries, measured, breaches }).join("\n")}`);
  for (const { promise, type, code, detail } of verdict.broken.slice(0, storiesShown)) {
    const story = await storyOf(stack, { type, code, calls: evidence.calls });
    console.log(`\n${promise}: ${type} ${code}, ${detail}\n  ${story.join("\n  ")}`);
  }
  const isKept = verdict.broken.length + breaches.length === 0;
  if (!isKept) console.log(`\nlogs: ${await keepLogs(stack.logDirectory, seed)}`);
  console.log(`seed ${seed}: ${isKept ? "every promise kept" : "PROMISES BROKEN"}`);
  return isKept ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main());
