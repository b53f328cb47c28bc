// Holds the local @std/assert to what the published package does, for what the tests of Hermes use of it.

import {
  assert,
  assertAlmostEquals,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  equal,
  fail,
  unreachable,
} from "@std/assert";

function failsWith(fn: () => unknown, words = ""): AssertionError {
  return assertThrows(fn, AssertionError, words);
}

const EQUAL: [string, unknown, unknown][] = [
  ["NaN", NaN, NaN],
  ["zeros", 0, -0],
  ["key order", { a: 1, b: [2, { c: 3 }] }, { b: [2, { c: 3 }], a: 1 }],
  ["null prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ["dates", new Date(5), new Date(5)],
  ["sets of objects", new Set([{ a: 1 }, { a: 2 }]), new Set([{ a: 2 }, { a: 1 }])],
  ["maps", new Map([[{ k: 1 }, [1]]]), new Map([[{ k: 1 }, [1]]])],
  ["bytes", new Uint8Array([1, 2]), new Uint8Array([1, 2])],
  ["buffers", new Uint8Array([1, 2]).buffer, new Uint8Array([1, 2]).buffer],
  ["regular expressions", /a/g, /a/g],
  ["addresses", new URL("http://a/b"), new URL("http://a/b")],
  ["errors", new TypeError("x"), new TypeError("x")],
  ["symbols as keys", { [Symbol.for("a")]: 1 }, { [Symbol.for("a")]: 1 }],
];

const DIFFERENT: [string, unknown, unknown][] = [
  ["number and text", 1, "1"],
  ["undefined and missing", { a: undefined }, {}],
  ["null and undefined", null, undefined],
  ["lengths", [1, 2], [1]],
  ["hole", [undefined], []],
  ["classes", new (class A {})(), {}],
  ["dates", new Date(5), new Date(6)],
  ["sets", new Set([{ a: 1 }, { a: 1 }]), new Set([{ a: 1 }, { a: 2 }])],
  ["map values", new Map([["k", 1]]), new Map([["k", 2]])],
  ["bytes", new Uint8Array([1, 2]), new Uint8Array([1, 3])],
  ["errors", new Error("a"), new Error("b")],
  ["array and object", [1], { 0: 1 }],
  ["functions", () => 1, () => 1],
];

Deno.test("equal() holds for values alike in class and contents", () => {
  for (const [name, a, b] of EQUAL) assert(equal(a, b), name);
});

Deno.test("equal() fails for values that differ in class or contents", () => {
  for (const [name, a, b] of DIFFERENT) {
    assert(!equal(a, b), name);
    assert(!equal(b, a), `${name}, reversed`);
  }
});

Deno.test("equal() ends on values that hold themselves", () => {
  const make = (last: number) => {
    const node: Record<string, unknown> = { last };
    node.self = node;
    return node;
  };
  assert(equal(make(1), make(1)));
  assert(!equal(make(1), make(2)));
});

Deno.test("assertEquals() shows what differs line by line and leaves the rest unmarked", () => {
  const error = failsWith(
    () => assertEquals({ code: "A", lines: [1, 2] }, { code: "B", lines: [1, 2] }, "the body"),
    "Values are not equal: the body",
  );
  assertMatch(error.message, /^- +code: "A",$/m);
  assertMatch(error.message, /^\+ +code: "B",$/m);
  assertMatch(error.message, /^ {4} +lines: \[$/m);
});

Deno.test("the assertions about one value pass and fail as named", () => {
  assertExists(0);
  assertInstanceOf(new TypeError(), Error);
  failsWith(() => assert(0, "zero"), "zero");
  failsWith(() => assertExists(null), "null");
  failsWith(() => assertInstanceOf({}, Date), `"Date"`);
  failsWith(() => fail("why"), "Failed assertion: why");
  failsWith(() => unreachable("why"), "why");
});

Deno.test("the comparisons pass and fail as named", () => {
  assertNotEquals<unknown>(1, 2);
  assertStrictEquals(NaN, NaN);
  assertAlmostEquals(0.1 + 0.2, 0.3);
  assertAlmostEquals(10, 11, 1);
  assertGreater(2, 1);
  assertGreaterOrEqual(2, 2);
  assertLess("a", "b");
  assertLessOrEqual(2n, 2n);
  failsWith(() => assertNotEquals([1], [1]), "not to be");
  failsWith(() => assertStrictEquals([1], [1]), "not reference-equal");
  failsWith(() => assertAlmostEquals(1, 2), "close to");
  failsWith(() => assertGreater(1, 1), "1 > 1");
  failsWith(() => assertGreaterOrEqual(NaN, 1), ">=");
  failsWith(() => assertLess(1, 1), "<");
  failsWith(() => assertLessOrEqual(2, 1), "<=");
});

Deno.test("the assertions about parts pass and fail as named", () => {
  const pattern = /b/g;
  assertMatch("abc", pattern);
  assertMatch("abc", pattern);
  assertStringIncludes("abc", "bc");
  assertArrayIncludes([{ a: 1 }, { a: 2 }, { a: 3 }], [{ a: 3 }, { a: 1 }]);
  failsWith(() => assertMatch("abc", /d/), "to match");
  failsWith(() => assertStringIncludes("abc", "d"), "to contain");
  failsWith(() => assertArrayIncludes([1, 2], [2, 4]), "missing");
});

Deno.test("assertObjectMatch() looks only at the fields the expectation names", () => {
  const actual = { a: 1, deep: { b: 2, c: 3 }, list: [{ x: 1, y: 2 }], at: new Date(1) };
  assertObjectMatch(actual, { deep: { c: 3 }, list: [{ x: 1 }], at: new Date(1) });
  failsWith(() => assertObjectMatch(actual, { deep: { c: 4 } }), "not equal");
  failsWith(() => assertObjectMatch(actual, { list: [] }), "not equal");
  failsWith(() => assertObjectMatch(actual, { missing: undefined }), "not equal");
});

Deno.test("assertThrows() returns the error and checks its class and words", () => {
  const error = assertThrows(() => JSON.parse("{"), SyntaxError);
  assertInstanceOf(error, SyntaxError);
  assertStrictEquals(
    assertThrows(() => {
      throw "text";
    }),
    "text",
  );
  failsWith(() => assertThrows(() => 1), "Expected function to throw");
  failsWith(() => assertThrows(() => JSON.parse("{"), TypeError), `"TypeError", but was "SyntaxError"`);
  failsWith(() => assertThrows(() => JSON.parse("{"), SyntaxError, "no such words"), "to include");
});

Deno.test("assertRejects() returns the reason and refuses a function that throws at once", async () => {
  const error = await assertRejects(() => Promise.reject(new RangeError("too far")), RangeError, "far");
  assertEquals(error.message, "too far");
  const throwsAtOnce = () => {
    throw new RangeError("at once");
  };
  await assertRejects(() => assertRejects(throwsAtOnce), AssertionError, "throws when expected to reject");
  await assertRejects(
    () => assertRejects(() => Promise.resolve()),
    AssertionError,
    "Expected function to reject",
  );
});
