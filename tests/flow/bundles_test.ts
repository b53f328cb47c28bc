// The six programs as the binaries of `deno task compile` hold them: bundled into one file each, outside the checkout, with the permissions that are
// baked in, no packages, no deno.json, and their settings in a .env beside them alone. What a test cannot have is Deno's base binary, so `deno run` stands
// for it; that `deno compile` takes the same flags is tested with a stand-in for the base.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeEntry } from "../../dev/compile/entries.ts";
import { type Program, programs, runtimeFlags } from "../../dev/compile/programs.ts";
import { envFileText, plainEnvironment } from "../../dev/stack/env_file.ts";
import { makeSamples } from "../../dev/samples/samples.ts";
import config from "../../deno.json" with { type: "json" };
import { acceptedByCode, nationalCodeOf, rowsByCode, waitUntilDrained } from "../support/flow.ts";
import { type Stack, startStack } from "../support/stack.ts";
import { makeThirdTables, thirdDocuments, thirdProfile, thirdRows } from "../support/third_layout.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const configFile = join(root, "deno.json");
const build = { version: "9.8.7", commit: "0123456789ab" };
const endsWithinMs = 60_000;
const secret = "only-in-dot-env";

Deno.test("the six bundles", async (test) => {
  await using bundles = await Bundles.make();
  await test.step("say their version and commit before they read a setting", async () => {
    for (const program of programs) {
      const { code, stdout } = await bundles.run(program, ["--version"]);
      assertEquals([code, stdout.trim()], [0, `${program.name} 9.8.7 (0123456789ab)`]);
    }
  });
  await test.step("name every setting that is missing, and end with 2", async () => {
    await bundles.settings({});
    const { code, stderr } = await bundles.run(programNamed("hermes-scheduler"), []);
    assertEquals(code, 2, stderr);
    for (const name of ["MSSQL_SERVER", "MONGO_URI", "API_BASE_URL"]) assertStringIncludes(stderr, name);
  });
  await test.step("run a whole pipeline with the binaries' permissions and a .env beside them", () =>
    runPipeline(bundles));
  await test.step("read a my-profile.json beside them", () => runOwnProfile(bundles));
});

Deno.test({
  name: "deno compile bakes in the same permissions, relative to where the program runs, and no setting",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using bundles = await Bundles.make([]);
    await bundles.settings({ API_PASSWORD: secret });
    const program = programNamed("hermes-scheduler");
    const text = await bundles.compile(program);
    const permissions = /"permissions":(\{[^}]*\})/.exec(text)?.[1] ?? "{}";
    const baked = JSON.parse(permissions);
    assertEquals([baked.allow_net, baked.allow_env, baked.prompt], [[], [], false]);
    assertEquals(baked.allow_read, config.permissions.worker.read);
    assertEquals(baked.allow_sys, config.permissions.worker.sys);
    assertEquals([baked.allow_run, baked.allow_ffi, baked.allow_write], [null, null, null]);
    assertMatch(text, /"unstable_config":\{[^}]*"cron"/);
    assert(!text.includes(secret) && !text.includes(root));
  },
});

async function runPipeline(bundles: Bundles): Promise<void> {
  await using stack = await startStack();
  const settings = { CONSOLE_PORT: "0", CONSOLE_READONLY_PASSWORD: secret, LOG_FORMAT: "json" };
  await bundles.settings({ ...stack.env, ...settings });
  const samples = makeSamples({ count: 60, seed: 5, startNumber: 0, now: new Date() });
  await stack.insert(samples);
  const running = programs.filter(({ name }) => name !== "hermes").map((program) => bundles.start(program));
  await waitUntilDrained(stack, endsWithinMs);
  await assertEnded(stack, samples);
  await assertOperatorSees(bundles, stack, samples[0]?.code ?? "");
  for (const process of running) assertEquals(await process.stop(), 0, process.describe());
  for (const process of running) assert(!process.text().includes(secret), process.describe());
}

/** The tables of a pharmacy's own, as docs/my-profile.md has them. */
async function runOwnProfile(bundles: Bundles): Promise<void> {
  await bundles.write("my-profile.json", await thirdProfile());
  await using stack = await startStack({ env: { SOURCE_PROFILE: bundles.pathOf("my-profile.json") } });
  await bundles.settings({ ...stack.env, SOURCE_PROFILE: "./my-profile.json" });
  await makeThirdTables(stack);
  const names = ["hermes-scheduler", "hermes-worker-phieu-nhap"];
  const running = programs.filter(({ name }) => names.includes(name)).map((program) =>
    bundles.start(program)
  );
  assertEquals(running.length, names.length);
  const wanted = thirdDocuments.filter(({ type }) => type === "phieu_nhap");
  const isOut = async () => {
    const rows = await thirdRows(stack);
    return wanted.every(({ code, status }) => rows.get(code)?.TrangThaiDQG === status);
  };
  await stack.waitFor(isOut, { deadlineMs: endsWithinMs, what: "every row to stand as it should" });
  for (const process of running) assertEquals(await process.stop(), 0, process.describe());
}

