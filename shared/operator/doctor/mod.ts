// The doctor: looks at everything that Hermes needs, says what is wrong and what cures it. Checks are pure functions over facts that thin readers
// gather; one that cannot run says so and does not stop the others. What `hermes doctor` prints.
import { type Clock, systemClock } from "../../clock.ts";
import { SettingsError } from "../../errors.ts";
import { profileFor } from "../../profile_file.ts";
import type { Settings } from "../../settings.ts";
import { type Bench, guarded, leftOut } from "./bench.ts";
import {
  examineClocks,
  examineFlow,
  examineLogins,
  examineMongo,
  examinePartner,
  examineRedis,
  examineSettings,
  examineSqlServer,
  loginsMs,
} from "./examine.ts";
import { type Area, type DoctorFinding, exitCodeOf, sorted } from "./finding.ts";
import { closeClients, openClients } from "./open.ts";
import { readPartner } from "./read_partner.ts";
import { servicesOf } from "./services.ts";
import { settingsProblems } from "./check_settings.ts";

/** An area that is not done after this is given up, ms: the whole takes less than 10 s, whoever does not answer. */
const areaMs = 8_500;

export interface DoctorOptions {
  /** Also tries the login of every active account with the partner; this may take a minute. */
  logins?: boolean;
  clock?: Clock;
}

export interface Examination {
  atMs: number;
  findings: DoctorFinding[];
  /** 0: nothing to do; 1: warnings; 2: errors. */
  exitCode: 0 | 1 | 2;
}

/** Examines everything at once; settings that cannot be used are told, and nothing else can be looked at. Never throws. */
export async function runDoctor(
  settings: Settings | SettingsError,
  { logins = false, clock = systemClock }: DoctorOptions = {},
): Promise<Examination> {
  const found = settings instanceof SettingsError
    ? [...settingsProblems(settings), leftOut("settings", "everything else", "the settings cannot be used")]
    : await examine(settings, { logins, clock });
  const findings = sorted(found);
  return { atMs: clock.now(), findings, exitCode: exitCodeOf(findings) };
}

type Examine = (bench: Bench) => Promise<DoctorFinding[]>;

const examinations: readonly [Area, Examine][] = [
  ["settings", examineSettings],
  ["sqlserver", examineSqlServer],
  ["redis", examineRedis],
  ["mongodb", examineMongo],
  ["partner", examinePartner],
  ["clocks", examineClocks],
  ["flow", examineFlow],
];

async function examine(
  settings: Settings,
  { logins, clock }: { logins: boolean; clock: Clock },
): Promise<DoctorFinding[]> {
  const clients = openClients(settings);
  const bench: Bench = {
    settings,
    ...profileOf(settings),
    services: servicesOf(settings),
    clients,
    partner: readPartner(settings.partner, () => clock.now()),
    clock,
  };
  const runs = examinations.map(([area, look]) =>
    guarded({ area, what: area, ms: areaMs }, () => look(bench))
  );
  if (logins) {
    runs.push(guarded({ area: "partner", what: "logins", ms: loginsMs }, () => examineLogins(bench)));
  }
  const found = await Promise.all(runs);
  await closeClients(clients);
  return found.flat();
}

function profileOf({ source }: Settings): Pick<Bench, "profile" | "profileProblems"> {
  try {
    return { profile: profileFor(source.profile), profileProblems: null };
  } catch (error) {
    if (error instanceof SettingsError) return { profile: null, profileProblems: error };
    throw error;
  }
}
