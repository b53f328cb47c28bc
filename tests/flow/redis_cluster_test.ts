// A Redis Cluster of three masters, each with a replica: the types' streams are spread over them.
import { assertSurvivesFailover } from "../support/failover.ts";

Deno.test("a cluster's master that is killed in mid-flow loses no document and sends none twice", async () => {
  await assertSurvivesFailover("cluster", "SIGKILL");
});

Deno.test({
  name: "a cluster's master that freezes in mid-flow loses no document and sends none twice",
  // It takes half a minute, since connections have to time out: `deno task flow --redis=cluster`.
  ignore: Deno.env.get("FLOW_REDIS") !== "cluster",
  fn: async () => await assertSurvivesFailover("cluster", "SIGSTOP"),
});
