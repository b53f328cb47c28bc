// A scan over rows in memory: pages, fairness between shops, backpressure, and what becomes of documents that cannot be sent.
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { dialects } from "../../shared/dialects.ts";
import { SourceError } from "../../shared/errors.ts";
import type { JournalRecord } from "../../shared/journal_records.ts";
import { Scan } from "../../shared/scan.ts";
import { HandClock } from "../support/clock.ts";
import { RowsInMemory, StreamInMemory } from "../support/pharmacy.ts";
import { RecordingLog } from "../support/recording_log.ts";

/** A scan of purchase receipts. `blocked` are shops that cannot log in. */
function bundle(backlogMax = 10_000, bodyMaxBytes = 1_000_000) {
  const clock = new HandClock();
  const rows = new RowsInMemory();
  const stream = new StreamInMemory(clock);
  const log = new RecordingLog();
  const records: JournalRecord[] = [];
  const blocked = new Map<string, { untilMs: number; why: string }>();
  const scan = new Scan({
    type: "phieu_nhap",
    queue: "q",
    source: rows,
    stream,
    blockedShops: { list: () => Promise.resolve(blocked) },
    enqueued: { add: (added) => void records.push(...added) },
    journal: { write: (written) => Promise.resolve(void records.push(...written)) },
    log,
    clock,
    backlogMax,
    bodyMaxBytes,
    dialect: dialects.national,
  });
  const shopsInFlight = () =>
    [...Map.groupBy(stream.entries.values(), ({ shop }) => shop)]
      .map(([shop, entries]) => [shop, entries.length] as const);
  return { clock, rows, stream, log, records, blocked, scan, inFlightOf: () => new Map(shopsInFlight()) };
}

Deno.test("a sweep enqueues every pending document once, and the next one finds nothing new", async () => {
  const { rows, stream, scan, log } = bundle();
  rows.add("S1", 3);
  rows.rows.get("2")!.status = "SYNC_FAILED";
  assertEquals(await scan.sweep(), { found: 2, enqueued: 2, invalid: 0, more: false });
  assertEquals([...stream.entries.keys()], ["1", "3"]);
  assertEquals(log.of("document.enqueued").length, 2);
  assertEquals(await scan.sweep(), { found: 0, enqueued: 0, invalid: 0, more: false });
});

Deno.test("what keeps the journal informed hears of every document that was enqueued", async () => {
  const { rows, records, scan, clock } = bundle();
  rows.add("S1", 1);
  await scan.sweep();
  assertEquals(records, [{
    kind: "task",
    taskId: `${clock.now()}-1`,
    queue: "q",
    type: "phieu_nhap",
    key: "1",
    code: "PN1",
    shop: "S1",
    status: "PENDING",
    event: "enqueued",
    deliveries: 0,
    atMs: clock.now(),
  }]);
});

Deno.test("rows are walked in pages of 500, by key", async () => {
  const { rows, scan } = bundle();
  for (let shop = 0; shop < 4; shop++) rows.add(`S${shop}`, 225);
  assertEquals((await scan.sweep()).enqueued, 900);
  assertEquals(rows.pages.map(({ after }) => after), [null, "500"]);
});

Deno.test("rows in flight are not read again in full", async () => {
  const { rows, scan } = bundle();
  rows.add("S1", 100);
  await scan.sweep();
  rows.add("S2", 2);
  await scan.sweep();
  assertEquals(rows.documentsRead, 102);
});

Deno.test("blocked shops are left out of the query", async () => {
  const { rows, scan, blocked, stream } = bundle();
  rows.add("S1", 2);
  rows.add("S2", 2);
  blocked.set("S1", { untilMs: Infinity, why: "sai mật khẩu" });
  assertEquals((await scan.sweep()).found, 2);
  assertEquals(rows.pages[0]?.skipShops, ["S1"]);
  blocked.clear();
  assertEquals((await scan.sweep()).enqueued, 2);
  assertEquals(stream.entries.size, 4);
});

