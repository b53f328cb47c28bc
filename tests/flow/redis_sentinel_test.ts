// A master with two replicas under three sentinels.
import { assert } from "@std/assert";
import { runThroughFailover } from "../support/failover.ts";

Deno.test("a master under sentinels that is killed in mid-flow loses no document and sends none twice", async () => {
  const processes = await runThroughFailover("sentinel", "SIGKILL");
  const events = processes.flatMap((process) => process.logLines());
  assert(!events.some(({ event }) => event === "document.buried"));
});
