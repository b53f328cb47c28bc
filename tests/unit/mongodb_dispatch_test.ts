// Commands of the MongoDB stand-in without a network: whatever is asked, there is an answer.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { answer } from "../../dev/mongodb/dispatch.ts";
import { compileFilter } from "../../dev/mongodb/filter.ts";
import { Store } from "../../dev/mongodb/store.ts";
import { sweepExpired } from "../../dev/mongodb/ttl.ts";
import { type Doc, encode } from "../../dev/mongodb/values.ts";

const names = ("hello ping find getMore killCursors aggregate count distinct explain insert update delete " +
  "findAndModify createIndexes listIndexes dropIndexes listDatabases listCollections create drop dropDatabase " +
  "collStats dbStats getLog serverStatus saslStart nonsense").split(" ");
const fields =
  ("filter query q u updates deletes documents pipeline cursor sort projection limit skip batchSize " +
    "update remove upsert multi key indexes index collection cursors fields new").split(" ");
const inner =
  ("a a.b _id $set $inc $push $each $slice $gt $in $or $and $not $elemMatch $exists $size $type $regex " +
    "$expr $match $group $sort $project $unwind $facet q u name key unique __proto__ a.$ a.$[] constructor")
    .split(" ");

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(null, true, 0, 1, -1, 1.5, "", "a", "$a", "$$ROOT"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...inner), tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

Deno.test("any command is answered with ok or with an error that says what is wrong", () => {
  const arguments_ = fc.dictionary(fc.constantFrom(...fields), value, { maxKeys: 4, noNullPrototype: true });
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.oneof(fc.constant("a"), value),
      arguments_,
      (name, target, rest) => {
        const store = filled();
        const reply = ask(store, { [name]: target, ...rest, $db: "test" });
        assert(encode(reply).length > 0);
        if (reply["ok"] !== 1) {
          assert(
            typeof reply["code"] === "number" && reply["errmsg"] !== "",
            JSON.stringify(reply),
          );
        }
      },
    ),
    { numRuns: 3_000 },
  );
});

Deno.test("a query or an update of any shape leaves the other documents alone", () => {
  fc.assert(
    fc.property(value, value, (q, u) => {
      const store = filled();
      ask(store, { update: "a", updates: [{ q, u }], $db: "test" });
      const documents = [...store.existing("test", "a").all()].map(({ doc }) => doc);
      assertEquals(documents.length, 2);
      assertEquals(documents.map(({ _id }) => _id), [1, 2]);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("a command without a database is refused", () => {
  assertEquals(ask(new Store(), { ping: 1 })["code"], 40414);
  assertEquals(ask(new Store(), { ping: 1, $db: "a b" })["code"], 73);
});

function filled(): Store {
  const store = new Store();
  store.open("test", "a").insert({ _id: 1, a: { b: 1 } });
  store.open("test", "a").insert({ _id: 2, a: [{ b: 2 }, 3] });
  return store;
}

function ask(store: Store, body: Doc): Doc {
  const connections = { current: 1, total: 1 };
  return answer({ id: 1, body, answer: "message" }, { store, connectionId: 1, connections, startedAtMs: 0 });
}

Deno.test("a sweep removes what has expired, whatever sweeps and changes came before", () => {
  const change = fc.record({ n: fc.nat(4), atMs: fc.nat(20), isOpen: fc.boolean() });
  fc.assert(fc.property(fc.array(change), fc.boolean(), (changes, isPartial) => {
    const store = new Store();
    const logs = store.open("test", "logs");
    const partial = isPartial ? compileFilter({ isOpen: true }) : undefined;
    const options = { unique: false, sparse: false, expireAfterSeconds: 0, partial };
    logs.addIndex({ name: "at", key: { at: 1 }, ...options });
    for (const [step, { n, atMs, isOpen }] of changes.entries()) {
      const doc = { _id: n, at: new Date(atMs), isOpen };
      const there = logs.findOne(compileFilter({ _id: n }));
      if (there) logs.replace(there, doc);
      else logs.insert(doc);
      const left = [...logs.all()].filter(({ doc }) =>
        !(Number(doc["at"]) <= step && (doc["isOpen"] || !isPartial))
      );
      sweepExpired(store, step);
      assertEquals([...logs.all()], left);
    }
  }));
});
