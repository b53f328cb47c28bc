// What one examination has at hand, and how a single check is run: in time, and without stopping the others.
import type { Clock } from "../../clock.ts";
import { describeError, type SettingsError } from "../../errors.ts";
import type { Profile } from "../../profiles.ts";
import type { Settings } from "../../settings.ts";
import { within } from "./deadline.ts";
import { type Area, type DoctorFinding, sayer } from "./finding.ts";
import type { Clients } from "./open.ts";
import type { PartnerFacts } from "./read_partner.ts";
import type { Services } from "./services.ts";

export interface Bench {
  settings: Settings;
  /** Null when `profileProblems` says why it cannot be used. */
  profile: Profile | null;
  profileProblems: SettingsError | null;
  services: Services;
  clients: Clients;
  partner: Promise<PartnerFacts>;
  clock: Clock;
}

/** What a check finds within `ms`; what it throws becomes a finding too. Never throws. */
export async function guarded(
  { area, what, ms }: { area: Area; what: string; ms: number },
  check: () => Promise<DoctorFinding[]>,
): Promise<DoctorFinding[]> {
  try {
    return await within(ms, check());
  } catch (error) {
    return [
      sayer(area)("warning", "not_checked", {
        subject: what,
        en: `Could not be checked: ${what}: ${describeError(error).message}`,
        vi: `Không kiểm tra được: ${what}`,
        cure: "Run the doctor again; if it stays, look at the log of the service.",
      }),
    ];
  }
}

/** That something was left out because a service is away, which has an error of its own. */
export function leftOut(area: Area, what: string, because: string): DoctorFinding {
  return sayer(area)("info", "not_checked", {
    subject: what,
    en: `Not checked, as ${because}: ${what}`,
    vi: `Chưa kiểm tra ${what}`,
  });
}
