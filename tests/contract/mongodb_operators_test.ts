// Query and update operators, and what is refused, on the stand-in or on the server at TEST_MONGO_URI.

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { Collection, Db, Document, Filter } from "mongodb";
import { withMongo } from "../support/mongodb.ts";

interface Drug extends Document {
  _id: number;
}

const stock: Drug[] = [
  {
    _id: 1,
    name: "Paracetamol",
    price: 10,
    tags: ["a", "b"],
    lots: [{ no: "L1", left: 5 }, { no: "L2", left: 0 }],
  },
  { _id: 2, name: "amoxicillin", price: 25.5, tags: [], lots: [{ no: "L3", left: 7 }], note: null },
  { _id: 3, name: "Ibuprofen", price: 40, tags: ["b"], made: new Date("2026-01-02") },
  { _id: 4, name: "Vitamin C", price: "free", tags: "b", detail: { unit: "viên", box: { size: 10 } } },
];

const queries: [Filter<Drug>, number[]][] = [
  [{}, [1, 2, 3, 4]],
  [{ price: { $gt: 10 } }, [2, 3]],
  [{ price: { $gte: 10, $lt: 40 } }, [1, 2]],
  [{ price: { $ne: 10 } }, [2, 3, 4]],
  [{ _id: { $in: [1, 3, 9] } }, [1, 3]],
  [{ _id: { $nin: [1, 3] } }, [2, 4]],
  [{ tags: "b" }, [1, 3, 4]],
  [{ tags: ["b"] }, [3]],
  [{ tags: { $size: 0 } }, [2]],
  [{ tags: { $all: ["a", "b"] } }, [1]],
  [{ "lots.no": "L3" }, [2]],
  [{ "lots.left": { $gt: 5 } }, [2]],
  [{ lots: { $elemMatch: { no: "L1", left: { $gt: 0 } } } }, [1]],
  [{ lots: { $elemMatch: { no: "L1", left: 0 } } }, []],
  [{ "lots.0.no": "L1" }, [1]],
  [{ note: null }, [1, 2, 3, 4]],
  [{ note: { $exists: true } }, [2]],
  [{ note: { $exists: false } }, [1, 3, 4]],
  [{ made: { $gte: new Date("2026-01-01") } }, [3]],
  [{ "detail.box.size": 10 }, [4]],
  [{ "detail.unit": "viên" }, [4]],
  [{ name: /^para/i }, [1]],
  [{ name: { $regex: "cillin$" } }, [2]],
  [{ name: { $not: /i/i } }, [1]],
  [{ name: { $in: [/^V/, "Ibuprofen"] } }, [3, 4]],
  [{ price: { $not: { $gt: 10 } } }, [1, 4]],
  [{ price: { $type: "string" } }, [4]],
  [{ price: { $mod: [10, 0] } }, [1, 3]],
  [{ $or: [{ _id: 1 }, { price: 40 }] }, [1, 3]],
  [{ $and: [{ tags: "b" }, { price: { $lt: 20 } }] }, [1]],
  [{ $nor: [{ _id: 1 }, { tags: "b" }] }, [2]],
  [{ $expr: { $gt: ["$price", 30] }, price: { $type: "number" } }, [3]],
  [{ _id: 2, name: "other" }, []],
  [{ "lots.left": null }, [3, 4]],
  [{ "lots.left": { $exists: false } }, [3, 4]],
  [{ "lots.made": null }, [1, 2, 3, 4]],
  [{ tags: { $all: ["b"] } }, [1, 3, 4]],
  [{ tags: { $ne: "b" } }, [2]],
  [{ tags: { $nin: ["a", "b"] } }, [2]],
  [{ tags: { $type: "array" } }, [1, 2, 3]],
  [{ tags: { $type: "string" } }, [1, 3, 4]],
  [{ price: { $type: ["int", "string"] } }, [1, 3, 4]],
  [{ price: { $type: 1 } }, [2]],
  [{ price: { $lte: "free" } }, [4]],
  [{ price: { $lte: null } }, []],
  [{ note: { $gte: null } }, [1, 2, 3, 4]],
  [{ detail: { unit: "viên", box: { size: 10 } } }, [4]],
  [{ detail: { box: { size: 10 }, unit: "viên" } }, []],
  [{ "detail.box": { size: 10 } }, [4]],
  [{ lots: { no: "L3", left: 7 } }, [2]],
  [{ lots: { left: 7, no: "L3" } }, []],
  [{ tags: { $elemMatch: { $gt: "a", $lt: "c" } } }, [1, 3]],
  [{ lots: { $all: [{ $elemMatch: { no: "L1" } }, { $elemMatch: { left: 0 } }] } }, [1]],
  [{ lots: { $not: { $elemMatch: { left: 0 } } } }, [2, 3, 4]],
];

