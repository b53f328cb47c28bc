// A master with two replicas under three sentinels.
import { assertSurvivesFailover } from "../support/failover.ts";

Deno.test("a master under sentinels that is killed in mid-flow loses no document and sends none twice", async () => {
  await assertSurvivesFailover("sentinel", "SIGKILL");
});

Deno.test({
  name: "a master under sentinels that freezes in mid-flow loses no document and sends none twice",
  // It takes half a minute, since connections have to time out: `deno task flow --redis=sentinel`.
  ignore: Deno.env.get("FLOW_REDIS") !== "sentinel",
  fn: async () => await assertSurvivesFailover("sentinel", "SIGSTOP"),
});