async function assertEnded(stack: Stack, samples: ReturnType<typeof makeSamples>): Promise<void> {
  const [rows, accepted] = [await rowsByCode(stack), await acceptedByCode(stack)];
  for (const { code, type, expected } of samples) {
    const row = rows.get(code);
    assertEquals(row?.status, expected, code);
    if (expected === "SYNC_SUCCESS") {
      assertEquals(nationalCodeOf(stack, type, row), accepted.get(code)?.national_code, code);
    }
  }
}

/** The command and the page, from outside: both read the same services. */
async function assertOperatorSees(bundles: Bundles, stack: Stack, documentCode: string): Promise<void> {
  const hermes = programNamed("hermes");
  const status = await bundles.run(hermes, ["status", "--json"]);
  assert(status.code <= 1, status.stderr + status.stdout);
  assertEquals(JSON.parse(status.stdout).types.length, 3);
  const why = await bundles.run(hermes, ["why", documentCode]);
  assertStringIncludes(why.stdout, documentCode, why.stderr);
  const consoleProcess = bundles.processes.find(({ name }) => name === "hermes-console");
  const listening = /"(?:text|message)":"[^"]*?(http:\/\/127\.0\.0\.1:\d+\/)/;
  const address = await stack.waitFor(() => listening.exec(consoleProcess?.text() ?? "")?.[1], {
    deadlineMs: endsWithinMs,
    what: "the console to listen",
  });
  const page = await fetch(address);
  assertStringIncludes(await page.text(), "<html");
  assert(page.ok);
}

function programNamed(name: string): Program {
  const program = programs.find((each) => each.name === name);
  assert(program, name);
  return program;
}

/** A folder with the bundles, and the processes that run them; all of it goes at the end. */
class Bundles implements AsyncDisposable {
  readonly processes: BundleProcess[] = [];
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async make(bundled: readonly Program[] = programs): Promise<Bundles> {
    const bundles = new Bundles(await Deno.makeTempDir({ prefix: "hermes-bundles-" }));
    if (bundled.length > 0) await bundles.#bundle(bundled);
    return bundles;
  }

  /** Where a file of the folder is, for others than the bundles. */
  pathOf(name: string): string {
    return join(this.#directory, name);
  }

  async write(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(this.pathOf(name), text);
  }

  async settings(env: Readonly<Record<string, string>>): Promise<void> {
    await this.write(".env", envFileText([], env));
  }

  start(program: Program): BundleProcess {
    const process = new BundleProcess(program.name, this.#command(program, []).spawn());
    this.processes.push(process);
    return process;
  }

  async run(program: Program, args: readonly string[]) {
    const { code, stdout, stderr } = await this.#command(program, args).output();
    const words = new TextDecoder();
    return { code, stdout: words.decode(stdout), stderr: words.decode(stderr) };
  }

  /** The program compiled onto a base that is none, as text: what is baked in, not something that runs. */
  async compile(program: Program): Promise<string> {
    const entry = await writeEntry(program, build, { directory: this.#directory, root });
    const output = join(this.#directory, "compiled");
    const flags = [...runtimeFlags(program, config), "--no-check", "--bundle", "--minify"];
    await this.#deno(["compile", "--config", configFile, ...flags, "--output", output, entry], {
      DENORT_BIN: await Deno.realPath("/bin/true"),
    });
    return new TextDecoder("latin1").decode(await Deno.readFile(output));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of this.processes) process.kill();
    await Promise.all(this.processes.map((process) => process.ended));
    await Deno.remove(this.#directory, { recursive: true });
  }

  /** In one go, which takes half as long as one after another. */
  async #bundle(bundled: readonly Program[]): Promise<void> {
    const written = bundled.map((program) =>
      writeEntry(program, build, { directory: this.#directory, root })
    );
    const entries = await Promise.all(written);
    const flags = ["--minify", "--platform=deno", "--outdir", this.#directory];
    await this.#deno(["bundle", "--config", configFile, ...flags, ...entries], {});
    for (const entry of entries) await Deno.remove(entry);
  }

  async #deno(args: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), { args: [...args], env }).output();
    assert(success, new TextDecoder().decode(stderr));
  }

  #command(program: Program, args: readonly string[]): Deno.Command {
    const isolated = ["--no-config", "--no-lock", "--no-npm", "--no-remote"];
    return new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", ...isolated, ...runtimeFlags(program, config), `${program.name}.js`, ...args],
      cwd: this.#directory,
      clearEnv: true,
      env: plainEnvironment(),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
  }
}

/** A bundle that runs, with all it has written. */
class BundleProcess {
  readonly name: string;
  readonly ended: Promise<Deno.CommandStatus>;
  readonly #child: Deno.ChildProcess;
  readonly #written: string[] = [];

  constructor(name: string, child: Deno.ChildProcess) {
    this.name = name;
    this.#child = child;
    const read = Promise.all([this.#read(child.stdout), this.#read(child.stderr)]);
    this.ended = child.status.then(async (status) => {
      await read;
      return status;
    });
  }

  text(): string {
    return this.#written.join("");
  }

  describe(): string {
    return `${this.name}:\n${this.text().slice(-2_000)}`;
  }

  /** Asks it to end, as an operator would; its exit code. */
  async stop(): Promise<number> {
    this.#child.kill("SIGTERM");
    return (await this.ended).code;
  }

  /** Ends it whatever it does; nothing when it has ended. */
  kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const words = new TextDecoder();
    for await (const chunk of stream) this.#written.push(words.decode(chunk, { stream: true }));
  }
}
