// What the stack's two commands do before anything runs: read the command line, look for what is missing, say so and exit.
import { documentTypes } from "../../shared/document.ts";
import { embeddedFor, type Env, readGiven } from "./env_file.ts";
import { OptionError } from "./options.ts";
import { checkRedis, MissingProgram } from "./redis.ts";

/** The result of `read`; a wrong command line is told and ends the process with exit code 2. */
export function commandLine<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    console.error(error.message);
    Deno.exit(2);
  }
}

const programs = [
  "scheduler.ts",
  ...documentTypes.map((type) => `workers/${type}.ts`),
  ...["sqlserver", "mongodb", "partner"].map((service) => `dev/${service}/main.ts`),
];

/** Fetches the packages of all programs, once and in one place, so that the processes do not each do it at the same time. */
async function fetchPackages(): Promise<void> {
  const root = new URL("../../", import.meta.url);
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["cache", "--quiet", ...programs.map((entry) => new URL(entry, root).href)],
    stdout: "null",
    stderr: "inherit",
  }).output();
  if (!success) {
    console.error("The packages could not be fetched: is the npm registry reachable from here?");
    Deno.exit(1);
  }
}

/** The settings given in `.env` or the environment. Without a redis-server where one is needed, ends the process with exit code 1. */
export async function givenOrExit(): Promise<Env> {
  try {
    const given = await readGiven();
    if (embeddedFor(given).redis) await checkRedis();
    await fetchPackages();
    return given;
  } catch (error) {
    if (!(error instanceof MissingProgram)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
