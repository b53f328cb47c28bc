// The original design, first half: ids are put into a Redis list one by one. naive_worker.ts comes after.
import { activeList, openConnection, waitingList } from "./naive_queue.ts";
import { keyPages, openWork } from "./work.ts";

const work = await openWork();
const redis = openConnection(work.settings);

for await (const keys of keyPages(work, drained)) {
  for (const key of keys) await redis.lpush(waitingList, key);
}

async function drained(): Promise<boolean> {
  return await redis.llen(waitingList) + await redis.llen(activeList) === 0;
}