Deno.test("each query finds exactly its documents", () =>
  withMongo(async ({ db }) => {
    const drugs = await stocked(db);
    for (const [query, ids] of queries) {
      const found = await drugs.find(query).sort({ _id: 1 }).toArray();
      assertEquals(found.map(({ _id }) => _id), ids, JSON.stringify(query));
    }
  }));

Deno.test("each query finds the same with indexes as without", () =>
  withMongo(async ({ db }) => {
    const drugs = await stocked(db);
    await drugs.createIndexes([
      { key: { price: 1 } },
      { key: { tags: 1 } },
      { key: { "lots.no": 1 } },
      { key: { name: 1, price: -1 } },
      { key: { note: 1 }, sparse: true },
      { key: { "detail.box.size": 1 } },
    ]);
    for (const [query, ids] of queries) {
      const found = await drugs.find(query).sort({ _id: 1 }).toArray();
      assertEquals(found.map(({ _id }) => _id), ids, JSON.stringify(query));
    }
  }));

/** Update, and what document 1 holds after it. */
const updates: [Document, Document][] = [
  [{ $set: { price: 11 } }, { price: 11 }],
  [{ $set: { "a.b.c": 1 } }, { a: { b: { c: 1 } } }],
  [{ $set: { "lots.1.left": 3 } }, { lots: [{ no: "L1", left: 5 }, { no: "L2", left: 3 }] }],
  [{ $set: { "tags.3": "d" } }, { tags: ["a", "b", null, "d"] }],
  [{ $unset: { price: "" } }, { price: undefined }],
  [{ $unset: { "tags.0": "" } }, { tags: [null, "b"] }],
  [{ $inc: { price: 2.5 } }, { price: 12.5 }],
  [{ $inc: { price: -3, fresh: 1 } }, { price: 7, fresh: 1 }],
  [{ $mul: { price: 3, fresh: 2 } }, { price: 30, fresh: 0 }],
  [{ $min: { price: 5 } }, { price: 5 }],
  [{ $min: { price: 15 } }, { price: 10 }],
  [{ $max: { price: 15, fresh: 1 } }, { price: 15, fresh: 1 }],
  [{ $push: { tags: "c" } }, { tags: ["a", "b", "c"] }],
  [{ $push: { tags: { $each: ["z", "0"], $position: 0 } } }, { tags: ["z", "0", "a", "b"] }],
  [{ $push: { tags: { $each: ["0"], $sort: -1, $slice: 2 } } }, { tags: ["b", "a"] }],
  [{ $push: { lots: { $each: [{ no: "L0", left: 1 }], $sort: { left: 1 }, $slice: -2 } } }, {
    lots: [{ no: "L0", left: 1 }, { no: "L1", left: 5 }],
  }],
  [{ $addToSet: { tags: { $each: ["b", "c", "c"] } } }, { tags: ["a", "b", "c"] }],
  [{ $pull: { tags: "a" } }, { tags: ["b"] }],
  [{ $pull: { lots: { left: { $lt: 1 } } } }, { lots: [{ no: "L1", left: 5 }] }],
  [{ $pull: { tags: { $in: ["a", "b"] } } }, { tags: [] }],
  [{ $pullAll: { tags: ["b", "x"] } }, { tags: ["a"] }],
  [{ $pop: { tags: 1 } }, { tags: ["a"] }],
  [{ $pop: { tags: -1 } }, { tags: ["b"] }],
  [{ $rename: { name: "detail.name" } }, { name: undefined, detail: { name: "Paracetamol" } }],
  [{ $set: { "lots.$[].left": 1 } }, { lots: [{ no: "L1", left: 1 }, { no: "L2", left: 1 }] }],
  [{ $setOnInsert: { price: 99 }, $set: { x: 1 } }, { price: 10, x: 1 }],
];

