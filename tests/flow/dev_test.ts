// The dev stack as a developer meets it: `deno task dev` and `deno task dev:services`, each run in a directory of its own.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isAlive } from "../../dev/stack/alive.ts";
import { parse } from "@std/dotenv";
import { makeSamples } from "../../dev/samples/samples.ts";
import { documentTypes } from "../../shared/document.ts";
import { readSettings } from "../../shared/settings.ts";
import { isSettingName } from "../../shared/settings_table.ts";
import { nationalCodeOf } from "../support/flow.ts";
import { startStack } from "../support/stack.ts";

const startsWithinMs = 30_000;
const endsWithinMs = 60_000;
const killedWithinMs = 20_000;
const exampleProfile = fileURLToPath(import.meta.resolve("../../docs/my-profile.json"));

Deno.test("dev --until-idle brings every document to its final status and leaves no process", async () => {
  await using dev = await runDev("main", "--documents=60", "--until-idle");
  const { code } = await dev.end();
  assertEquals(code, 0, dev.output());
  const last = dev.lines().at(-1) ?? "";
  assertMatch(last, /^60 documents: 54 SYNC_SUCCESS, 6 SYNC_FAILED, 0 PENDING_SYNC in \d+\.\d s$/);
  assertEquals(dev.processes(), []);
});

Deno.test("dev --profile=phieu does the same with the other tables and the gateway", async () => {
  await using dev = await runDev("main", "--profile=phieu", "--documents=60", "--until-idle");
  const { code } = await dev.end();
  assertEquals(code, 0, dev.output());
  assertMatch(dev.lines().at(-1) ?? "", /^60 documents: 54 SYNC_SUCCESS, 6 SYNC_FAILED, 0 PENDING_SYNC in/);
  assertMatch(dev.output(), /profile phieu/);
  assertMatch(dev.output(), /dialect gateway/);
  assertStringIncludes(dev.output(), "Ghi chú (ghi_chu): bắt buộc, đang trống");
});

Deno.test("every synced row carries the national code that the partner gave for exactly that document", async () => {
  await using stack = await startStack();
  const samples = makeSamples({ count: 60, seed: 7, startNumber: 0, now: new Date() });
  await stack.insert(samples);
  stack.startScheduler();
  for (const type of documentTypes) stack.startWorker(type);
  await stack.waitUntilIdle(endsWithinMs);
  const given = new Map(
    (await stack.partnerDocuments()).map(({ type, code, ...document }) => [`${type} ${code}`, document]),
  );
  for (const type of documentTypes) {
    const rows = new Map((await stack.rows(type)).map((row) => [row.code, row]));
    for (const { code, expected } of samples.filter((sample) => sample.type === type)) {
      const row = rows.get(code);
      assertEquals(row?.status, expected, code);
      const document = given.get(`${type} ${code}`);
      assertEquals(nationalCodeOf(stack, type, row), document?.national_code ?? null, code);
      if (document) assertEquals([document.posts, document.puts], [1, 0], code);
    }
  }
});

Deno.test("dev ends cleanly at SIGINT while documents are on their way", async () => {
  await using dev = await runDev("main", "--documents=300", "--partner-latency-ms=300");
  await dev.line(/phieu_nhap \d+\/[1-9]/, startsWithinMs);
  dev.signal("SIGINT");
  const { code } = await dev.end();
  assertEquals(code, 0, dev.output());
  assertEquals(dev.processes(), []);
});

Deno.test("dev says where the console is, and it answers there", async () => {
  await using dev = await runDev("main", "--documents=20");
  const line = await dev.line(/console at http/, startsWithinMs);
  const answer = await fetch(/http:\S+/.exec(line)?.[0] ?? "");
  assertStringIncludes(await answer.text(), "Hermes</title>");
  dev.signal("SIGINT");
  assertEquals((await dev.end()).code, 0, dev.output());
});

Deno.test("nothing is left when the dev stack itself is killed", async () => {
  await using dev = await runDev("main", "--documents=20");
  await dev.line(/^pending/, startsWithinMs);
  dev.signal("SIGKILL");
  await dev.end();
  await until(() => dev.processes().length === 0, killedWithinMs, "the guard to end what was left");
  assertEquals(dev.processes(), []);
});

Deno.test("dev says which process died, shows its log and ends the others", async () => {
  await using dev = await runDev("main", "--documents=20");
  await dev.line(/^pending/, startsWithinMs);
  const worker = await until(
    () => dev.processes().find(({ command }) => command.includes("workers/hoa_don.ts")),
    startsWithinMs,
    "a worker",
  );
  Deno.kill(worker.pid, "SIGKILL");
  const { code } = await dev.end();
  assertEquals(code, 1);
  assertStringIncludes(dev.output(), "worker:hoa_don ended by itself");
  assertEquals(dev.processes(), []);
});

Deno.test("dev says how to get redis-server where there is none", async () => {
  await using dev = await runDev("main", { PATH: "" });
  const { code } = await dev.end();
  assertEquals(code, 1);
  assertStringIncludes(dev.output(), "redis-server is not installed: `sudo apt install redis-server`");
});

