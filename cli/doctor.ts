// `hermes doctor`: reads the settings by itself, so that it can say what is wrong with them, and prints what the doctor finds.
import { parseArgs } from "node:util";
import { SettingsError } from "../shared/errors.ts";
import { type Area, areas, type DoctorFinding, type Severity } from "../shared/operator/doctor/finding.ts";
import { type Examination, runDoctor as examine } from "../shared/operator/doctor/mod.ts";
import { loadSettings, type Settings } from "../shared/settings.ts";

const help = `hermes doctor: looks at everything that Hermes needs, and says what cures what is wrong.

  hermes doctor [options]

  --logins   also log in with the partner once for every active account of AccountShop
  --lang=…   vi, en or both (default both: warnings and errors in Vietnamese too)
  --json     findings as JSON
  --help     this page

Looks at the settings, SQL Server (version, tables, rights, indexes, accounts), Redis, MongoDB, the partner, the clocks of
all of them, and the flow: scheduler, workers, streams. Changes nothing. Takes less than 10 s without --logins.

Exit codes: 0 nothing to do, 1 warnings, 2 errors.

  hermes doctor
  hermes doctor --logins
  hermes doctor --json | jq '.findings[] | select(.severity == "error")'
`;

/** Runs `hermes doctor` with its arguments; resolves to the exit code. Never throws. */
export async function runDoctor(argv: string[]): Promise<number> {
  const options = readOptions(argv);
  if ("problem" in options) {
    console.error(`hermes doctor: ${options.problem} (--help lists the options)`);
    return 2;
  }
  if (options.help) {
    console.log(help);
    return 0;
  }
  const examination = await examine(await settingsOrProblems(), { logins: options.logins });
  console.log(
    options.json
      ? JSON.stringify(examination, null, 2)
      : render(examination, { language: options.lang, coloured: isColoured() }),
  );
  return examination.exitCode;
}

const languages = ["vi", "en", "both"] as const;
type Language = typeof languages[number];

interface Options {
  help: boolean;
  json: boolean;
  logins: boolean;
  lang: Language;
}

function readOptions(argv: string[]): Options | { problem: string } {
  const flag = { type: "boolean", default: false } as const;
  const options = {
    help: flag,
    json: flag,
    logins: flag,
    lang: { type: "string", default: "both" },
  } as const;
  try {
    const { values } = parseArgs({ args: argv, options });
    const lang = languages.find((each) => each === values.lang);
    if (lang === undefined) return { problem: `--lang=${values.lang}: must be ${languages.join(", ")}` };
    return { ...values, lang };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

async function settingsOrProblems(): Promise<Settings | SettingsError> {
  try {
    return await loadSettings();
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
}

const titles: Record<Area, string> = {
  settings: "Settings",
  sqlserver: "SQL Server",
  redis: "Redis",
  mongodb: "MongoDB",
  partner: "Partner",
  clocks: "Clocks",
  flow: "Flow",
};
const marks: Record<Severity, { sign: string; colour: number }> = {
  ok: { sign: "✓ ok     ", colour: 32 },
  info: { sign: "· info   ", colour: 36 },
  warning: { sign: "! warning", colour: 33 },
  error: { sign: "✗ error  ", colour: 31 },
};
const indent = " ".repeat(14);

interface Looks {
  language: Language;
  coloured: boolean;
}

/** What a person reads: by area, the worst first, each with its cure. */
function render({ findings, exitCode }: Examination, { language, coloured }: Looks): string {
  const paint: Paint = (colour, text) => coloured ? `\x1b[${colour}m${text}\x1b[0m` : text;
  const parts = areas.flatMap((area) => {
    const own = findings.filter((finding) => finding.area === area);
    if (own.length === 0) return [];
    return [paint(1, titles[area]), ...own.flatMap((finding) => lines(finding, language, paint)), ""];
  });
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  const totals = `${count("error")} errors, ${count("warning")} warnings, ${count("info")} notes, ${
    count("ok")
  } in order`;
  return [...parts, `${totals}; exit code ${exitCode}`].join("\n");
}

type Paint = (colour: number, text: string) => string;

function lines({ severity, en, vi, cure, run }: DoctorFinding, language: Language, paint: Paint): string[] {
  const { sign, colour } = marks[severity];
  const first = `  ${paint(colour, sign)}   ${plain(language === "vi" ? vi : en)}`;
  if (severity === "ok" || severity === "info") return [first];
  return [
    first,
    ...(language === "both" ? [`${indent}${plain(vi)}`] : []),
    ...(cure === undefined ? [] : [`${indent}→ ${plain(cure)}`]),
    ...(run === undefined ? [] : [`${indent}  ${paint(1, plain(run))}`]),
  ];
}

/** What others have written (a partner's answer, the name of a shop) must not steer the terminal. */
function plain(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}

function isColoured(): boolean {
  return Deno.stdout.isTerminal() && (Deno.env.get("NO_COLOR") ?? "") === "";
}
