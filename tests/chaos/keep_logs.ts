// Keeps the log files of a run that broke a promise: the stack removes its own directory when it stops.
import { join } from "node:path";

/** Copies them to `.hermes/chaos/seed-N`, and returns where they are. */
export async function keepLogs(logDirectory: string, seed: number): Promise<string> {
  const target = join(".hermes", "chaos", `seed-${seed}`);
  await Deno.mkdir(target, { recursive: true });
  for await (const { name, isFile } of Deno.readDir(logDirectory)) {
    if (isFile && name.endsWith(".log")) await Deno.copyFile(join(logDirectory, name), join(target, name));
  }
  return target;
}
