// The assertions the tests use, with the names and behaviour of JSR's @std/assert 1.x.
// It stands in for that package where only npm can be reached; `deno unlink` switches to the published one.

export { AssertionError } from "./assertion_error.ts";
export { equal } from "./equal.ts";
export { assert, assertExists, assertInstanceOf, fail, unreachable } from "./basic.ts";
export { assertEquals, assertNotEquals, assertStrictEquals } from "./equals.ts";
export { assertArrayIncludes, assertMatch, assertObjectMatch, assertStringIncludes } from "./contains.ts";
export {
  assertAlmostEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
} from "./compares.ts";
export { assertRejects, assertThrows } from "./throws.ts";
