// Reads `.env` files, with the names and behaviour of JSR's @std/dotenv 0.225.
// It stands in for that package where only npm can be reached; `deno unlink` switches to the published one.

import { parse } from "./parse.ts";

export { parse };

/** Options of `load()`. */
export interface LoadOptions {
  /** The file to read, `./.env` when left out; `null` reads none. */
  envPath?: string | URL | null;
  /** Also puts the variables into the process environment, where none of that name exists yet. */
  export?: boolean;
}

/** Reads an env file into an object. A file that does not exist has no variables. */
export async function load(options: LoadOptions = {}): Promise<Record<string, string>> {
  const { envPath = ".env" } = options;
  const variables = envPath === null ? {} : parse(await readIfThere(envPath));
  if (options.export) exportMissing(variables);
  return variables;
}

async function readIfThere(path: string | URL): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

function exportMissing(variables: Record<string, string>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (Deno.env.get(name) === undefined) Deno.env.set(name, value);
  }
}
