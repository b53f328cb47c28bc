// The scheduler as a platform like Deno Deploy runs it, as far as that can be had on one machine (docs/deno-deploy.md): settings from the
// environment only, no file that it may read, no name of the machine, started anew for a tick, ended by SIGINT or just killed.
import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { plainEnvironment } from "../../dev/stack/env_file.ts";
import {
  assertAcceptedOnce,
  goodDocuments,
  keysOf,
  onThisMachine,
  waitUntilDrained,
} from "../support/flow.ts";
import { type Stack, startStack } from "../support/stack.ts";

const type = "hoa_don";
const scheduler = fileURLToPath(import.meta.resolve("../../scheduler.ts"));
/** What the platform grants between SIGINT and SIGKILL. */
const endsWithinMs = 5_000;
/** A lease that a killed scheduler left runs out, and another takes it. */
const takesOverWithinMs = 25_000;
const permissions = [
  "--no-prompt",
  "--allow-net",
  "--allow-env",
  "--deny-read",
  "--deny-write",
  "--deny-sys",
];

Deno.test("a scheduler without files, names and a past finds what is pending at every start, however the one before it ended", async () => {
  await using stack = await startStack();
  const samples = goodDocuments(type, 6);
  for (const [round, signal] of (["SIGINT", "SIGKILL", "SIGINT"] as const).entries()) {
    await using isolate = startIsolate(stack);
    await stack.insert(samples.slice(2 * round, 2 * round + 2));
    await enqueued(stack, 2 * round + 2);
    const killedAtMs = Date.now();
    isolate.kill(signal);
    const { code, stdout, stderr } = await isolate.output();
    if (signal === "SIGINT") assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
    assert(
      Date.now() - killedAtMs < onThisMachine(endsWithinMs),
      `it took ${Date.now() - killedAtMs} ms to end`,
    );
    assert(!/"(journal\.lost|scan\.failed)"/.test(new TextDecoder().decode(stdout)), "something failed");
  }
  stack.startWorker(type);
  await waitUntilDrained(stack, takesOverWithinMs);
  assertEquals(await assertAcceptedOnce(stack, samples), []);
});

Deno.test("two isolates at once enqueue every document once, also when one of them is killed, and the page of each answers", async () => {
  await using stack = await startStack();
  const samples = goodDocuments(type, 40);
  await stack.insert(samples.slice(0, 20));
  stack.startWorker(type);
  const ports = [freePort(), freePort()];
  const [first, second] = ports.map((port) =>
    startIsolate(stack, { HEALTH_PORT: String(port), HEALTH_HOST: "0.0.0.0" })
  );
  await using one = first!;
  await using _other = second!;
  const answers = async (port: number) =>
    (await fetch(`http://127.0.0.1:${port}/healthz`).then((r) => r.text())) !== "";
  for (const port of ports) {
    await stack.waitFor(() => answers(port), { deadlineMs: takesOverWithinMs, what: `the page on ${port}` });
  }
  one.kill("SIGKILL");
  await stack.insert(samples.slice(20));
  await waitUntilDrained(stack, takesOverWithinMs);
  assertEquals(await assertAcceptedOnce(stack, samples), []);
});

/** Runs from where no `.env` is, with what the platform would give it. */
function startIsolate(stack: Stack, env: Readonly<Record<string, string>> = {}): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", ...permissions, scheduler],
    cwd: "/",
    clearEnv: true,
    env: { ...plainEnvironment(), ...stack.env, ...env, LOG_FORMAT: "json" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function enqueued(stack: Stack, count: number): Promise<void> {
  const inStream = async () => await stack.redis.xlen(keysOf(stack, type).stream) === count;
  await stack.waitFor(inStream, { deadlineMs: takesOverWithinMs, what: `${count} entries in the stream` });
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}
