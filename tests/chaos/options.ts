// The command line of `deno task chaos`. main.ts runs what it asks for.
import { closest } from "fastest-levenshtein";
import { DIALECTS } from "../../dev/partner/dialects.ts";
import { choice, flag, helpOf, type Option, readOptions, whole } from "../../dev/stack/options.ts";
import { type FaultName, faultNames, isFaultName } from "./faults/names.ts";

const table = {
  seed: whole("chooses the faults, their order and their moments", { otherwise: 1, max: 2 ** 31 }),
  minutes: whole("how long faults are injected", { otherwise: 1, min: 1, max: 1440 }),
  faults: faultList(),
  rate: whole("new documents a second", { otherwise: 20, min: 1, max: 500 }),
  workers: whole("workers of each type", { otherwise: 2, min: 1, max: 3 }),
  schedulers: whole("schedulers", { otherwise: 2, min: 1, max: 3 }),
  profile: choice("layout of the tables; default national", ["national", "phieu"]),
  dialect: choice("dialect of the partner; default national, with profile phieu gateway", DIALECTS),
  soak: flag("instead of faults: many documents through one worker; memory and Redis must not grow"),
  documents: whole("documents of the soak", { otherwise: 200_000, min: 1_000, max: 10_000_000 }),
  help: flag("this page"),
};

/** What the command line asks for. */
export type ChaosOptions = ReturnType<typeof readChaosOptions>;

/** Reads the arguments. Throws OptionError with what is wrong with which option. */
export function readChaosOptions(args: readonly string[]) {
  return readOptions(args, table);
}

/** The help page. */
export const help =
  `The fault suite over real processes: documents flow, faults strike, every promise is judged.

  deno task chaos [options]

${helpOf(table)}

Faults: ${faultNames.join(", ")}
Exit code 1 when a promise broke, with the story of the document; its logs are kept in .hermes/chaos.
`;

function faultList(): Option<readonly FaultName[]> {
  return {
    value: "all|name,…",
    help: "which faults",
    otherwise: faultNames,
    read(texts) {
      const names = texts.flatMap((text) => text.split(","));
      return names.includes("all") ? faultNames : names.map(faultNamed);
    },
  };
}

function faultNamed(text: string): FaultName {
  if (isFaultName(text)) return text;
  throw new Error(`there is no fault "${text}"; did you mean ${closest(text, [...faultNames])}?`);
}
