// What the journal asks of MongoDB, on the stand-in or on the server at TEST_MONGO_URI.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { type AnyBulkWriteOperation, type Collection, type Document, MongoBulkWriteError } from "mongodb";
import { withMongo } from "../support/mongodb.ts";

const queue = "hermes:{phieu_nhap}:stream";

Deno.test("an unordered bulk of upserts creates each record once and then changes it", () =>
  withMongo(async ({ db }) => {
    const logs = db.collection("task_logs");
    await logs.createIndex({ queue: 1, task_id: 1 }, { unique: true });
    const first = await logs.bulkWrite([record("1-0", "PENDING"), record("2-0", "PENDING")], {
      ordered: false,
    });
    assertEquals([first.upsertedCount, first.matchedCount, first.modifiedCount], [2, 0, 0]);
    const second = await logs.bulkWrite([record("2-0", "SUCCESS"), record("3-0", "PENDING")], {
      ordered: false,
    });
    assertEquals([second.upsertedCount, second.matchedCount, second.modifiedCount], [1, 1, 1]);
    assertEquals(Object.keys(second.upsertedIds), ["1"]);
    const found = await logs.findOne({ task_id: "2-0" });
    assertEquals(found?.["status"], "SUCCESS");
    assertEquals(found?.["created_by"], "PENDING");
    assertEquals(found?.["events"].map((event: Document) => event["event"]), ["PENDING", "SUCCESS"]);
  }));

Deno.test("$push with $each and $slice keeps the last events, also when it creates the array", () =>
  withMongo(async ({ db }) => {
    const logs = db.collection("task_logs");
    const push = (events: number[]) =>
      logs.updateOne({ task_id: "1-0" }, { $push: { events: { $each: events, $slice: -3 } } } as Document, {
        upsert: true,
      });
    await push([1, 2, 3, 4]);
    assertEquals((await logs.findOne())?.["events"], [2, 3, 4]);
    await push([5, 6]);
    assertEquals((await logs.findOne())?.["events"], [4, 5, 6]);
  }));

Deno.test("an unordered bulk reports each duplicate by its place and does the rest", () =>
  withMongo(async ({ db }) => {
    const logs = await uniqueLogs(db.collection("task_logs"));
    const error = await assertRejects(
      () =>
        logs.bulkWrite([insertion("1-0"), insertion("2-0"), insertion("1-0"), insertion("3-0")], {
          ordered: false,
        }),
      MongoBulkWriteError,
    );
    assertEquals(error.result.insertedCount, 3);
    const [duplicate, ...others] = [error.writeErrors].flat();
    assertEquals([duplicate?.index, duplicate?.code, others.length], [2, 11000, 0]);
    assertEquals(duplicate?.err.errmsg, duplicateMessage(db.databaseName));
    assertEquals(await logs.countDocuments(), 3);
  }));

Deno.test("an ordered bulk stops at the first duplicate", () =>
  withMongo(async ({ db }) => {
    const logs = await uniqueLogs(db.collection("task_logs"));
    const bulk = [insertion("1-0"), insertion("1-0"), insertion("2-0")];
    const error = await assertRejects(() => logs.bulkWrite(bulk, { ordered: true }), MongoBulkWriteError);
    assertEquals(error.result.insertedCount, 1);
    assertEquals(await logs.countDocuments(), 1);
  }));

Deno.test("a duplicate tells its key pattern and value", () =>
  withMongo(async ({ db }) => {
    const logs = await uniqueLogs(db.collection("task_logs"));
    await logs.insertOne({ queue, task_id: "1-0" });
    const error = await assertRejects(() => logs.insertOne({ queue, task_id: "1-0" }));
    const { code, keyPattern, keyValue } = error as unknown as Document;
    assertEquals([code, keyPattern, keyValue], [11000, { queue: 1, task_id: 1 }, { queue, task_id: "1-0" }]);
  }));

