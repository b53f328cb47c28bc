// The values of the MongoDB stand-in: kept exactly, ordered, and found by the text of their key.

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { Binary, BSONError, Decimal128, deserialize, Double, Long, ObjectId } from "bson";
import fc from "fast-check";
import { compareValues, identical, keyText } from "../../dev/mongodb/compare.ts";
import { decode, readPlain } from "../../dev/mongodb/decode.ts";
import { compileFilter } from "../../dev/mongodb/filter.ts";
import { calculate } from "../../dev/mongodb/numbers.ts";
import { plant, valuesAt } from "../../dev/mongodb/paths.ts";
import { compileProjection } from "../../dev/mongodb/projection.ts";
import { Stored } from "../../dev/mongodb/stored.ts";
import { compileUpdate } from "../../dev/mongodb/update.ts";
import { encode, show } from "../../dev/mongodb/values.ts";
import { unview, view } from "../../dev/mongodb/views.ts";

const ids = ["6b02cc1cf5f8b032661bdcab", "000000000000000000000000"];

const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.double(),
  fc.integer({ min: -3, max: 3 }).map((n) => new Double(n)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n) => Long.fromBigInt(n)),
  fc.integer({ min: -3, max: 3 }).map((n) => Long.fromNumber(n)),
  fc.string(),
  fc.date({ noInvalidDate: true }),
  fc.constantFrom(...ids).map((id) => new ObjectId(id)),
  fc.uint8Array({ maxLength: 4 }).map((bytes) => new Binary(bytes)),
);
const key = fc.stringMatching(/^[a-z]{1,3}$/);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    scalar,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(key, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

Deno.test("decode gives back what encode wrote, byte for byte", () => {
  fc.assert(fc.property(value, (any) => {
    const bytes = encode({ any });
    assertEquals(encode(decode(bytes)), bytes);
    assert(identical(decode(bytes), decode(bytes)));
  }));
});

Deno.test("what is decoded without bson is what bson makes of it, also where a byte is wrong", () => {
  fc.assert(
    fc.property(value, fc.nat(), fc.integer({ min: 0, max: 255 }), (any, place, byte) => {
      const bytes = new Uint8Array(encode({ any, $id: "é", list: [any, 1, "text"] }));
      bytes[place % bytes.length] = byte;
      const read = readOrRefuse(bytes);
      if (!read) return;
      const other = deserialize(bytes, { promoteValues: false, bsonRegExp: true });
      assertEquals(encode(read), encode(other));
    }),
    { numRuns: 2_000 },
  );
});

/** Undefined where the text is not UTF-8 as well. */
function readOrRefuse(bytes: Uint8Array) {
  try {
    return readPlain(bytes);
  } catch (error) {
    assertInstanceOf(error, BSONError);
    return undefined;
  }
}

Deno.test("compareValues is a total order", () => {
  fc.assert(fc.property(value, value, value, (a, b, c) => {
    assertEquals(Math.sign(compareValues(a, b)), -Math.sign(compareValues(b, a)) + 0);
    assertEquals(compareValues(a, a), 0);
    if (compareValues(a, b) <= 0 && compareValues(b, c) <= 0) assert(compareValues(a, c) <= 0);
  }));
});

Deno.test("keyText is the same for equal values and only for them", () => {
  fc.assert(fc.property(value, value, (a, b) => {
    assertEquals(keyText(a) === keyText(b), compareValues(a, b) === 0, `${show(a)} and ${show(b)}`);
  }));
});

Deno.test("keyText joins numbers of different types that are equal", () => {
  const fives = [5, new Double(5), Long.fromNumber(5), Decimal128.fromString("5.0")];
  assertEquals(new Set(fives.map(keyText)).size, 1);
  assertEquals(keyText(-0), keyText(0));
  assert(keyText(Long.fromString("9007199254740993")) !== keyText(2 ** 53));
});

Deno.test("a view is the very same value where nothing has to change, and comes back as it was", () => {
  const plain = { a: [1, "x", { at: new Date(0) }], id: new ObjectId() };
  assert(view(plain) === plain);
  const bytes = { bytes: new Binary(new Uint8Array([1])) };
  assert(view(bytes) !== bytes);
  assert(identical(unview(view(bytes)), bytes));
});

Deno.test("valuesAt follows documents, arrays and places in arrays", () => {
  const doc = { a: [{ b: 1 }, { b: [2, 3] }, 4], c: { d: null }, e: [] };
  assertEquals(valuesAt(doc, "a.b"), [1, 2, 3]);
  assertEquals(valuesAt(doc, "a.1.b"), [2, 3]);
  assertEquals(valuesAt(doc, "c.d"), [null]);
  assertEquals(valuesAt(doc, "c.x"), [undefined]);
  assertEquals(valuesAt(doc, "e"), [undefined]);
});

Deno.test("a field called __proto__ is a field like any other", () => {
  const doc = {};
  plant(doc, "__proto__.polluted", true);
  assertEquals(Object.keys(doc), ["__proto__"]);
  assertEquals(Object.hasOwn(Object.prototype, "polluted"), false);
  const update = compileUpdate({ $set: { "a.__proto__.polluted": 1 } }, compileFilter({}), []);
  update.apply({ a: {} }, false);
  assertEquals(Object.hasOwn(Object.prototype, "polluted"), false);
});

Deno.test("calculate follows the widths of BSON's numbers", () => {
  assertEquals(calculate("$inc", 1, 2), 3);
  assertEquals(String(calculate("$inc", 2_147_483_647, 1)), "2147483648");
  assert(calculate("$inc", 2_147_483_647, 1) instanceof Long);
  assert(calculate("$mul", new Double(2), 2) instanceof Double);
  assertEquals(calculate("$inc", 0.5, 1), 1.5);
});

Deno.test("an update makes a new document and leaves the old one as it was", () => {
  const before = { _id: 1, list: [{ n: 1 }], nested: { a: 1 } };
  const kept = structuredClone(before);
  const update = compileUpdate({ $inc: { "list.0.n": 1 }, $set: { "nested.a": 2 } }, compileFilter({}), []);
  assertEquals(update.apply(before, false), { _id: 1, list: [{ n: 2 }], nested: { a: 2 } });
  assertEquals(before, kept);
});

Deno.test("an update that sets one value in many places leaves each of them its own", () => {
  const source = { $set: { "list.$[]": { n: 0 }, "list.0.n": 5, "other.n": 1 } };
  const update = compileUpdate(source, compileFilter({}), []);
  const before = { _id: 1, list: [1, 2], other: { n: 0, m: { deep: true } } };
  const once = update.apply(before, false);
  const twice = update.apply(once, false);
  assertEquals(once, { _id: 1, list: [{ n: 5 }, { n: 0 }], other: { n: 1, m: { deep: true } } });
  assertEquals(twice, once);
  assertEquals(before, { _id: 1, list: [1, 2], other: { n: 0, m: { deep: true } } });
  assertEquals(source.$set["list.$[]"], { n: 0 });
});

Deno.test("a projection keeps the order of the document with _id first", () => {
  const doc = { _id: 1, b: 1, a: { y: 1, x: 2 }, c: [{ k: 1, l: 2 }] };
  const project = (spec: Record<string, unknown>) =>
    JSON.stringify(compileProjection(spec)(new Stored(doc, 0)));
  assertEquals(project({ a: 1, b: 1 }), '{"_id":1,"b":1,"a":{"y":1,"x":2}}');
  assertEquals(project({ "a.x": 1, _id: 0 }), '{"a":{"x":2}}');
  assertEquals(project({ "c.l": 0, a: 0 }), '{"_id":1,"b":1,"c":[{"k":1}]}');
  assertEquals(project({ c: { $slice: 0 }, a: 0, b: 0 }), '{"_id":1,"c":[]}');
  assertEquals(project({ _id: 0 }), '{"b":1,"a":{"y":1,"x":2},"c":[{"k":1,"l":2}]}');
  assertEquals(project({ sum: { $add: ["$b", 2] }, _id: 0 }), '{"sum":3}');
});
