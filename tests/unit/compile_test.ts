// `deno task compile`: which machines, which flags, which words when the base binary cannot be had. That bundles run is tests/flow/bundles_test.ts.
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { readCommit } from "../../dev/compile/entries.ts";
import { heapFlag, programs, runtimeFlags } from "../../dev/compile/programs.ts";
import { outputFor, readTargets, targets, UsageError, withoutBase } from "../../dev/compile/targets.ts";
import config from "../../deno.json" with { type: "json" };

const here = "x86_64-unknown-linux-gnu";

Deno.test("compile is for this machine unless another is named, by our name or Deno's", () => {
  assertEquals(readTargets([], here, undefined), [{ triple: here, folder: "dist" }]);
  const arm = [{ triple: "aarch64-unknown-linux-gnu", folder: "dist/linux-arm64" }];
  assertEquals(readTargets(["--target=linux-arm64"], here, "denort"), arm);
  assertEquals(readTargets(["--target=aarch64-unknown-linux-gnu"], here, undefined), arm);
  assertEquals(readTargets(["--target=all"], here, undefined).length, Object.keys(targets).length);
});

Deno.test("compile refuses a machine that it does not know, an unknown option, and one base binary for all machines", () => {
  for (const args of [["--target=amiga"], ["--targt=all"], ["--target=all", "again"], ["--target="]]) {
    assertThrows(() => readTargets(args, here, undefined), UsageError);
  }
  assertThrows(() => readTargets(["--target=all"], here, "denort"), UsageError, "DENORT_BIN");
});

Deno.test("a program for Windows ends in .exe", () => {
  const paths = readTargets(["--target=windows-x64"], here, undefined).map((target) =>
    outputFor("hermes", target)
  );
  assertEquals(paths, ["dist/windows-x64/hermes.exe"]);
});

Deno.test("a program gets the flags of its permission set and no prompt, and none that is not in it", () => {
  const permissions = { worker: { net: true, read: [".", "etc"], write: false }, operator: {} };
  const [scheduler] = programs;
  assertEquals(scheduler && runtimeFlags(scheduler, { unstable: ["cron"], permissions }), [
    heapFlag,
    "--no-prompt",
    "--deny-import",
    "--unstable-cron",
    "--allow-net",
    "--allow-read=.,etc",
  ]);
  assertThrows(
    () => scheduler && runtimeFlags(scheduler, { permissions: {} }),
    Error,
    "deno.json has no set worker",
  );
});

Deno.test("the tasks of scheduler and workers keep their heap as the compiled programs do", () => {
  for (const [name, { command }] of Object.entries(config.tasks)) {
    if (/^(scheduler|worker:.*)$/.test(name)) assertStringIncludes(command, ` ${heapFlag} `);
  }
});

Deno.test("no program may run others, load libraries or do everything", () => {
  for (const program of programs) {
    const flags = runtimeFlags(program, config).join(" ");
    assertEquals(/--allow-(run|ffi|all|import)|--allow-(read|write)( |$)/.exec(flags), null, program.name);
  }
});

Deno.test("the commit is the one that is named where there is no git, and unknown where none is", async () => {
  const directory = await Deno.makeTempDir({ prefix: "hermes-commit-" });
  try {
    assertEquals(await readCommit(directory, { HERMES_COMMIT: "abc" }), "abc");
    assertEquals(await readCommit(directory, {}), "unknown");
  } finally {
    await Deno.remove(directory);
  }
});

Deno.test("without a base binary, the words name the file to fetch, DENORT_BIN and the command", () => {
  const words = withoutBase(here, "2.9.6");
  for (
    const part of [
      `v2.9.6/denort-${here}.zip`,
      `DENORT_BIN=path/of/denort deno task compile --target=${here}`,
    ]
  ) {
    assertStringIncludes(words, part);
  }
});
