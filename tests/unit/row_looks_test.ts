// Looks at single rows before a call, which go together (workers/row_looks.ts).
import { assertEquals } from "@std/assert";
import { RowLooks } from "../../workers/row_looks.ts";

Deno.test("rows that are looked at together are one read, and those asked for meanwhile the next", async () => {
  const reads: string[][] = [];
  const first = Promise.withResolvers<void>();
  const looks = new RowLooks(async (keys) => {
    reads.push(keys);
    if (reads.length === 1) await first.promise;
    const of = (key: string) => key === "sent" ? "SYNC_SUCCESS" : "PENDING_SYNC";
    return new Map(keys.filter((key) => key !== "gone").map((key) => [key, of(key)]));
  });
  const early = [looks.over("a"), looks.over("gone"), looks.over("a"), looks.over("sent")];
  await Promise.resolve();
  const late = [looks.over("b"), looks.over("c")];
  first.resolve();
  const decided = await Promise.all(early);
  assertEquals(decided.map((decision) => decision?.kind), [undefined, "gone", undefined, "synced"]);
  assertEquals(await Promise.all(late), [null, null]);
  assertEquals(reads, [["a", "gone", "sent"], ["b", "c"]]);
});

Deno.test("an entry whose row cannot be looked at waits, and the next look is tried", async () => {
  let reads = 0;
  const looks = new RowLooks((keys) =>
    ++reads === 1
      ? Promise.reject(new Error("SQL Server is away"))
      : Promise.resolve(new Map(keys.map((key) => [key, "PENDING_SYNC"])))
  );
  for (const decision of await Promise.all([looks.over("a"), looks.over("b")])) {
    assertEquals(decision, { kind: "wait", delayMs: 5_000, message: "SQL Server is away" });
  }
  assertEquals(await looks.over("a"), null);
});
