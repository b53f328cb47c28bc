// Reads the command line of the simulated partner. main.ts starts a partner with the result.
import { closest } from "fastest-levenshtein";
import { ACCEPTED_FORMS } from "./answers.ts";
import { DIALECTS } from "./dialects.ts";
import { type Fault, parseFault } from "./fault_input.ts";
import type { PartnerOptions } from "./partner.ts";

export const HELP = `The simulated partner: the national pharmacy API, with faults on demand.

  deno task partner [options]

  --port=8088             port; 0 for any free one
  --hostname=127.0.0.1    address to listen at
  --dialect=national      national or gateway
  --accounts=user:pwd,…   accounts; default: those of the sample documents
  --latency-ms=0          every answer waits so long
  --seed=1                seed of faults with a rate
  --fault=…               a fault; may be given several times, e.g. --fault=kind=500,rate=0.05,type=hoa_don
  --form=cycle            form of acceptances: cycle, ${ACCEPTED_FORMS.slice(0, 3).join(", ")} …
  --token-shape=jwt       jwt or opaque
  --token-seconds=3600    how long a token is valid
  --token-calls=N         a token is invalid after so many calls
  --login-form=plain      plain, data or cycle
  --wrong-login-status=400  400 or 401
  --remember=20000        calls and bodies kept at least
  --log                   a line of text instead of JSON when ready
  --help                  this page

Kinds of fault: refuse, unauthorized, forbidden, a status such as 500, too_many, hang, reset_before, reset_after,
slow (delayMs), html, garbage, endless, huge, outage, truncated, answer (form). A fault takes type, code (a regular
expression), shop, account, method, login, times, rate, fromMs, untilMs, status, retryAfterSeconds, retryAfterAs,
form, message, accepts. While it runs: GET /_control/calls, documents, stats, counters, faults; POST faults, accounts,
latency, reset, close; DELETE faults, tokens.
`;

/** What the command line asks for. */
export interface CommandLine {
  readonly help: boolean;
  readonly log: boolean;
  readonly partner: PartnerOptions;
}

/** Reads the arguments. Throws an Error that names the option, the rule and the value. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const partner: Record<string, unknown> = {};
  const faults: Fault[] = [];
  const flags = { help: false, log: false };
  for (const { name, value } of pairs(args)) {
    if (name === "help" || name === "log") flags[name] = true;
    else if (name === "fault") faults.push(parseFault(value ?? ""));
    else Object.assign(partner, readOption(name, value));
  }
  return { ...flags, partner: { ...partner, faults } };
}

type Reader = (value: string, option: string) => PartnerOptions;

const readers: Readonly<Record<string, Reader>> = {
  port: (value, option) => ({ port: wholeNumber(value, option, 65_535) }),
  hostname: (value) => ({ hostname: value }),
  dialect: (value, option) => ({ dialect: oneOf(DIALECTS, value, option) }),
  accounts: (value, option) => ({ accounts: readAccounts(value, option) }),
  "latency-ms": (value, option) => ({ latencyMs: wholeNumber(value, option) }),
  seed: (value, option) => ({ seed: wholeNumber(value, option) }),
  form: (value, option) => ({ form: oneOf(["cycle", ...ACCEPTED_FORMS], value, option) }),
  "token-shape": (value, option) => ({ tokenShape: oneOf(["jwt", "opaque"], value, option) }),
  "token-seconds": (value, option) => ({ tokenSeconds: wholeNumber(value, option) }),
  "token-calls": (value, option) => ({ tokenCalls: wholeNumber(value, option) }),
  "login-form": (value, option) => ({ loginForm: oneOf(["plain", "data", "cycle"], value, option) }),
  "wrong-login-status": (value, option) => ({
    wrongLoginStatus: oneOf(["400", "401"], value, option) === "400" ? 400 : 401,
  }),
  remember: (value, option) => ({ remember: Math.max(1, wholeNumber(value, option)) }),
};

function readOption(name: string, value: string | undefined): PartnerOptions {
  const reader = readers[name];
  if (reader === undefined) {
    const nearest = closest(name, [...Object.keys(readers), "fault", "log", "help"]);
    throw new Error(`unknown option --${name}; did you mean --${nearest}? (--help lists all)`);
  }
  if (value === undefined) throw new Error(`--${name} needs a value, as in --${name}=…`);
  return reader(value, `--${name}`);
}

/** `--name=value`, `--name value` and `--flag`. */
function pairs(args: readonly string[]): { name: string; value?: string }[] {
  const found: { name: string; value?: string }[] = [];
  for (let at = 0; at < args.length; at++) {
    const [name, value] = (args[at] ?? "").split(/=(.*)/s);
    if (name === undefined || !name.startsWith("--")) {
      throw new Error(`"${args[at]}" is no option: options begin with -- (--help lists all)`);
    }
    const next = args[at + 1];
    const takesNext = value === undefined && next !== undefined && !next.startsWith("--");
    const given = takesNext ? args[++at] : value;
    found.push({ name: name.slice(2), ...(given === undefined ? {} : { value: given }) });
  }
  return found;
}

function wholeNumber(value: string, option: string, max = Number.MAX_SAFE_INTEGER): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && number <= max) return number;
  throw new Error(`${option}: must be a whole number from 0 to ${max}, not "${value}"`);
}

function oneOf<const T extends string>(values: readonly T[], value: string, option: string): T {
  const found = values.find((known) => known === value);
  if (found !== undefined) return found;
  const nearest = closest(value, [...values]);
  throw new Error(
    `${option}: must be one of ${values.join(", ")}, not "${value}"; did you mean ${nearest}?`,
  );
}

function readAccounts(value: string, option: string): Record<string, string> {
  return Object.fromEntries(
    value.split(",").map((pair) => {
      const [user, password] = pair.split(/:(.*)/s);
      if (user && password) return [user, password];
      // The pair itself is not shown: it may hold a password.
      throw new Error(`${option}: must be user:pwd,user:pwd,…; one of them has no name or no password`);
    }),
  );
}