Deno.test("dev names the option that was meant", async () => {
  await using dev = await runDev("main", "--document=3");
  const { code } = await dev.end();
  assertEquals([code, dev.output()], [
    2,
    "unknown option --document; did you mean --documents? (--help lists all)",
  ]);
});

Deno.test("dev:services writes settings that the product reads, until it is stopped", async () => {
  await using services = await runDev("services_main", "--documents=3");
  await services.line(/^ready$/, startsWithinMs);
  const file = join(services.directory, ".hermes", "services.env");
  const settings = readSettings(parse(await Deno.readTextFile(file)));
  assertEquals(settings.mssql.database, "hermes");
  services.signal("SIGTERM");
  const { code } = await services.end();
  assertEquals(code, 0, services.output());
  assertEquals(services.processes(), []);
  assert(!await exists(file), "services.env is there though the services are gone");
});

Deno.test("dev:services writes the layout and the dialect that it was asked for", async () => {
  await using services = await runDev("services_main", "--profile=phieu", "--documents=3");
  await services.line(/^ready$/, startsWithinMs);
  const text = await Deno.readTextFile(join(services.directory, ".hermes", "services.env"));
  const { source, partner } = readSettings(parse(text));
  assertEquals([source.profile, partner.dialect], ["phieu", "gateway"]);
  assertMatch(partner.baseUrl, /\/gateway$/);
  assertStringIncludes(text, "SOURCE_PROFILE=phieu");
  assertStringIncludes(text, "PARTNER_DIALECT=gateway");
  services.signal("SIGTERM");
  assertEquals((await services.end()).code, 0, services.output());
});

Deno.test("dev says that it has no tables for a layout of one's own", async () => {
  await using dev = await runDev("main", { SOURCE_PROFILE: exampleProfile });
  const { code } = await dev.end();
  assertEquals(code, 1);
  assertStringIncludes(dev.output(), "there are tables and samples for national and phieu only");
  assertEquals(dev.processes(), []);
});

/** One of the two commands, run in a new directory. */
interface DevRun extends AsyncDisposable {
  readonly directory: string;
  lines(): readonly string[];
  output(): string;
  /** The first line that matches, printed already or within `deadlineMs`. */
  line(pattern: RegExp, deadlineMs: number): Promise<string>;
  signal(signal: Deno.Signal): void;
  /** Waits for its end, a minute at most. */
  end(): Promise<Deno.CommandStatus>;
  /** Its processes that run: those whose working directory is this one. */
  processes(): { pid: number; command: string }[];
}

async function runDev(
  entry: "main" | "services_main",
  ...given: (string | Record<string, string>)[]
): Promise<DevRun> {
  const directory = await Deno.realPath(await Deno.makeTempDir({ prefix: "hermes-dev-test-" }));
  await Deno.writeTextFile(join(directory, ".env"), "");
  const path = fileURLToPath(new URL(`../../dev/${entry}.ts`, import.meta.url));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", path, ...given.filter((one) => typeof one === "string")],
    cwd: directory,
    clearEnv: true,
    env: Object.assign(withoutSettings(), ...given.filter((one) => typeof one !== "string")),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines: string[] = [];
  const read = [readLines(child.stdout, lines), readLines(child.stderr, lines)];
  let ended = false;
  const status = child.status.finally(() => ended = true);
  const run: DevRun = {
    directory,
    lines: () => lines,
    output: () => lines.join("\n"),
    line: (pattern, deadlineMs) =>
      until(() => lines.find((line) => pattern.test(line)), deadlineMs, `${pattern} in\n${run.output()}`),
    signal: (signal) => ended || child.kill(signal),
    async end() {
      const timer = setTimeout(() => child.kill("SIGKILL"), endsWithinMs);
      await Promise.all(read);
      clearTimeout(timer);
      return await status;
    },
    processes: () => processesIn(directory),
    async [Symbol.asyncDispose]() {
      if (!ended) child.kill("SIGTERM");
      await run.end();
      await until(() => processesIn(directory).length === 0, killedWithinMs, "every process to end");
      await Deno.remove(directory, { recursive: true });
    },
  };
  return run;
}

/** Linux tells the working directories of processes; elsewhere none are found. */
function processesIn(directory: string): { pid: number; command: string }[] {
  if (Deno.build.os !== "linux") return [];
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    try {
      if (!/^\d+$/.test(name) || Deno.readLinkSync(`/proc/${name}/cwd`) !== directory) return [];
      const command = Deno.readTextFileSync(`/proc/${name}/cmdline`).replaceAll("\0", " ");
      return isAlive(Number(name)) ? [{ pid: Number(name), command }] : [];
    } catch {
      return []; // it has just ended
    }
  });
}

function withoutSettings(): Record<string, string> {
  return Object.fromEntries(Object.entries(Deno.env.toObject()).filter(([name]) => !isSettingName(name)));
}

async function readLines(output: ReadableStream<Uint8Array>, lines: string[]): Promise<void> {
  let rest = "";
  for await (const piece of output.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + piece).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
  }
  if (rest !== "") lines.push(rest);
}

/** What the condition gives, once that is truthy; throws an Error when it is not within `deadlineMs`. */
async function until<T>(condition: () => T, deadlineMs: number, what: string): Promise<NonNullable<T>> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const found = condition();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}
