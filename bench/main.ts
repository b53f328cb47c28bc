// `deno task bench`: measures Hermes beside others, and alone under load. Exit code 1: a round did not count; 2: wrong use.
import { OptionError } from "../dev/stack/options.ts";
import { checkRedis, MissingProgram } from "../dev/stack/redis.ts";
import { help, readBenchOptions } from "./options.ts";
import { runPart } from "./parts.ts";
import { RoundError } from "./round.ts";

async function main(): Promise<number> {
  const options = readBenchOptions(Deno.args);
  if (options.help) {
    console.log(help);
    return 0;
  }
  await checkRedis();
  const figures: Record<string, unknown> = {};
  for (const part of options.parts) {
    const { table, json, svg } = await runPart(part, options);
    figures[part] = json;
    if (!options.json) console.log(`${part}\n\n${table}\n`);
    if (svg && options.svg) await Deno.writeTextFile(options.svg, svg);
  }
  if (options.json) console.log(JSON.stringify(figures));
  return 0;
}

try {
  Deno.exit(await main());
} catch (error) {
  if (error instanceof OptionError) {
    console.error(error.message);
    Deno.exit(2);
  }
  if (!(error instanceof RoundError || error instanceof MissingProgram)) throw error;
  console.error(error.message);
  Deno.exit(1);
}
