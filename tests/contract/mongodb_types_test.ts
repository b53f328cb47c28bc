// Values keep their type and their digits on the way through the server.

import { assertEquals, assertRejects } from "@std/assert";
import {
  Binary,
  BSONRegExp,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from "mongodb";
import { withMongo } from "../support/mongodb.ts";

/** Without promotion the driver shows what was on the wire. */
const asSent = { promoteValues: false, promoteLongs: false, bsonRegExp: true };

Deno.test("every BSON type comes back as it was sent", () =>
  withMongo(async ({ db }) => {
    const values = {
      int: new Int32(5),
      wholeDouble: new Double(5),
      double: new Double(0.1),
      bigDouble: new Double(1e15),
      minusZero: new Double(-0),
      long: Long.fromString("9223372036854775807"),
      smallLong: Long.fromNumber(1),
      decimal: Decimal128.fromString("12.50"),
      date: new Date("2026-11-22T01:02:03.456Z"),
      earlyDate: new Date(-1),
      id: new ObjectId(),
      bytes: new Binary(new Uint8Array([0, 1, 255])),
      uuid: new UUID(),
      regex: new BSONRegExp("^a.b$", "im"),
      timestamp: new Timestamp({ t: 1, i: 2 }),
      smallest: new MinKey(),
      largest: new MaxKey(),
      nothing: null,
      yes: true,
      text: "phiếu nhập \u0000 🏥",
      nested: { list: [1, [2, { deep: new Double(3) }], []], empty: {} },
    };
    const types = db.collection("types");
    const { insertedId } = await types.insertOne(structured(values));
    const found = await types.findOne({ _id: insertedId }, asSent);
    for (const [name, value] of Object.entries(values)) {
      assertEquals(plain(found?.[name]), plain(value), name);
    }
  }));

Deno.test("an update leaves the types of other fields alone", () =>
  withMongo(async ({ db }) => {
    const types = db.collection("types");
    await types.insertOne({
      whole: new Double(5),
      long: Long.fromNumber(7),
      decimal: Decimal128.fromString("1.10"),
      n: 1,
    });
    await types.updateOne({}, { $set: { n: 2 } });
    await types.updateOne({}, [{ $set: { n: { $add: ["$n", 1] } } }]);
    const found = await types.findOne({}, asSent);
    assertEquals(plain(found?.["whole"]), "Double 5");
    assertEquals(plain(found?.["long"]), "Long 7");
    assertEquals(plain(found?.["decimal"]), "Decimal128 1.10");
    assertEquals(Number(found?.["n"]), 3);
  }));

Deno.test("numbers of different types are equal when their values are", () =>
  withMongo(async ({ db }) => {
    const types = db.collection("types");
    await types.createIndex({ n: 1 }, { unique: true });
    await types.insertMany([{ n: Long.fromNumber(5) }, { n: new Double(6) }, {
      n: Decimal128.fromString("7.0"),
    }]);
    for (const n of [5, 6, 7]) assertEquals(await types.countDocuments({ n }), 1);
    assertEquals(await types.countDocuments({ n: { $gt: 5, $lte: Long.fromNumber(7) } }), 2);
    await assertRejects(() => types.insertOne({ n: new Double(5) }), Error, "E11000");
  }));

Deno.test("$inc grows from int to long and keeps a double a double", () =>
  withMongo(async ({ db }) => {
    const types = db.collection("types");
    await types.insertOne({ int: 2_147_483_647, double: new Double(1), long: Long.fromNumber(1) });
    await types.updateOne({}, { $inc: { int: 1, double: 1, long: 1, fresh: 1 } });
    const found = await types.findOne({}, asSent);
    assertEquals(["int", "double", "long", "fresh"].map((name) => plain(found?.[name])), [
      "Long 2147483648",
      "Double 2",
      "Long 2",
      "Int32 1",
    ]);
  }));

Deno.test("values of all types sort in the server's order", () =>
  withMongo(async ({ db }) => {
    const types = db.collection("types");
    const inOrder = [
      new MinKey(),
      null,
      -1,
      Long.fromNumber(0),
      0.5,
      "",
      "a",
      "b",
      { a: 1 },
      new Binary(new Uint8Array([1])),
      new ObjectId(),
      false,
      true,
      new Date(0),
      new Date(1),
      new MaxKey(),
    ];
    await types.insertMany(inOrder.map((value, place) => ({ value, place })).reverse());
    const found = await types.find().sort({ value: 1 }).toArray();
    assertEquals(found.map(({ place }) => place), inOrder.map((_, place) => place));
    const back = await types.find().sort({ value: -1 }).toArray();
    assertEquals(back.map(({ place }) => place), inOrder.map((_, place) => place).reverse());
  }));

Deno.test("a string of a megabyte and thousands of lines come back whole", () =>
  withMongo(async ({ db }) => {
    const types = db.collection("types");
    const payload = "đơn thuốc ".repeat(100_000);
    await types.insertMany(Array.from({ length: 20 }, (_, n) => ({ n, payload })));
    const found = await types.find().sort({ n: 1 }).toArray(); // 20 × 1.3 MB: more than one reply holds
    assertEquals(found.length, 20);
    assertEquals(found[19]?.["payload"], payload);
  }));

Deno.test("a document of more than 16 MiB is refused", () =>
  withMongo(async ({ db }) => {
    await assertRejects(() => db.collection("types").insertOne({ payload: "x".repeat(17 * 1024 * 1024) }));
    assertEquals(await db.collection("types").countDocuments(), 0);
  }));

/** A copy that the driver may add an `_id` to. */
function structured(values: Record<string, unknown>): Record<string, unknown> {
  return { ...values };
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "number") return Number.isInteger(value) ? `Int32 ${value}` : `Double ${value}`;
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return `Date ${value.getTime()}`;
  if (value instanceof Binary) return `Binary ${value.sub_type} ${value.toString("hex")}`;
  if (value instanceof BSONRegExp) return `/${value.pattern}/${value.options}`;
  if (value instanceof Double) return `Double ${Object.is(value.value, -0) ? "-0" : value.value}`;
  if (value instanceof Int32 || value instanceof Decimal128 || value instanceof ObjectId) return named(value);
  if (value instanceof Long) return named(value);
  if (value instanceof MinKey || value instanceof MaxKey) return value.constructor.name;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

function named(value: object): string {
  return `${value.constructor.name} ${value}`;
}
