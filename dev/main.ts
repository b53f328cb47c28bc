// `deno task dev`: everything on one machine. Services, sample documents, scheduler and three workers, each a process of its own.
import { DIALECTS } from "./partner/dialects.ts";
import { parseFault } from "./partner/fault_input.ts";
import { commandLine, givenOrExit } from "./stack/command.ts";
import { type Life, liveThrough } from "./stack/life.ts";
import { choice, flag, helpOf, OptionError, readOptions, repeated, whole } from "./stack/options.ts";
import { Run } from "./stack/run.ts";
import { Screen } from "./stack/screen.ts";
import { placesOf, setStage } from "./stack/stage.ts";

const table = {
  profile: choice("layout of the tables; default national", ["national", "phieu"]),
  dialect: choice("dialect of the partner; default national, with profile phieu gateway", DIALECTS),
  documents: whole("sample documents inserted at the start", { otherwise: 60, max: 100_000 }),
  rate: whole("new documents a second after these; default 1, with --until-idle 0", {
    otherwise: null,
    max: 100,
  }),
  "until-idle": flag("stop when every document has a final status; its data are not kept"),
  timeout: whole("seconds that --until-idle waits", { otherwise: 120, min: 1, max: 86_400 }),
  fresh: flag("throw away the data of earlier runs first"),
  init: flag("put tables and samples into a SQL Server of your own, too"),
  "partner-latency-ms": whole("every answer of the partner waits so long", { otherwise: 0, max: 60_000 }),
  fault: repeated(
    "a fault of the partner, as in kind=500,rate=0.05; see deno task partner --help",
    parseFault,
  ),
  log: choice("the least that scheduler and workers log", ["debug", "info", "warn"]),
  help: flag("this page"),
};

const help =
  `Everything on one machine: services, sample documents, scheduler and three workers. Data are kept in .hermes.

  deno task dev [options]

${helpOf(table)}

A server that .env or the environment names (MSSQL_SERVER, REDIS_URL or another REDIS_ setting, MONGO_URI,
API_BASE_URL) is used instead of the stack's own.`;

type Options = ReturnType<typeof readOptions<typeof table>> & { rate: number };

async function main(): Promise<void> {
  const options = commandLine(() => optionsOf(Deno.args));
  if (options.help) return console.log(help);
  const given = await givenOrExit();
  const isPassing = options["until-idle"];
  await liveThrough(
    { isPassing, fresh: options.fresh, exitCodeOfSignal: isPassing ? 130 : 0 },
    (life) => run(life, { options, given }),
  );
}

async function run(
  life: Life,
  { options, given }: { options: Options; given: Readonly<Record<string, string>> },
): Promise<number> {
  const screen = new Screen();
  const stage = await setStage(life, {
    given,
    profile: options.profile,
    dialect: options.dialect,
    documents: options.documents,
    init: options.init,
    partner: { latencyMs: options["partner-latency-ms"], faults: options.fault },
  });
  screen.say(`${placesOf(stage)}\n  logs: ${life.directories.logs}/`);
  const product = await Run.open(life, stage, screen);
  await product.startProduct(options.log, { withConsole: !options["until-idle"] });
  return options["until-idle"]
    ? await product.untilIdle(options.timeout * 1000)
    : await product.untilStopped(stage.takesSamples ? options.rate : 0);
}

function optionsOf(args: readonly string[]): Options {
  const options = readOptions(args, table);
  const isPassing = options["until-idle"];
  if (isPassing && (options.rate ?? 0) > 0) {
    throw new OptionError(
      "--rate: with --until-idle it must be 0, for the stack is never idle while documents come",
    );
  }
  return { ...options, rate: options.rate ?? (isPassing ? 0 : 1) };
}

if (import.meta.main) await main();
