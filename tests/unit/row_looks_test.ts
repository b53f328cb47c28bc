// Reads of single rows that go together (workers/row_looks.ts).
import { assertEquals, assertRejects } from "@std/assert";
import { RowLooks } from "../../workers/row_looks.ts";

Deno.test("rows that are asked for together are one read, and those asked for meanwhile the next", async () => {
  const reads: string[][] = [];
  const first = Promise.withResolvers<void>();
  const looks = new RowLooks(async (keys) => {
    reads.push(keys);
    if (reads.length === 1) await first.promise;
    return new Map(keys.filter((key) => key !== "gone").map((key) => [key, `status of ${key}`]));
  });
  const early = [looks.status("a"), looks.status("gone"), looks.status("a")];
  await Promise.resolve();
  const late = [looks.status("b"), looks.status("c")];
  first.resolve();
  assertEquals(await Promise.all(early), ["status of a", undefined, "status of a"]);
  assertEquals(await Promise.all(late), ["status of b", "status of c"]);
  assertEquals(reads, [["a", "gone"], ["b", "c"]]);
});

Deno.test("a read that fails fails for all that it was for, and the next is tried", async () => {
  let reads = 0;
  const looks = new RowLooks((keys) =>
    ++reads === 1
      ? Promise.reject(new Error("away"))
      : Promise.resolve(new Map(keys.map((key) => [key, "s"])))
  );
  const failed = [looks.status("a"), looks.status("b")];
  for (const each of failed) await assertRejects(() => each, Error, "away");
  assertEquals(await looks.status("a"), "s");
});
