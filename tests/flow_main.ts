// `deno task flow`: the whole flow suite on one kind of Redis, one layout of the tables and one dialect of the partner.
import { parseArgs } from "node:util";
import { DIALECTS } from "../dev/partner/dialects.ts";
import { profiles } from "../shared/profiles.ts";
import { redisKinds } from "./support/redis_kinds.ts";

const usage =
  `deno task flow [--redis=${redisKinds.join("|")}] [--profile=${Object.keys(profiles).join("|")}] ` +
  `[--dialect=${DIALECTS.join("|")}] [FILES]

Runs tests/flow, or the files named, on the kind of Redis, the profile and the dialect given.`;

/** What each option may be, and the variable that tells the tests. */
const options: Record<string, { variable: string; values: readonly string[] }> = {
  redis: { variable: "FLOW_REDIS", values: redisKinds },
  profile: { variable: "FLOW_PROFILE", values: Object.keys(profiles) },
  dialect: { variable: "FLOW_DIALECT", values: DIALECTS },
};

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const asked = ask(args);
  if (typeof asked === "string") {
    console.error(asked);
    return 2;
  }
  const beganMs = Date.now();
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--parallel", ...asked.files],
    env: asked.env,
  }).spawn().status;
  const seconds = Math.round((Date.now() - beganMs) / 1000);
  const layout = Object.values(asked.env).join(", ") || "the usual layout";
  console.log(`flow suite on ${layout}: ${code === 0 ? "passed" : "FAILED"} in ${seconds} s`);
  return code;
}

/** The environment and files of the tests, or what is wrong with the options. */
function ask(args: readonly string[]): { env: Record<string, string>; files: string[] } | string {
  const env: Record<string, string> = {};
  try {
    const named = Object.fromEntries(Object.keys(options).map((name) => [name, { type: "string" as const }]));
    const { values, positionals } = parseArgs({ args: [...args], options: named, allowPositionals: true });
    for (const [name, value] of Object.entries(values)) {
      const option = options[name];
      if (typeof value !== "string" || !option?.values.includes(value)) {
        return `--${name}=${value}: must be one of ${option?.values.join(", ")}\n\n${usage}`;
      }
      env[option.variable] = value;
    }
    return { env, files: positionals.length > 0 ? positionals : ["tests/flow"] };
  } catch (error) {
    return `${error instanceof Error ? error.message : error}\n\n${usage}`;
  }
}
