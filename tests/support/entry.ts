// A process of the product by itself, without a stack: what it says of its settings, and how it ends.
import { fileURLToPath } from "node:url";
import { plainEnvironment } from "../../dev/stack/env_file.ts";

/**
 * Runs an entry as its task does, with these settings alone, in a directory without `.env` but with these files (name → text), and waits
 * until it ends.
 */
export async function runEntry(
  entry: string,
  settings: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
): Promise<{ code: number; said: string }> {
  const checkout = fileURLToPath(new URL("../../", import.meta.url));
  const directory = await Deno.makeTempDir({ prefix: "hermes-settings-" });
  for (const [name, text] of Object.entries({ ".env": "", ...files })) {
    await Deno.writeTextFile(`${directory}/${name}`, text);
  }
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-P=worker", `--allow-read=${directory},${checkout}`, `${checkout}${entry}`],
    cwd: directory,
    clearEnv: true,
    env: { ...plainEnvironment(), ...settings },
    stdin: "null",
  });
  const { code, stdout, stderr } = await child.output();
  await Deno.remove(directory, { recursive: true });
  return { code, said: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}
