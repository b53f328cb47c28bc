// Faults of SQL Server and MongoDB, played by the stand-ins' control endpoints.
import { between } from "../../../dev/samples/random.ts";
import { aboutFault } from "./names.ts";
import type { Ground } from "../ground.ts";
import { pause } from "../pause.ts";

/** The write-back, and nothing else (shared/sql/write_results.sql). */
const writeBack = "UPDATE h\\b";

/** Connections are cut and refused for 20 s. */
export async function sqlGone({ stack, say }: Ground): Promise<void> {
  say("SQL Server is gone");
  await stack.control("sqlserver", "POST down");
  await pause(aboutFault("sql_gone").ms);
  await stack.control("sqlserver", "POST up");
  say("SQL Server is back");
}

/** Some write-backs are the victim of a deadlock. */
export async function sqlDeadlock({ stack, random, say }: Ground): Promise<void> {
  const times = between(random, 1, 5);
  say(`error 1205 for ${times} write-backs`);
  await stack.control("sqlserver", "POST faults", { match: writeBack, error: { number: 1205 }, times });
  await pause(aboutFault("sql_deadlock").ms);
}

/** Some write-backs are executed, and their connection is cut before they are answered. */
export async function sqlCutAfterUpdate({ stack, random, say }: Ground): Promise<void> {
  const times = between(random, 1, 5);
  say(`connection cut after ${times} write-backs, before the answer`);
  await stack.control("sqlserver", "POST faults", { match: writeBack, cutAfter: true, times });
  await pause(aboutFault("sql_cut_after_update").ms);
}

export async function mongoGone({ stack, say }: Ground): Promise<void> {
  say("MongoDB is gone");
  await stack.control("mongodb", "POST down");
  await pause(aboutFault("mongo_gone").ms);
  await stack.control("mongodb", "POST up");
  say("MongoDB is back");
}
