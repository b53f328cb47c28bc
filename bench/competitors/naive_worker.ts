// The original design, second half: each job reads its own rows, sends, updates its row and logs its record, one after another.
import { MongoClient } from "mongodb";
import { activeList, openConnection, waitingList } from "./naive_queue.ts";
import { benchType, composed, openWork } from "./work.ts";

const work = await openWork();
const { uri, dbName } = work.settings.mongo;
const records = new MongoClient(uri).db(dbName).collection("task_logs");

await Promise.all(Array.from({ length: work.settings.worker.concurrency }, runSlot));

async function runSlot(): Promise<void> {
  const redis = openConnection(work.settings);
  for (;;) {
    const key = await redis.blmove(waitingList, activeList, "RIGHT", "LEFT", 0);
    if (key === null) continue;
    await runJob(key);
    await redis.lrem(activeList, 1, key);
  }
}

async function runJob(key: string): Promise<void> {
  const [row] = await work.source.readDocuments(benchType, [key]);
  if (!row) throw new Error(`row ${key} is not pending`);
  const document = composed(row);
  const result = await work.post(document);
  await work.source.writeResults(benchType, [result]);
  const { code, shop } = document;
  const { nationalCode } = result;
  await records.insertOne({
    business_id: code,
    shop,
    status: "SUCCESS",
    national_id: nationalCode,
    at: new Date(),
  });
}