Deno.test("a shop with 100,000 documents does not hold back one with 3", async () => {
  const { rows, scan, inFlightOf } = bundle();
  rows.add("big", 100_000);
  rows.add("small", 3);
  const { more } = await scan.sweep();
  assertEquals([inFlightOf().get("small"), inFlightOf().get("big"), more], [3, 250, true]);
});

Deno.test("a small shop gets in behind many big ones after a few sweeps: the shares halve while the room runs out", async () => {
  const { rows, scan, stream, inFlightOf } = bundle();
  for (let shop = 0; shop < 50; shop++) rows.add(`big${shop}`, 1_000);
  rows.add("small", 3);
  let sweeps = 0;
  for (; !inFlightOf().has("small") && sweeps < 20; sweeps++) {
    stream.settle(1_000, rows);
    await scan.sweep();
  }
  assert(sweeps <= 6, `${sweeps} sweeps`);
});

Deno.test("once the big shops are known, a new small shop gets in with the next sweep", async () => {
  const { rows, scan, stream, inFlightOf } = bundle();
  for (let shop = 0; shop < 12; shop++) rows.add(`big${shop}`, 2_000);
  for (let sweep = 0; sweep < 4; sweep++) {
    await scan.sweep();
    await scan.refill();
    stream.settle(1_000, rows);
  }
  rows.add("small", 3);
  await scan.sweep();
  assertEquals(inFlightOf().get("small"), 3);
});

Deno.test("a sweep that finds no room forgets nothing of the shops", async () => {
  const { rows, scan, stream, inFlightOf } = bundle();
  for (let shop = 0; shop < 8; shop++) rows.add(`big${shop}`, 2_000);
  for (let sweep = 0; sweep < 3; sweep++) {
    stream.settle(1_000, rows);
    await scan.sweep();
  }
  for (let sweep = 0; sweep < 30; sweep++) await scan.sweep(); // fills what is left
  stream.settle(1_000, rows);
  await scan.sweep();
  assertEquals(inFlightOf().size, 8);
});

Deno.test("backpressure: a backlog of work in flight is all that a million pending rows cost", async () => {
  const { rows, scan, stream, clock } = bundle();
  for (let shop = 0; shop < 10; shop++) rows.add(`S${shop}`, 5_000);
  for (let round = 0; round < 5; round++) {
    await scan.sweep();
    await scan.refill();
    await clock.advance(250);
  }
  assertEquals([stream.backlogSeenMax <= 1_000, stream.entries.size], [true, 1_000]);
  assert(rows.pages.length < 120, `${rows.pages.length} pages`);
});

Deno.test("no more than MAX_BACKLOG documents are in flight, however fast they are settled", async () => {
  const { rows, scan, stream, clock } = bundle(100);
  rows.add("S1", 5_000);
  for (let round = 0; round < 30; round++) {
    await (round % 5 === 0 ? scan.sweep() : scan.refill());
    await clock.advance(250);
    stream.settle(90, rows);
  }
  assert(stream.backlogSeenMax <= 100, `${stream.backlogSeenMax}`);
});

Deno.test("the window grows with the rate at which documents are settled", async () => {
  const { rows, scan, stream, clock } = bundle();
  rows.add("S1", 20_000);
  for (let round = 0; round < 40; round++) {
    await (round % 20 === 0 ? scan.sweep() : scan.refill());
    await clock.advance(250);
    stream.settle(500, rows);
  }
  assert(stream.backlogSeenMax > 2_000, `${stream.backlogSeenMax}`);
});

Deno.test("a sweep without room asks SQL Server nothing, and says that there may be more", async () => {
  const { rows, scan, stream } = bundle(50);
  rows.add("S1", 60);
  for (let sweep = 0; sweep < 40; sweep++) await scan.sweep();
  assertEquals(stream.entries.size, 50);
  rows.pages.length = 0;
  assertEquals(await scan.sweep(), { found: 0, enqueued: 0, invalid: 0, more: true });
  assertEquals(rows.pages, []);
});

