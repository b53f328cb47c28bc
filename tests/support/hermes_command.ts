// The operator's command beside a stack of tests/support/stack.ts.
import { fileURLToPath } from "node:url";
import { plainEnvironment } from "../../dev/stack/env_file.ts";
import type { Stack } from "./stack.ts";

/** Runs the command as an operator does, in a process of its own, without a terminal. */
export async function hermes(stack: Stack, ...args: string[]): Promise<{ code: number; out: string }> {
  const checkout = fileURLToPath(new URL("../../", import.meta.url));
  const permissions = [
    "--allow-net",
    "--allow-env",
    `--allow-read=${checkout},${stack.logDirectory}`,
    "--allow-sys=hostname",
  ];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...permissions, `${checkout}hermes.ts`, ...args],
    cwd: stack.logDirectory,
    clearEnv: true,
    env: { ...plainEnvironment(), ...stack.env },
  }).output();
  const words = new TextDecoder();
  return { code, out: words.decode(stdout) + words.decode(stderr) };
}
