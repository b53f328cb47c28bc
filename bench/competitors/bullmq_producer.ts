// BullMQ, tuned, first half: pages of documents become jobs, a page in one bulk. bullmq_worker.ts comes after.
import { Queue } from "bullmq";
import { openConnection, queueName } from "./bullmq_queue.ts";
import { documentPages, openWork } from "./work.ts";

const work = await openWork();
const queue = new Queue(queueName, {
  connection: openConnection(work.settings),
  defaultJobOptions: { removeOnComplete: true, removeOnFail: true, attempts: 1 },
  // Events are for listeners, and there is none.
  streams: { events: { maxLen: 0 } },
  skipMetasUpdate: true,
});

for await (const page of documentPages(work, drained)) {
  await queue.addBulk(page.map((document) => ({ name: "send", data: document })));
}

async function drained(): Promise<boolean> {
  const counts = await queue.getJobCounts("waiting", "active");
  return counts.waiting === 0 && counts.active === 0;
}
