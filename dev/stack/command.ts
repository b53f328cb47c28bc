// What the stack's two commands do before anything runs: read the command line, look for what is missing, say so and exit.
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

/** The settings given in `.env` or the environment. Without a redis-server where one is needed, ends the process with exit code 1. */
export async function givenOrExit(): Promise<Env> {
  try {
    const given = await readGiven();
    if (embeddedFor(given).redis) await checkRedis();
    return given;
  } catch (error) {
    if (!(error instanceof MissingProgram)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
