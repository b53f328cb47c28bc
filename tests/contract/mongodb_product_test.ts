// The product's own journal on MongoDB: what a worker and the scheduler write of one delivery, in whichever order it comes.
import { assertEquals } from "@std/assert";
import { systemClock } from "../../shared/clock.ts";
import { MongoJournal } from "../../shared/journal.ts";
import type { TaskRecord } from "../../shared/journal_records.ts";
import { withMongo } from "../support/mongodb.ts";
import { RecordingLog } from "../support/recording_log.ts";

const queue = "hermes:{hoa_don}:stream";

function record(
  taskId: string,
  more: Pick<TaskRecord, "status" | "event" | "atMs" | "deliveries">,
): TaskRecord {
  return {
    kind: "task",
    taskId,
    queue,
    type: "hoa_don",
    key: taskId,
    code: `HD${taskId}`,
    shop: "S1",
    ...more,
  };
}

const enqueued = (taskId: string) => record(taskId, { status: "PENDING", event: "enqueued", atMs: 1_000 });
const accepted = (taskId: string, deliveries = 1, atMs = 2_000) =>
  record(taskId, { status: "SUCCESS", event: "accepted", atMs, deliveries });

Deno.test("the journal keeps a success, with both events, when the scheduler's record comes after the worker's", () =>
  withMongo(async ({ uri, db }) => {
    const log = new RecordingLog();
    const journal = new MongoJournal({ uri, dbName: db.databaseName, clock: systemClock, log });
    await journal.write([accepted("1-0"), accepted("3-0", 2), accepted("4-0", 1, 9_000)]);
    await journal.write([enqueued("1-0"), enqueued("2-0"), enqueued("4-0")]);
    await journal.write([accepted("2-0"), enqueued("3-0")]);
    await journal.close();
    const tasks = await db.collection("task_logs").find().sort({ task_id: 1 }).toArray();
    const events = (task: typeof tasks[number]) => task.events.map(({ event }: { event: string }) => event);
    assertEquals(tasks.map((task) => [task.task_id, task.status, events(task)]), [
      ["1-0", "SUCCESS", ["enqueued", "accepted"]],
      ["2-0", "SUCCESS", ["enqueued", "accepted"]],
      ["3-0", "SUCCESS", ["accepted", "enqueued"]],
      ["4-0", "SUCCESS", ["accepted", "enqueued"]],
    ]);
    assertEquals(log.names, []);
  }));