Deno.test("a refill goes on at the first page that had rows without room", async () => {
  const { rows, scan, stream } = bundle();
  for (const shop of ["A", "B", "C", "D", "E"]) rows.add(shop, 600);
  assert((await scan.sweep()).more);
  stream.settle(1_000, rows);
  rows.pages.length = 0;
  const { enqueued, more } = await scan.refill();
  assertEquals([rows.pages[0]?.after, enqueued, more], [null, 750, true]);
  stream.settle(750, rows);
  rows.pages.length = 0;
  await scan.refill();
  assert(Number(rows.pages[0]?.after) >= 500, `it began again at ${rows.pages[0]?.after}`);
});

Deno.test("a sweep begins anew, wherever the refill before it was", async () => {
  const { rows, scan, stream } = bundle();
  for (const shop of ["A", "B", "C", "D", "E"]) rows.add(shop, 600);
  await scan.sweep();
  stream.settle(1_000, rows);
  await scan.refill();
  stream.settle(750, rows);
  rows.pages.length = 0;
  await scan.sweep();
  assertEquals(rows.pages[0]?.after, null);
});

Deno.test("a document settled while the scan reads it is not sent again", async () => {
  const { rows, scan, stream, clock } = bundle();
  rows.add("S1", 2);
  await scan.sweep();
  rows.beforeKeys = () => {
    clock.jump(5);
    stream.settle(1, rows);
    rows.rows.get("1")!.status = "PENDING_SYNC"; // the SELECT still sees the row as it was
  };
  await scan.sweep();
  assertEquals([stream.enqueued.get("1"), stream.entries.has("1")], [1, false]);
  rows.beforeKeys = () => {};
  await clock.advance(10);
  await scan.sweep();
  assertEquals(stream.enqueued.get("1"), 2, "a later scan reads the row as it is now");
});

Deno.test("a young document without lines is left alone", async () => {
  const { rows, scan, stream, records } = bundle();
  const [key = ""] = rows.add("S1", 1, (document) => Object.assign(document, { lines: [], linesDue: false }));
  assertEquals(await scan.sweep(), { found: 1, enqueued: 0, invalid: 0, more: false });
  assertEquals([stream.entries.size, rows.rows.get(key)?.status, records], [0, "PENDING_SYNC", []]);
});

Deno.test("documents without lines use up nothing of their shop's share on the next page", async () => {
  const { rows, scan, inFlightOf } = bundle();
  rows.add("A", 100, (document) => Object.assign(document, { lines: [], linesDue: false }));
  rows.add("B", 200);
  rows.add("C", 200);
  rows.add("A", 200);
  await scan.sweep();
  assertEquals(inFlightOf().get("A"), 200);
});

Deno.test("a document that breaks rules is not sent: its row, the journal and the log say why", async () => {
  const { rows, scan, stream, records, log } = bundle();
  rows.add("S1", 1, ({ header, lines }) => {
    header.ngay_nhap = "hôm qua";
    lines[0]!.so_lo = null;
  });
  rows.add("S1", 1);
  assertEquals(await scan.sweep(), { found: 2, enqueued: 1, invalid: 1, more: false });
  const { status, message } = rows.rows.get("1")!;
  assertEquals([status, [...stream.entries.keys()]], ["SYNC_FAILED", ["2"]]);
  assertStringIncludes(message!, `Ngày nhập (ngay_nhap): không phải ngày hợp lệ: đang là "hôm qua"`);
  assertStringIncludes(message!, "; Dòng 1, Số lô (so_lo): bắt buộc, đang trống");
  assertEquals(
    log.of("document.invalid"),
    [
      ["ngay_nhap", "không phải ngày hợp lệ"],
      ["chi_tiet[1].so_lo", "bắt buộc, đang trống"],
    ].map(([field, rule]) => ({ type: "phieu_nhap", code: "PN1", key: "1", shop: "S1", field, rule })),
  );
  const failure = records.find((record) => record.kind === "failure");
  assertEquals([failure?.error.kind, failure?.code, failure?.error.status], ["invalid", "PN1", null]);
  assertStringIncludes(failure!.payload, `"ngay_nhap":"hôm qua"`);
  assertStringIncludes(failure!.payload, `"chi_tiet":[{`);
});