Deno.test("each update changes exactly what it names", () =>
  withMongo(async ({ db }) => {
    const drugs = db.collection<Drug>("drugs");
    for (const [update, expected] of updates) {
      await drugs.deleteMany({});
      await stocked(db);
      await drugs.updateOne({ _id: 1 }, update);
      const found = await drugs.findOne({ _id: 1 });
      const wanted = Object.fromEntries(
        Object.entries({ ...stock[0], ...expected }).filter(([, value]) => value !== undefined),
      );
      assertEquals(found, wanted, JSON.stringify(update));
    }
  }));

Deno.test("array filters and the positional operator change the matching items", () =>
  withMongo(async ({ db }) => {
    const drugs = await stocked(db);
    await drugs.updateOne({ _id: 1 }, { $set: { "lots.$[lot].left": 9 } }, {
      arrayFilters: [{ "lot.left": 0 }],
    });
    assertEquals((await drugs.findOne({ _id: 1 }))?.["lots"].map((lot: Document) => lot["left"]), [
      5,
      9,
    ]);
    await drugs.updateOne({ "lots.no": "L2" }, { $inc: { "lots.$.left": 1 } });
    assertEquals((await drugs.findOne({ _id: 1 }))?.["lots"].map((lot: Document) => lot["left"]), [
      5,
      10,
    ]);
  }));

Deno.test("$currentDate and a replacement", () =>
  withMongo(async ({ db }) => {
    const drugs = await stocked(db);
    await drugs.updateOne({ _id: 1 }, { $currentDate: { at: true } });
    const at: Date = (await drugs.findOne({ _id: 1 }))?.["at"];
    assertEquals(Math.abs(at.getTime() - Date.now()) < 60_000, true);
    const replaced = await drugs.replaceOne({ _id: 1 }, { only: "this" });
    assertEquals([replaced.matchedCount, replaced.modifiedCount], [1, 1]);
    assertEquals(await drugs.findOne({ _id: 1 }), { _id: 1, only: "this" });
  }));

Deno.test("an update that changes nothing counts as matched, not as modified", () =>
  withMongo(async ({ db }) => {
    const drugs = await stocked(db);
    const result = await drugs.updateMany({}, { $set: { price: 10 } });
    assertEquals([result.matchedCount, result.modifiedCount], [4, 3]);
  }));

Deno.test("an upsert begins with the equalities of its query", () =>
  withMongo(async ({ db }) => {
    const drugs = db.collection<Drug>("drugs");
    const result = await drugs.updateOne(
      { _id: 7, "detail.unit": "hộp", price: { $gt: 5 }, name: { $eq: "x" } },
      { $set: { b: 1, a: 2 }, $setOnInsert: { "detail.made": true }, $push: { tags: "t" } } as Document,
      { upsert: true },
    );
    assertEquals([result.upsertedCount, result.upsertedId as unknown], [1, 7]);
    assertEquals(await drugs.findOne({}), {
      _id: 7,
      detail: { unit: "hộp", made: true },
      name: "x",
      a: 2,
      b: 1,
      tags: ["t"],
    });
  }));

/** What is refused: update of document 1, and the server's number for it. */
const refusedUpdates: [Document, number][] = [
  [{ $set: { _id: 2 } }, 66],
  [{ $frobnicate: { a: 1 } }, 9],
  [{ $set: { a: 1 }, $inc: { a: 1 } }, 40],
  [{ $set: { "a.b": 1, a: 1 } }, 40],
  [{ $inc: { name: 1 } }, 14],
  [{ $inc: { price: "1" } }, 14],
  [{ $push: { name: 1 } }, 2],
  [{ $set: { "name.first": 1 } }, 28],
  [{ $set: { "tags.x": 1 } }, 28],
  [{ $set: { "a..b": 1 } }, 56],
  [{ $pop: { tags: 3 } }, 9],
];

