// An operator looks into the stand-in with mongosh. Run by Deno, so that nothing has to be installed; the
// first run downloads it. TEST_MONGOSH=no leaves this test out, where the npm registry cannot be reached.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { withClient, withStandIn } from "../support/mongodb.ts";

const mongosh = "npm:mongosh@2.12.0";
const downloadMsMax = 300_000;

Deno.test({
  name: "mongosh shows the collections of the stand-in and prints what is in them",
  ignore: Deno.env.get("TEST_MONGOSH") === "no",
  fn: () =>
    withStandIn((server) =>
      withClient(server.uri, async ({ db }) => {
        await db.collection("sync_failures").insertOne({ payload: { ma_phieu: "PN1" } });
        await db.collection("task_logs").createIndex({ queue: 1, task_id: 1 }, { unique: true });
        await db.collection("task_logs").insertOne({
          task_id: "1-0",
          status: "SUCCESS",
          created_at: new Date(0),
        });
        const uri = `${server.uri}/${db.databaseName}`;
        assertEquals((await run(uri, "show collections")).trim().split("\n"), ["sync_failures", "task_logs"]);
        const found = await run(uri, "db.task_logs.find({}, {_id: 0})");
        for (const part of ["task_id: '1-0'", "status: 'SUCCESS'", "ISODate('1970-01-01T00:00:00.000Z')"]) {
          assertStringIncludes(found, part);
        }
        const figures = await run(
          uri,
          `const plan = db.task_logs.find({ task_id: "1-0", queue: null }).explain().queryPlanner.winningPlan;
           const updated = db.task_logs.updateOne({ task_id: "1-0" }, { $inc: { n: 1 } }).modifiedCount;
           print(updated, db.task_logs.countDocuments(), db.task_logs.getIndexes().length,
             db.task_logs.stats().count, plan.inputStage.stage)`,
        );
        assertStringIncludes(figures, "1 1 2 1 IXSCAN");
        assertStringIncludes(await run(uri, "show dbs"), db.databaseName);
      })
    ),
});

/** What mongosh prints for one line of input. Its settings and history go to a directory that is removed. */
async function run(uri: string, input: string): Promise<string> {
  const home = await Deno.makeTempDir();
  const { denoDir } = JSON.parse(await output(["info", "--json"], home, {}));
  const args = ["run", "-A", "--quiet", "--no-lock", "--no-config", mongosh, uri, "--quiet", "--eval", input];
  try {
    return await output(args, home, { HOME: home, USERPROFILE: home, APPDATA: home, DENO_DIR: denoDir });
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

async function output(args: string[], cwd: string, env: Record<string, string>): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), {
    args,
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    signal: AbortSignal.timeout(downloadMsMax),
  });
  const { success, stdout, stderr } = await command.output();
  const text = new TextDecoder().decode(stdout);
  if (!success) throw new Error(`deno ${args.join(" ")} failed: ${new TextDecoder().decode(stderr)}${text}`);
  return text;
}
