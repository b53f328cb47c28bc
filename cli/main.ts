// The command `hermes`: finds the command that was asked for, gives it what it needs, and turns what went wrong into a sentence and an exit code.
import { systemClock } from "../shared/clock.ts";
import { createLog } from "../shared/log.ts";
import { openOperator } from "../shared/operator/open.ts";
import { loadSettings, type Settings } from "../shared/settings.ts";
import { secretsOf } from "../shared/settings_print.ts";
import { findCommand, type Given, readGiven } from "./arguments.ts";
import { type Command, commandHelp, commonOptions, type Context, mainHelp, noWords } from "./command.ts";
import { controlCommands } from "./control.ts";
import { dbCommand } from "./db_init.ts";
import { deadCommands } from "./dead.ts";
import { documentCommands } from "./documents.ts";
import { exits, explain } from "./exit.ts";
import { failuresCommand } from "./failures.ts";
import { type Language, Print } from "./print.ts";
import { reportCommand } from "./report.ts";
import { settingsCommand } from "./settings.ts";
import { statusCommand } from "./status.ts";
import { version } from "./version.ts";
import { whyCommand } from "./why.ts";

/** In the order of the help. */
export const commands: readonly Command[] = [
  statusCommand,
  whyCommand,
  failuresCommand,
  ...documentCommands,
  ...deadCommands,
  ...controlCommands,
  reportCommand,
  dbCommand,
  settingsCommand,
];

const doctor = {
  name: "doctor",
  summary: "Look at settings, services, tables, indexes and clocks, with a cure for what is wrong",
  words: noWords,
};

/** Where the output goes, and who looks at it. */
export interface Terminal {
  write(text: string): void;
  writeError(text: string): void;
  /** Without an end of line: the progress bar. */
  writeProgress: ((text: string) => void) | null;
  colour: boolean;
  width: number | null;
  signal: AbortSignal;
}

/** Runs one command line; returns the exit code. Never throws. */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  const opened: Opened = { settings: null, close: null };
  try {
    return await run(args, terminal, opened);
  } catch (error) {
    const { text, code } = explain(error, opened.settings);
    terminal.writeError(text);
    return code;
  } finally {
    await opened.close?.();
  }
}

interface Opened {
  settings: Settings | null;
  close: (() => Promise<void>) | null;
}

async function run(args: readonly string[], terminal: Terminal, opened: Opened): Promise<number> {
  if (args.includes("--version")) {
    terminal.write(version);
    return exits.fine;
  }
  const wantsHelp = args.includes("--help") || args.includes("-h");
  if (args.length === 0 || (wantsHelp && args.every((arg) => arg.startsWith("-"))) || args[0] === "help") {
    terminal.write(mainHelp([...commands, doctor]));
    return args.length === 0 ? exits.usage : exits.fine;
  }
  // The doctor reads the settings by itself: it says what is wrong with them.
  if (args[0] === doctor.name) return await (await import("./doctor.ts")).runDoctor(args.slice(1));
  const group = commands.filter(({ name }) => name.startsWith(`${args[0]} `));
  if (wantsHelp && args.filter((arg) => !arg.startsWith("-")).length === 1 && group.length > 0) {
    const alone = commands.find(({ name }) => name === args[0]);
    terminal.write([...alone ? [alone] : [], ...group].map(commandHelp).join("\n\n"));
    return exits.fine;
  }
  const command = findCommand(commands, args);
  if (wantsHelp) {
    terminal.write(commandHelp(command));
    return exits.fine;
  }
  const given = readGiven({ ...command, options: { ...command.options, ...commonOptions } }, args);
  return await command.run(contextFor(given, terminal, opened));
}

function contextFor(given: Given, terminal: Terminal, opened: Opened): Context {
  const json = given.flag("json");
  const language: Language = given.choice("lang", ["vi", "en", "both"]) ?? "both";
  const { colour, width, signal } = terminal;
  const settings = async () => opened.settings ??= await loadSettings();
  return {
    given,
    print: new Print({ json, language, colour, width, write: (text) => terminal.write(text) }),
    settings,
    operator: async () => await openFor(await settings(), terminal, opened),
    signal,
    progress: json ? null : terminal.writeProgress,
  };
}

async function openFor(settings: Settings, terminal: Terminal, opened: Opened) {
  const log = createLog({
    level: "error",
    format: "pretty",
    process: "hermes",
    secrets: secretsOf(settings),
    write: (line) => terminal.writeError(line),
  });
  const { operator, close } = await openOperator({ settings, log, clock: systemClock, who: whoIs() });
  opened.close = close;
  return operator;
}

/** For the record of actions. */
function whoIs(): string {
  const user = ["USER", "LOGNAME", "USERNAME"].map((name) => Deno.env.get(name)).find(Boolean) ?? "unknown";
  return `${user}@${Deno.hostname()}`;
}
