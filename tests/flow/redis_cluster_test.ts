// A Redis Cluster of three masters, in which each type's stream has a master of its own, or shares it.
import { assert } from "@std/assert";
import { runThroughFailover } from "../support/failover.ts";

Deno.test("a cluster's master that is killed in mid-flow loses no document and sends none twice", async () => {
  const processes = await runThroughFailover("cluster", "SIGKILL");
  const events = processes.flatMap((process) => process.logLines());
  assert(!events.some(({ event }) => event === "document.buried"));
});
