// BullMQ, tuned, second half: many jobs at a time so that batches of results fill, no more calls in flight than the others have.
import { Worker } from "bullmq";
import type { ComposedDocument } from "../../shared/document.ts";
import { Batches } from "./batches.ts";
import { openConnection, queueName } from "./bullmq_queue.ts";
import { openWork } from "./work.ts";

/** Jobs that wait for their batch, besides those in call: a batch and some. Of 100, 200 and 500 the first was the fastest. */
const writingMax = 120;

const work = await openWork();
const batches = new Batches(work);
const slots = work.settings.worker.concurrency;
const waiting: (() => void)[] = [];
let calling = 0;

new Worker<ComposedDocument>(queueName, ({ data }) => send(data), {
  connection: openConnection(work.settings),
  concurrency: slots + writingMax,
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
  // Jobs are far shorter than their lock.
  lockDuration: 120_000,
  stalledInterval: 120_000,
});

async function send(document: ComposedDocument): Promise<void> {
  if (calling >= slots) await new Promise<void>((resolve) => waiting.push(resolve));
  else calling++;
  const row = await work.post(document);
  // The slot goes from hand to hand.
  const next = waiting.shift();
  if (next) next();
  else calling--;
  await new Promise<void>((resolve) => batches.add(row, resolve));
}
