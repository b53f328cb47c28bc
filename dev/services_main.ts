// `deno task dev:services`: only the backing services. Their settings go to .hermes/services.env, and scheduler and workers
// are started by hand.
import { resolve } from "node:path";
import { DIALECTS } from "./partner/dialects.ts";
import { commandLine, givenOrExit } from "./stack/command.ts";
import { envFileText } from "./stack/env_file.ts";
import { type Life, liveThrough } from "./stack/life.ts";
import { choice, flag, helpOf, readOptions, whole } from "./stack/options.ts";
import { placesOf, setStage, type Stage } from "./stack/stage.ts";

const table = {
  profile: choice("layout of the tables; default national", ["national", "phieu"]),
  dialect: choice("dialect of the partner; default national, with profile phieu gateway", DIALECTS),
  documents: whole("sample documents inserted at the start", { otherwise: 0, max: 100_000 }),
  fresh: flag("throw away the data of earlier runs first"),
  init: flag("put tables and samples into a SQL Server of your own, too"),
  help: flag("this page"),
};

const help =
  `Only the backing services, with tables and accounts in them. Their settings are in .hermes/services.env:

  deno task dev:services [options]
  set -a; . .hermes/services.env; set +a; deno task scheduler

${helpOf(table)}`;

async function main(): Promise<void> {
  const options = commandLine(() => readOptions(Deno.args, table));
  if (options.help) return console.log(help);
  const given = await givenOrExit();
  await liveThrough({ isPassing: false, fresh: options.fresh, exitCodeOfSignal: 0 }, async (life) => {
    const { profile, dialect, documents, init } = options;
    const stage = await setStage(life, { given, profile, dialect, documents, init });
    await stage.source.close();
    const path = await writeSettings(life, stage);
    console.log(`${placesOf(stage)}\n  logs: ${life.directories.logs}/\n  settings: ${path}\nready`);
    await new Promise((resolve) => life.signal.addEventListener("abort", resolve));
    return 0;
  });
}

async function writeSettings({ directories, processes }: Life, { services, env }: Stage): Promise<string> {
  const path = resolve(directories.root, "services.env");
  const controls = Object.entries(services).flatMap(([name, service]) =>
    service?.controlUrl === undefined ? [] : [`${name.toUpperCase()}_CONTROL_URL=${service.controlUrl}`]
  );
  const comments = [
    "The settings of the services that `deno task dev:services` runs; the file goes when they stop. To use them:",
    "set -a; . .hermes/services.env; set +a; deno task worker:phieu_nhap",
    "",
    ...controls,
  ];
  await Deno.writeTextFile(path, envFileText(comments, env));
  processes.removeAtEnd(path);
  return path;
}

if (import.meta.main) await main();