Deno.test("indexes are listed as they were made, and made twice without harm", () =>
  withMongo(async ({ db }) => {
    const logs = db.collection("task_logs");
    for (let round = 0; round < 2; round++) {
      await logs.createIndexes([
        { key: { queue: 1, task_id: 1 }, unique: true },
        { key: { created_at: 1 }, expireAfterSeconds: 7_776_000 },
        { key: { business_id: 1 }, partialFilterExpression: { status: "FAILED" } },
      ]);
    }
    const indexes = await logs.indexes();
    assertEquals(indexes.map(({ name }) => name), [
      "_id_",
      "queue_1_task_id_1",
      "created_at_1",
      "business_id_1",
    ]);
    assertEquals(indexes.map(({ unique }) => unique), [undefined, true, undefined, undefined]);
    assertEquals(indexes[2]?.["expireAfterSeconds"], 7_776_000);
    await logs.dropIndex("business_id_1");
    assertEquals((await logs.indexes()).length, 3);
    const other = await assertRejects(() => logs.createIndex({ created_at: 1 }, { expireAfterSeconds: 5 }));
    assertEquals((other as unknown as Document)["code"], 85);
  }));

Deno.test("a partial unique index binds only the documents that it covers", () =>
  withMongo(async ({ db }) => {
    const logs = db.collection("task_logs");
    await logs.createIndex({ code: 1 }, { unique: true, partialFilterExpression: { open: true } });
    await logs.insertMany([{ code: 1, open: false }, { code: 1, open: false }, { code: 1, open: true }]);
    await assertRejects(() => logs.insertOne({ code: 1, open: true }));
    await assertRejects(() => logs.updateOne({ open: false }, { $set: { open: true } }));
    assertEquals(await logs.countDocuments({ open: true }), 1);
  }));

Deno.test("find sorts, skips, limits and projects", () =>
  withMongo(async ({ db }) => {
    const logs = await numbered(db.collection("task_logs"), 20);
    const found = await logs.find({ n: { $gte: 5 } }).sort({ group: 1, n: -1 }).skip(1).limit(3)
      .project({ _id: 0, n: 1, "detail.code": 1 }).toArray();
    assertEquals(found, [{ n: 16, detail: { code: "c16" } }, { n: 14, detail: { code: "c14" } }, {
      n: 12,
      detail: { code: "c12" },
    }]);
    const [first] = await logs.find().sort({ n: 1 }).limit(1).project({ detail: 0, _id: 0, group: 0 })
      .toArray();
    assertEquals(first, { n: 0 });
  }));

Deno.test("a cursor over thousands of documents gives each once, in batches", () =>
  withMongo(async ({ db }) => {
    const logs = await numbered(db.collection("task_logs"), 3_500);
    const seen: number[] = [];
    for await (const { n } of logs.find().sort({ n: 1 }).batchSize(500)) seen.push(n);
    assertEquals(seen, Array.from({ length: 3_500 }, (_, n) => n));
    assertEquals((await logs.aggregate([{ $sort: { n: 1 } }], { batchSize: 100 }).toArray()).length, 3_500);
  }));

Deno.test("a cursor that is left early is closed", () =>
  withMongo(async ({ db }) => {
    const logs = await numbered(db.collection("task_logs"), 1_000);
    const cursor = logs.find().batchSize(10);
    assert(await cursor.next());
    const { id } = cursor;
    await cursor.close();
    const error = await assertRejects(() => db.command({ getMore: id, collection: "task_logs" }));
    assertEquals((error as unknown as Document)["code"], 43);
  }));

Deno.test("counting by status gives the totals of a dashboard", () =>
  withMongo(async ({ db }) => {
    const logs = await numbered(db.collection("task_logs"), 30);
    const groups = await logs.aggregate([
      { $match: { n: { $lt: 20 } } },
      { $group: { _id: "$group", count: { $sum: 1 }, last: { $max: "$n" } } },
      { $sort: { _id: 1 } },
    ]).toArray();
    assertEquals(groups, [{ _id: 0, count: 10, last: 18 }, { _id: 1, count: 10, last: 19 }]);
    assertEquals(await logs.countDocuments({ group: 1 }), 15);
    assertEquals(await logs.countDocuments({ group: 9 }), 0);
    assertEquals(await logs.estimatedDocumentCount(), 30);
    assertEquals((await logs.distinct("group")).sort(), [0, 1]);
    const [facets] = await logs.aggregate([{
      $facet: { total: [{ $count: "n" }], odd: [{ $match: { group: 1 } }, { $count: "n" }] },
    }]).toArray();
    assertEquals(facets, { total: [{ n: 30 }], odd: [{ n: 15 }] });
  }));

