// The soak: very many documents through one worker. Memory and Redis must not grow. main.ts prepares the stack.
import { makeSamples } from "../../dev/samples/samples.ts";
import { streamKeys } from "../../shared/stream_keys.ts";
import type { Stack } from "../support/stack.ts";
import type { ProductProcess } from "../support/stack_product.ts";
import { pause } from "./pause.ts";

const type = "hoa_don";
const seed = 1;
/** After so many documents the processes have what they need. */
const warmUp = 20_000;
const pendingMax = 4_000;
const lookEveryMs = 500;
const growthMax = 1.2;
/** Without progress for so long, ms, the soak has failed. */
const standstillMs = 120_000;
const tellEvery = 10_000;

interface Reading {
  readonly done: number;
  readonly workerMb: number;
  readonly schedulerMb: number;
  readonly redisKeys: number;
  readonly redisMb: number;
  /** What remembers settled documents for 15 min (stream_keys.ts): it grows with the rate, for so long. */
  readonly settledMb: number;
}

/** Runs it and prints the figures; resolves with the exit code. */
export async function soak(stack: Stack, documents: number): Promise<number> {
  const products = { scheduler: stack.startScheduler(), worker: stack.startWorker(type) };
  const source = new Pages(stack, documents);
  const beganMs = Date.now();
  const readings: Reading[] = [];
  let lastMs = Date.now();
  for (let done = 0, tellAt = tellEvery; done < documents;) {
    const { pending, success, failed } = await source.counts();
    if (failed > 0) throw new Error(`${failed} documents of the soak failed`);
    if (success > done) [done, lastMs] = [success, Date.now()];
    if (Date.now() - lastMs > standstillMs) throw new Error(`the soak stands still at ${done} documents`);
    if (done >= tellAt || done >= documents) {
      tellAt = Math.floor(done / tellEvery + 1) * tellEvery;
      readings.push(await read(stack, products, done));
      tell(readings.at(-1), Date.now() - beganMs);
    }
    if (!await source.refill(pending)) await pause(lookEveryMs);
  }
  return judgeGrowth(readings);
}

/** Inserts documents in pages, so that no more than a few thousand wait. */
class Pages {
  readonly #stack: Stack;
  readonly #documents: number;
  #inserted = 0;
  #number = 0;

  constructor(stack: Stack, documents: number) {
    this.#stack = stack;
    this.#documents = documents;
  }

  async counts(): Promise<{ pending: number; success: number; failed: number }> {
    const { PENDING_SYNC, SYNC_SUCCESS, SYNC_FAILED } = (await this.#stack.counts())[type];
    return { pending: PENDING_SYNC, success: SYNC_SUCCESS, failed: SYNC_FAILED };
  }

  /** Whether a page was inserted. */
  async refill(pending: number): Promise<boolean> {
    const room = Math.min(pendingMax - pending, this.#documents - this.#inserted);
    if (room <= 0 || (room < pendingMax / 4 && this.#documents - this.#inserted > room)) return false;
    const now = new Date();
    const samples = makeSamples({ count: 2 * room, seed, startNumber: this.#number, now });
    this.#number += 2 * room;
    const page = samples.filter((sample) => sample.type === type && sample.flaw === null).slice(0, room);
    await this.#stack.insert(page);
    this.#inserted += page.length;
    return true;
  }
}

async function read(
  { redis, settings }: Stack,
  { scheduler, worker }: { scheduler: ProductProcess; worker: ProductProcess },
  done: number,
): Promise<Reading> {
  const { settled } = streamKeys(settings.redis.keyPrefix, type);
  const memory = /used_memory:(\d+)/.exec(await redis.info("memory"))?.[1];
  return {
    done,
    workerMb: await residentMb(worker),
    schedulerMb: await residentMb(scheduler),
    redisKeys: await redis.dbsize(),
    redisMb: Number(memory) / 1e6,
    settledMb: Number(await redis.memory("USAGE", settled, "SAMPLES", 100)) / 1e6,
  };
}

/** Linux only: the other systems have no /proc. */
async function residentMb({ pid }: ProductProcess): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1e3;
}

function tell(reading: Reading | undefined, ms: number): void {
  if (reading === undefined) return;
  const { done, workerMb, schedulerMb, redisKeys, redisMb, settledMb } = reading;
  console.log(
    `${String(done).padStart(8)} documents in ${(ms / 1000).toFixed(0)} s: worker ${
      workerMb.toFixed(0)
    } MB, ` +
      `scheduler ${schedulerMb.toFixed(0)} MB, Redis ${redisKeys} keys, ${redisMb.toFixed(1)} MB ` +
      `(${settledMb.toFixed(1)} MB of them remember what was settled in the last 15 min)`,
  );
}

function judgeGrowth(readings: readonly Reading[]): number {
  const first = readings.find(({ done }) => done >= warmUp);
  const last = readings.at(-1);
  if (first === undefined || last === undefined || first === last) {
    console.log(`too few documents to judge growth: more than ${warmUp} are needed`);
    return 1;
  }
  const figures = [
    ["worker", first.workerMb, last.workerMb],
    ["scheduler", first.schedulerMb, last.schedulerMb],
    ["Redis keys", first.redisKeys, last.redisKeys],
    ["Redis without what was settled", first.redisMb - first.settledMb, last.redisMb - last.settledMb],
  ] as const;
  const grown = figures.filter(([, before, after]) => after > before * growthMax);
  for (const [name, before, after] of figures) {
    console.log(
      `${name.padEnd(32)} ${before.toFixed(1)} → ${after.toFixed(1)} (${(after / before).toFixed(2)}×)`,
    );
  }
  console.log(grown.length === 0 ? "nothing grows" : `GROWN: ${grown.map(([name]) => name).join(", ")}`);
  return grown.length === 0 ? 0 : 1;
}
