// Receipts: what the partner accepted is recorded before anything else, many at a time, and a lost Redis holds nothing up.
import { assertEquals } from "@std/assert";
import type { RowKey } from "../../shared/document.ts";
import { Receipts } from "../../workers/receipts.ts";

/** A stream that records when it is told to. */
function slowStream() {
  const batches: string[][] = [];
  let release: (error?: Error) => void = () => {};
  return {
    batches,
    release: (error?: Error) => release(error),
    async called(times: number) {
      for (let turn = 0; batches.length < times && turn < 100; turn++) await null;
    },
    recordReceipts(receipts: { id: string; key: RowKey }[]): Promise<void> {
      batches.push(receipts.map(({ id }) => id));
      return new Promise((resolve, reject) => {
        release = (error) => error ? reject(error) : resolve();
      });
    },
  };
}

/** A clock whose waits are over at once. */
const noRest = { now: () => 0, sleep: () => Promise.resolve() };

const receipt = { nationalCode: "HD_QG_1", message: "Thành công" };

Deno.test("a receipt resolves when it is recorded, and what comes in meanwhile goes together in the next", async () => {
  const stream = slowStream();
  const receipts = new Receipts(stream, noRest);
  const first = receipts.record("1-0", "1", receipt);
  const others = [receipts.record("2-0", "2", receipt), receipts.record("3-0", "3", receipt)];
  assertEquals(stream.batches, [["1-0"]]);
  stream.release();
  assertEquals(await first, true);
  await stream.called(2);
  assertEquals(stream.batches, [["1-0"], ["2-0", "3-0"]]);
  stream.release();
  assertEquals(await Promise.all(others), [true, true]);
});

Deno.test("a receipt that Redis does not take is told as such, and the next one is tried", async () => {
  const stream = slowStream();
  const receipts = new Receipts(stream, noRest);
  const first = receipts.record("1-0", "1", receipt);
  stream.release(new Error("connection lost"));
  assertEquals(await first, false);
  const second = receipts.record("2-0", "2", receipt);
  await stream.called(2);
  stream.release();
  assertEquals(await second, true);
});

Deno.test("no receipt is left behind, however the answers come in", async () => {
  const recorded: string[] = [];
  const receipts = new Receipts({
    recordReceipts: (batch) => Promise.resolve(void recorded.push(...batch.map(({ id }) => id))),
  }, noRest);
  const ids = Array.from({ length: 40 }, (_, index) => `${index}-0`);
  const all = ids.map(async (id, index) => {
    for (let microtask = 0; microtask < index; microtask++) await null;
    return receipts.record(id, id, receipt);
  });
  await Promise.all(all);
  assertEquals(recorded, ids);
});