Deno.test("a wrong update is refused with the server's number and changes nothing", () =>
  withMongo(async ({ db }) => {
    const drugs = await stocked(db);
    for (const [u, code] of refusedUpdates) {
      const { writeErrors, n } = await db.command({ update: "drugs", updates: [{ q: { _id: 1 }, u }] });
      assertEquals([writeErrors?.[0]?.code, n], [code, 0], JSON.stringify(u));
    }
    assertEquals(await drugs.findOne({ _id: 1 }), stock[0]);
  }));

Deno.test("a wrong command is refused with the server's number and a word for it", () =>
  withMongo(async ({ db }) => {
    await stocked(db);
    const refused: [Document, number, string][] = [
      [{ frobnicate: 1 }, 59, "no such command: 'frobnicate'"],
      [{ find: "drugs", frobnicate: 1 }, 40415, "frobnicate"],
      [{ find: "drugs", filter: { price: { $frobnicate: 1 } } }, 2, "$frobnicate"],
      [{ find: "drugs", filter: { $frobnicate: 1 } }, 2, "$frobnicate"],
      [{ find: "drugs", filter: { price: { $in: 1 } } }, 2, "$in"],
      [{ find: "drugs", filter: { $and: [] } }, 2, "$and"],
      [{ find: "" }, 73, ""],
      [{ find: 1 }, 73, ""],
      [{ find: "drugs", limit: "3" }, 14, "limit"],
      [{ find: "drugs", skip: -1 }, 51024, "skip"],
      [{ aggregate: "drugs", pipeline: [{ $frobnicate: 1 }], cursor: {} }, 40324, "$frobnicate"],
      [{ aggregate: "drugs", pipeline: [{}], cursor: {} }, 40323, "exactly one field"],
      [{ getMore: 12345n, collection: "drugs" }, 43, "12345"],
      [{ dropIndexes: "drugs", index: "nope" }, 27, "nope"],
      [{ listIndexes: "nothing" }, 26, "nothing"],
    ];
    for (const [command, code, word] of refused) {
      const error = await assertRejects(() => db.command(command), Error);
      const shown = Object.keys(command)[0];
      assertEquals((error as unknown as Document)["code"], code, `${shown}: ${error.message}`);
      assertStringIncludes(error.message, word);
    }
  }));

Deno.test("pipelines reshape, unwind, look up and group", () =>
  withMongo(async ({ db }) => {
    const drugs = await stocked(db);
    await db.collection("makers").insertMany([{ tag: "a", maker: "X" }, { tag: "b", maker: "Y" }]);
    const unwound = await drugs.aggregate([
      { $match: { _id: { $lt: 3 } } },
      { $unwind: "$lots" },
      { $project: { _id: 0, no: "$lots.no", label: { $concat: ["$name", "/", "$lots.no"] } } },
      { $sort: { no: -1 } },
      { $limit: 1 },
    ]).toArray();
    assertEquals(unwound, [{ no: "L3", label: "amoxicillin/L3" }]);
    const joined = await drugs.aggregate([
      { $match: { _id: 1 } },
      { $lookup: { from: "makers", localField: "tags", foreignField: "tag", as: "makers" } },
      { $project: { makers: "$makers.maker" } },
    ]).toArray();
    assertEquals(joined, [{ _id: 1, makers: ["X", "Y"] }]);
    const totals = await drugs.aggregate([
      { $match: { price: { $type: "number" } } },
      { $group: { _id: null, sum: { $sum: "$price" }, mean: { $avg: "$price" }, names: { $push: "$name" } } },
    ]).toArray();
    assertEquals(totals, [{
      _id: null,
      sum: 75.5,
      mean: 75.5 / 3,
      names: ["Paracetamol", "amoxicillin", "Ibuprofen"],
    }]);
    assertEquals(await drugs.aggregate([{ $count: "n" }]).toArray(), [{ n: 4 }]);
  }));

async function stocked(db: Db): Promise<Collection<Drug>> {
  const drugs = db.collection<Drug>("drugs");
  await drugs.insertMany(structuredClone(stock));
  return drugs;
}