Deno.test("a document whose body is too long for the partner is refused before it is sent", async () => {
  const { rows, scan, stream } = bundle(10_000, 2_000);
  rows.add("S1", 1, (document) => document.lines = Array(50).fill(document.lines[0]));
  rows.add("S1", 1);
  assertEquals(await scan.sweep(), { found: 2, enqueued: 1, invalid: 1, more: false });
  assertEquals([rows.rows.get("1")!.status, [...stream.entries.keys()]], ["SYNC_FAILED", ["2"]]);
  assertStringIncludes(rows.rows.get("1")!.message!, "tối đa 2000 (API_MAX_BODY_BYTES)");
});

Deno.test("an invalid document is told once, not at every sweep", async () => {
  const { rows, scan, records } = bundle();
  rows.add("S1", 1, ({ header }) => header.ma_co_so = "");
  await scan.sweep();
  await scan.sweep();
  assertEquals(records.length, 1);
});

Deno.test("trouble with SQL Server ends the sweep, and what is enqueued by then stays", async () => {
  const { rows, scan, stream } = bundle();
  for (let shop = 0; shop < 4; shop++) rows.add(`S${shop}`, 200);
  let asked = 0;
  rows.beforeKeys = () => {
    if (++asked === 2) throw new SourceError("SQL Server, finding pending rows", { cause: null });
  };
  await assertRejects(() => scan.sweep(), SourceError);
  assertEquals(stream.entries.size, 500);
  rows.beforeKeys = () => {};
  for (let sweep = 0; sweep < 5; sweep++) await scan.sweep();
  assertEquals(stream.entries.size, 800);
});

interface Plan {
  shops: number[];
  rounds: { sweep: boolean; settle: number }[];
}
const plan: fc.Arbitrary<Plan> = fc.record({
  shops: fc.array(fc.oneof(fc.nat(5), fc.integer({ min: 100, max: 1_500 })), { minLength: 1, maxLength: 8 }),
  rounds: fc.array(fc.record({ sweep: fc.boolean(), settle: fc.nat(800) }), { maxLength: 12 }),
});

Deno.test("property: every document is enqueued exactly once, in whatever order sweeps, refills and workers come", async () => {
  await fc.assert(
    fc.asyncProperty(plan, async ({ shops, rounds }) => {
      const { rows, scan, stream, clock } = bundle(1_000);
      shops.forEach((count, shop) => rows.add(`S${shop}`, count));
      const until = { sweep: true, settle: 1_000 };
      const more = Array(Math.ceil(rows.rows.size / 500) + 10).fill(until);
      for (const { sweep, settle } of [...rounds, ...more]) {
        await (sweep ? scan.sweep() : scan.refill());
        await clock.advance(1);
        stream.settle(settle, rows);
      }
      assertEquals([...rows.rows.values()].filter(({ status }) => status !== "SYNC_SUCCESS").length, 0);
      assert([...stream.enqueued.values()].every((times) => times === 1));
      assert(stream.backlogSeenMax <= 1_000);
    }),
    { numRuns: 25 },
  );
});

Deno.test("property: of any eight shops each has something enqueued after two sweeps, however much the others have", async () => {
  await fc.assert(
    fc.asyncProperty(plan, async ({ shops }) => {
      const { rows, scan, stream } = bundle();
      const keys = shops.map((count, shop) => rows.add(`S${shop}`, count));
      await scan.sweep();
      stream.settle(1_000, rows);
      await scan.sweep();
      for (const ofShop of keys) {
        assertEquals(ofShop.some((key) => stream.enqueued.has(key)), ofShop.length > 0);
      }
    }),
    { numRuns: 25 },
  );
});
