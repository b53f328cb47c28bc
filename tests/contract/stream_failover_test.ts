// What a new master shows that lacks the last moments of the old one: entries that workers hold look as if nobody had read them.
import { assertEquals } from "@std/assert";
import { group } from "../../shared/stream_keys.ts";
import { type StreamBench, withStream } from "../support/stream.ts";

Deno.test("an entry in hand that looks unread is claimed anew by its worker's renewal, and given to no other", async () => {
  await withStream(async (bench) => {
    const [first = "", second = "", third = ""] = await bench.enqueue("1", "2", "3");
    await bench.a.take({ due: 0, fresh: 2 });
    await forgetReads(bench, first, second);
    assertEquals(await bench.a.renew([{ id: second, key: "2" }]), [true]);
    const b = bench.worker("b");
    const taken = await bench.takeAll(b);
    assertEquals(taken.map(({ entry }) => entry.id), [first, third]);
    const held = (await bench.pending()).find(({ id }) => id === second);
    assertEquals([held?.consumer, held?.deliveries], ["a", 1]);
    await bench.assertDueIn(second, 5_000);
    await bench.a.settle([{ id: second, key: "2" }]);
    await b.settle([{ id: first, key: "1" }, { id: third, key: "3" }]);
    await bench.assertEmpty();
  });
});

Deno.test("an entry in hand that looks unread comes due like any other when its worker dies", async () => {
  await withStream(async (bench) => {
    const [id = ""] = await bench.enqueue("1");
    await bench.takeAll();
    await forgetReads(bench, id);
    await bench.a.renew([{ id, key: "1" }]);
    assertEquals(await bench.takeAll(bench.worker("b")), []);
    await bench.makeDue(id);
    const [claim] = await bench.takeAll(bench.worker("c"));
    assertEquals([claim?.entry.id, claim?.deliveries], [id, 2]);
  });
});

Deno.test("a worker that was too late for its entry is told so", async () => {
  await withStream(async (bench) => {
    const [id = ""] = await bench.enqueue("1");
    await bench.takeAll();
    await forgetReads(bench, id);
    await bench.takeAll(bench.worker("b"));
    assertEquals(await bench.a.renew([{ id, key: "1" }]), [false]);
  });
});

/** As if the reads had been lost on the way to the replica. */
async function forgetReads({ redis, keys }: StreamBench, ...ids: string[]): Promise<void> {
  await redis.xack(keys.stream, group, ...ids);
  await redis.xgroup("SETID", keys.stream, group, "0");
}
