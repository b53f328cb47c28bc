// Which entries a program understands: its own version and the one before, each by its reader.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { entryReaders, entryVersion, readEntry, versionsOf } from "../../shared/entry_version.ts";
import { readTaken } from "../../shared/stream_replies.ts";
import { newerReaders } from "../support/newer.ts";

const fields = { v: "1", key: "7", code: "PN7", shop: "S1", body: "{}", scanned_at: "1795316400000" };

Deno.test("what the scheduler writes is the newest version that the same program understands", () => {
  assertEquals(versionsOf(entryReaders).newest, entryVersion);
  const { oldest, newest } = versionsOf(entryReaders);
  assert(newest - oldest <= 1, "the current version and the one before");
});

Deno.test("a program of version 2 reads entries of version 1 and of version 2, each by its own reader", () => {
  assertEquals(versionsOf(newerReaders), { oldest: 1, newest: 2 });
  const before = readEntry("5-0", fields, newerReaders);
  assert(typeof before !== "string");
  assertEquals([before.code, before.scannedAtMs], ["PN7", 1795316400000]);
  assertEquals(readEntry("5-0", { ...fields, v: "2", since: "2027" }, newerReaders), before);
  assertEquals(readEntry("5-0", { ...fields, v: "2" }, newerReaders), 'the entry has no field "since"');
});

Deno.test("a version that is too old or none at all is told with its value", () => {
  const onlyVersion3 = new Map([[3, () => "not reached"]]);
  const cases = [["1", '"1"'], ["", 'no field "v"'], ["drei", '"drei"'], ["003", '"003"'], ["3.0", '"3.0"']];
  for (const [v = "", words = ""] of cases) {
    const problem = readEntry("5-0", { ...fields, v }, onlyVersion3);
    assert(typeof problem === "string");
    assertStringIncludes(problem, words);
  }
});

Deno.test("what take.lua set aside is told apart from what it gives", () => {
  const flat = Object.entries(fields).flat();
  const { claims, newer } = readTaken([0, "9-0", [["5-0", 1, "", flat, 1]], 3]);
  assertEquals([claims.length, newer], [1, 3]);
});
