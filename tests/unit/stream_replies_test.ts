// What the Lua scripts return, read: claims, receipts, and what a stranger has written to a stream.
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { readEnqueued, readTaken } from "../../shared/stream_replies.ts";

const fields = [
  "v",
  "1",
  "key",
  "7",
  "code",
  "PN7",
  "shop",
  "S1",
  "body",
  "{}",
  "scanned_at",
  "1795316400000",
];

function takenOf(...entries: unknown[]) {
  return readTaken([0, "9-0", entries]);
}

/** The fields with one of them changed, or left out. */
function fieldsWith(name: string, value?: string): string[] {
  const at = fields.indexOf(name);
  return value === undefined ? fields.toSpliced(at, 2) : fields.with(at + 1, value);
}

Deno.test("a claim is read with its deliveries and its receipt", () => {
  const receipt = '{"nationalCode":"PN_QG_1","message":"Thành công"}';
  const { claims, unreadable, paused, lastDeliveredId } = takenOf(["5-0", 2, receipt, fields]);
  assertEquals(claims, [{
    entry: {
      id: "5-0",
      key: "7",
      code: "PN7",
      shop: "S1",
      body: "{}",
      scannedAtMs: 1795316400000,
      traceparent: undefined,
    },
    deliveries: 2,
    receipt: { nationalCode: "PN_QG_1", message: "Thành công" },
  }]);
  assertEquals([unreadable, paused, lastDeliveredId], [[], false, "9-0"]);
});

Deno.test("a claim without a receipt has none, and a traceparent is kept", () => {
  const { claims } = takenOf(["5-0", 1, "", [...fields, "traceparent", "00-a-b-01"]]);
  assertEquals([claims[0]?.receipt, claims[0]?.entry.traceparent], [null, "00-a-b-01"]);
});

Deno.test("a receipt without a national code is a receipt", () => {
  const { claims } = takenOf(["5-0", 2, '{"nationalCode":null,"message":"m"}', fields]);
  assertEquals(claims[0]?.receipt, { nationalCode: null, message: "m" });
});

Deno.test("a receipt that cannot be read counts as none: the document is sent again", () => {
  for (
    const text of ["{", "null", "5", '"x"', "{}", "[]", '{"message":"m"}', '{"nationalCode":5,"message":"m"}']
  ) {
    assertEquals(takenOf(["5-0", 2, text, fields]).claims[0]?.receipt, null, text);
  }
});

Deno.test("an entry that lacks a field, or has it empty, is unreadable, and the problem names the field", () => {
  for (const name of ["key", "code", "shop", "body", "scanned_at"]) {
    for (const flat of [fieldsWith(name), fieldsWith(name, "")]) {
      const { claims, unreadable } = takenOf(["5-0", 1, "", flat], ["6-0", 1, "", fields]);
      assertEquals([claims.length, unreadable.length, unreadable[0]?.id], [1, 1, "5-0"]);
      assertStringIncludes(unreadable[0]!.problem, `"${name}"`);
    }
  }
});

Deno.test("an entry whose scanned_at is no time is unreadable", () => {
  const { unreadable } = takenOf(["5-0", 3, "", fieldsWith("scanned_at", "hôm qua")]);
  assertStringIncludes(unreadable[0]!.problem, "hôm qua");
  assertEquals([unreadable[0]!.deliveries, unreadable[0]!.fields.code], [3, "PN7"]);
});

Deno.test("a stranger's entry keeps its own fields, for the dead letters", () => {
  const { unreadable } = takenOf(["5-0", 1, "", ["hello", "world"]]);
  assertEquals(unreadable[0]?.fields, { hello: "world" });
});

Deno.test("an entry that no scheduler enqueued is unreadable, however good it looks", () => {
  const { claims, unreadable } = takenOf(["5-0", 1, "", fields, 0], ["6-0", 1, "", fields, 1]);
  assertEquals([claims.map(({ entry }) => entry.id), unreadable.map(({ id }) => id)], [["6-0"], ["5-0"]]);
  assertStringIncludes(unreadable[0]!.problem, "not enqueued by a scheduler");
});

Deno.test("a paused stream says so", () => {
  assertEquals(readTaken([1, "9-0", []]), {
    paused: true,
    lastDeliveredId: "9-0",
    claims: [],
    unreadable: [],
    newer: 0,
  });
});

Deno.test("a reply of another form is an error that shows it", () => {
  for (const reply of [null, "OK", 5, [0, "9-0"], [0, "9-0", "x"], [0, "9-0", ["5-0"]]]) {
    assertThrows(() => readTaken(reply), TypeError, "A Redis script returned");
  }
  assertThrows(() => readEnqueued("OK"), TypeError, "instead of a list");
});

Deno.test("what became of documents is read in their order", () => {
  assertEquals(readEnqueued(["5-0", "", "full", "6-0"]), [
    { kind: "added", id: "5-0" },
    { kind: "known" },
    { kind: "full" },
    { kind: "added", id: "6-0" },
  ]);
});

Deno.test("property: whatever strangers write, every entry is either a claim or unreadable, and nothing is thrown", () => {
  const name = fc.oneof(
    fc.string(),
    fc.constantFrom("key", "code", "shop", "body", "scanned_at", "__proto__", "constructor", "toString"),
  );
  const flat = fc.array(fc.tuple(name, fc.oneof(fc.string(), fc.constant("1795316400000"))), {
    maxLength: 12,
  });
  const entry = fc.tuple(
    fc.nat().map((ms) => `${ms}-0`),
    fc.nat(20),
    fc.oneof(fc.constant(""), fc.string(), fc.json()),
    flat.map((pairs) => pairs.flat()),
  );
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 6 }), (entries) => {
      const { claims, unreadable } = takenOf(...entries);
      assertEquals(claims.length + unreadable.length, entries.length);
      for (const { entry, receipt } of claims) {
        assert(entry.key && entry.code && entry.shop && entry.body && Number.isFinite(entry.scannedAtMs));
        assert(receipt === null || typeof receipt.message === "string");
      }
      for (const { problem } of unreadable) assert(problem.length > 0);
    }),
    { numRuns: 300 },
  );
});
