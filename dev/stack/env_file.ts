// What the developer gives in `.env` or the environment, which of the stack's services that replaces, and the file of
// settings that dev:services writes.
import { parse } from "@std/dotenv";
import { fileURLToPath } from "node:url";
import { isSettingName } from "../../shared/settings_table.ts";

/** Names and values of an environment. */
export type Env = Readonly<Record<string, string>>;

/** Which services of its own a stack starts. */
export interface Embedded {
  readonly sqlserver: boolean;
  readonly redis: boolean;
  readonly mongodb: boolean;
  readonly partner: boolean;
}

/** The settings that are given: those of the environment, and what it leaves out from `.env`, as the product reads them. */
export async function readGiven(): Promise<Env> {
  const file = await firstText([".env", fileURLToPath(new URL("../../.env", import.meta.url))]);
  return settingsOf({ ...parse(file), ...settingsOf(Deno.env.toObject()) });
}

/** The tables' layout and the partner's dialect: as the command line says, else as given, else what the product takes by itself. */
export function layoutOf(
  given: Env,
  asked: { readonly profile: string | null; readonly dialect: string | null },
): { readonly profile: string; readonly dialect: string } {
  const profile = asked.profile ?? given["SOURCE_PROFILE"] ?? "national";
  const usual = profile === "phieu" ? "gateway" : "national";
  return { profile, dialect: asked.dialect ?? given["PARTNER_DIALECT"]?.toLowerCase() ?? usual };
}

/** A service is the stack's own unless the settings say where another is. */
export function embeddedFor(given: Env): Embedded {
  const names = Object.keys(given);
  return {
    sqlserver: given["MSSQL_SERVER"] === undefined,
    // Any of them: a password alone, say, cannot be meant for a server that nobody has started yet.
    redis: !names.some((name) => name.startsWith("REDIS_") && name !== "REDIS_KEY_PREFIX"),
    mongodb: given["MONGO_URI"] === undefined,
    partner: given["API_BASE_URL"] === undefined,
  };
}

/** The environment without Hermes' settings: what every child of the stack begins with. */
export function plainEnvironment(): Env {
  return Object.fromEntries(Object.entries(Deno.env.toObject()).filter(([name]) => !isSettingName(name)));
}

/** The text of a file that a shell and `.env` both read: comments, then `NAME='value'` lines. */
export function envFileText(comments: readonly string[], settings: Env): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${quoted(value)}`);
  return [...comments.map((comment) => `# ${comment}`.trimEnd()), ...lines, ""].join("\n");
}

function quoted(value: string): string {
  return /^[\w.:/@%+,=-]*$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}

function settingsOf(env: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(([name, value]) => isSettingName(name) && value !== ""),
  );
}

async function firstText(paths: readonly string[]): Promise<string> {
  for (const path of paths) {
    try {
      return await Deno.readTextFile(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return "";
}
