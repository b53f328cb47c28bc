// Redriving: rows first, letters after; in time; stopped and taken up again; never twice.
import { assert, assertEquals } from "@std/assert";
import type { DocumentType, RowKey } from "../../shared/document.ts";
import { type Candidate, candidatesOf, redrive, type RedriveParts } from "../../shared/operator/redrive.ts";
import type { DeadLetter } from "../../shared/operator/types.ts";
import { HandClock } from "../support/clock.ts";

class World {
  readonly clock = new HandClock();
  readonly rows = new Map<RowKey, string>();
  readonly letters = new Set<string>();
  readonly done: string[] = [];
  failAt: string | null = null;

  constructor(failed: number) {
    for (let n = 1; n <= failed; n++) {
      this.rows.set(String(n), "SYNC_FAILED");
      this.letters.add(`${n}-0`);
    }
  }

  get parts(): RedriveParts {
    return {
      clock: this.clock,
      source: {
        readStatuses: (_type: DocumentType, keys: RowKey[]) =>
          Promise.resolve(
            new Map(keys.flatMap((key) => this.rows.has(key) ? [[key, this.rows.get(key) ?? ""]] : [])),
          ),
      },
      operatorSource: {
        redriveRows: (_type: DocumentType, keys: RowKey[]) => {
          const failed = keys.filter((key) => this.rows.get(key) === "SYNC_FAILED");
          for (const key of failed) this.rows.set(key, "PENDING_SYNC");
          this.done.push(`rows ${failed.length}`);
          return Promise.resolve(failed.length);
        },
      },
      dead: {
        remove: (_type: DocumentType, ids: string[]) => {
          if (this.failAt !== null && ids.includes(this.failAt)) {
            return Promise.reject(new Error("Redis is gone"));
          }
          this.done.push(`letters ${ids.length}`);
          return Promise.resolve(ids.filter((id) => this.letters.delete(id)).length);
        },
      },
    };
  }

  candidates(): Candidate[] {
    return [...this.letters].map((id) => ({ type: "hoa_don", key: id.split("-")[0] ?? "", letterIds: [id] }));
  }

  count(status: string): number {
    return [...this.rows.values()].filter((each) => each === status).length;
  }
}

Deno.test("redrive() sets rows back before it removes their letters", async () => {
  const world = new World(3);
  const counts = await redrive(world.parts, world.candidates(), {});
  assertEquals(world.done, ["rows 3", "letters 3"]);
  assertEquals({ redriven: counts.redriven, removed: counts.lettersRemoved }, { redriven: 3, removed: 3 });
});

Deno.test("redrive() with a dry run says what it would do, and changes nothing", async () => {
  const world = new World(3);
  const counts = await redrive(world.parts, world.candidates(), { dryRun: true, ratePerSecond: 1 });
  assertEquals(counts.redriven, 3);
  assertEquals([world.letters.size, world.count("SYNC_FAILED"), world.done.length], [3, 3, 0]);
});

Deno.test("redrive() leaves rows alone that are gone or the pharmacy's, with their letters, and drops letters of synced rows", async () => {
  const world = new World(4);
  world.rows.set("1", "SYNC_SUCCESS");
  world.rows.set("2", "DRAFT");
  world.rows.delete("3");
  const { redriven, already, left } = await redrive(world.parts, world.candidates(), {});
  assertEquals({ redriven, already, left }, { redriven: 1, already: 1, left: 2 });
  assertEquals([...world.letters], ["2-0", "3-0"]);
  assertEquals(world.rows.get("1"), "SYNC_SUCCESS");
});

Deno.test("redrive() keeps to its rate", async () => {
  const world = new World(100);
  const running = redrive(world.parts, world.candidates(), { ratePerSecond: 50 });
  await world.clock.advance(0);
  assert(world.count("PENDING_SYNC") <= 13);
  await world.clock.advance(1_000);
  const after1s = world.count("PENDING_SYNC");
  assert(after1s >= 40 && after1s <= 65, `${after1s} after a second`);
  await world.clock.advance(1_500);
  assertEquals((await running).redriven, 100);
});

Deno.test("redrive() stops when told, and the same call goes on from there", async () => {
  const world = new World(100);
  const stop = new AbortController();
  const progress: number[] = [];
  const running = redrive(world.parts, world.candidates(), {
    ratePerSecond: 50,
    signal: stop.signal,
    onProgress: ({ done }) => progress.push(done),
  });
  await world.clock.advance(500);
  stop.abort();
  const first = await running;
  assertEquals(first.stopped, true);
  assert(first.redriven > 0 && first.redriven < 100);
  assertEquals(progress.at(-1), first.redriven);
  const second = await redrive(world.parts, world.candidates(), {});
  assertEquals(first.redriven + second.redriven, 100);
  assertEquals(world.letters.size, 0);
});

Deno.test("redrive() that dies between rows and letters is mended by the next one", async () => {
  const world = new World(3);
  world.failAt = "2-0";
  const error = await redrive(world.parts, world.candidates(), {}).catch((error) => error);
  assert(error instanceof Error);
  assertEquals([world.count("PENDING_SYNC"), world.letters.size], [3, 3]);
  world.failAt = null;
  const { redriven, already } = await redrive(world.parts, world.candidates(), {});
  assertEquals([redriven, already, world.letters.size], [0, 3, 0]);
});

Deno.test("candidatesOf() makes one candidate of a row with several letters, oldest row first, and none of a letter without a row", () => {
  const letter = (id: string, key: string): DeadLetter => ({
    id,
    type: "hoa_don",
    key,
    code: "",
    shop: "",
    entryId: "",
    reason: "refused",
    detail: "",
    deliveries: 1,
    firstScannedAtMs: null,
    diedAtMs: 0,
  });
  assertEquals(
    candidatesOf([letter("3-0", "a"), letter("2-0", "b"), letter("1-0", "a"), letter("0-1", "")]),
    [
      { type: "hoa_don", key: "a", letterIds: ["1-0", "3-0"] },
      { type: "hoa_don", key: "b", letterIds: ["2-0"] },
    ],
  );
});