Deno.test("collections are listed, dropped and gone", () =>
  withMongo(async ({ db }) => {
    await db.collection("task_logs").insertOne({});
    await db.createCollection("sync_failures");
    const names = async () => (await db.listCollections().toArray()).map(({ name }) => name).sort();
    assertEquals(await names(), ["sync_failures", "task_logs"]);
    await db.dropCollection("task_logs");
    assertEquals(await names(), ["sync_failures"]);
    const { databases } = await db.admin().listDatabases({ nameOnly: true });
    assert(databases.some(({ name }) => name === db.databaseName));
  }));

Deno.test("findOneAndUpdate returns the document before or after", () =>
  withMongo(async ({ db }) => {
    const logs = await numbered(db.collection("task_logs"), 3);
    const before = await logs.findOneAndUpdate({ n: 1 }, { $inc: { group: 5 } });
    assertEquals(before?.["group"], 1);
    const after = await logs.findOneAndUpdate({}, { $set: { last: true } }, {
      sort: { n: -1 },
      returnDocument: "after",
    });
    assertEquals([after?.["n"], after?.["last"]], [2, true]);
    assertEquals(await logs.findOneAndUpdate({ n: 9 }, { $set: { x: 1 } }), null);
    const made = await logs.findOneAndUpdate({ n: 9 }, { $set: { x: 1 } }, {
      upsert: true,
      returnDocument: "after",
    });
    assertEquals([made?.["n"], made?.["x"]], [9, 1]);
    assertEquals((await logs.findOneAndDelete({ n: 9 }))?.["x"], 1);
    assertEquals(await logs.countDocuments(), 3);
  }));

Deno.test("deleteOne and deleteMany remove what matches and no more", () =>
  withMongo(async ({ db }) => {
    const logs = await numbered(db.collection("task_logs"), 10);
    assertEquals((await logs.deleteOne({ group: 0 })).deletedCount, 1);
    assertEquals((await logs.deleteMany({ group: 0 })).deletedCount, 4);
    assertEquals((await logs.deleteMany({ group: 0 })).deletedCount, 0);
    assertEquals(await logs.countDocuments(), 5);
  }));

Deno.test("many clients writing at once lose nothing and make no duplicates", () =>
  withMongo(async ({ db }) => {
    const logs = await uniqueLogs(db.collection("task_logs"));
    const writers = Array.from({ length: 20 }, (_, writer) =>
      logs.bulkWrite(
        Array.from({ length: 50 }, (_, i) => record(`${(writer % 4) * 50 + i}-0`, `W${writer}`)),
        { ordered: false },
      ));
    await Promise.allSettled(writers); // two real clients may both try to create one record: 11000 for one of them
    assertEquals(await logs.countDocuments(), 200);
  }));

function record(taskId: string, status: string): AnyBulkWriteOperation {
  return {
    updateOne: {
      filter: { queue, task_id: taskId },
      update: {
        $setOnInsert: { created_at: new Date(), created_by: status },
        $set: { status, updated_at: new Date() },
        $push: { events: { at: new Date(), event: status } } as Document,
      },
      upsert: true,
    },
  };
}

function insertion(taskId: string): AnyBulkWriteOperation {
  return { insertOne: { document: { queue, task_id: taskId } } };
}

async function uniqueLogs(logs: Collection): Promise<Collection> {
  await logs.createIndex({ queue: 1, task_id: 1 }, { unique: true });
  return logs;
}

function duplicateMessage(database: string): string {
  return `E11000 duplicate key error collection: ${database}.task_logs index: queue_1_task_id_1 ` +
    `dup key: { queue: "${queue}", task_id: "1-0" }`;
}

async function numbered(logs: Collection, count: number): Promise<Collection> {
  await logs.insertMany(
    Array.from({ length: count }, (_, n) => ({ n, group: n % 2, detail: { code: `c${n}`, x: 1 } })),
  );
  return logs;
}
