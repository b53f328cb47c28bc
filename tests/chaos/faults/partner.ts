// Faults of the partner, played by its control endpoint.
// @ts-types="@types/mssql"
import sql from "mssql";
import { COMMON_ACCOUNT, sampleAccounts } from "../../../dev/samples/accounts.ts";
import { between, pick } from "../../../dev/samples/random.ts";
import type { Fault } from "../../../dev/partner/fault_input.ts";
import { profileFor } from "../../../shared/profile_file.ts";
import type { Profile } from "../../../shared/profiles.ts";
import type { Ground, Play } from "../ground.ts";
import { pause } from "../pause.ts";
import { aboutFault, type FaultName } from "./names.ts";

/** Connections are refused. The control endpoint is away, too. */
export async function outage({ stack, say }: Ground): Promise<void> {
  const { ms } = aboutFault("partner_outage");
  say(`the partner refuses connections for ${ms} ms`);
  await stack.control("partner", "POST close", { ms });
  await pause(ms);
  await stack.waitFor(() => stack.control("partner", "GET stats"), {
    deadlineMs: 10_000,
    what: "the partner to listen again",
  });
  say("the partner listens again");
}

/** A share of the calls is struck for a while. */
export function striking(name: FaultName, fault: Fault): Play {
  return async ({ stack, say }) => {
    const { ms } = aboutFault(name);
    say(`the partner for ${ms} ms: ${JSON.stringify(fault)}`);
    await stack.fault({ ...fault, untilMs: ms });
    await pause(ms);
  };
}

/** The partner chokes on one document, and on no other. */
export async function chokeOnOne({ stack, inserts, random, notes, say }: Ground): Promise<void> {
  const { ms } = aboutFault("partner_500_one_document");
  // The last digits only: it is to be a document that comes in the next moments.
  const number = inserts.offered.length + between(random, 20, 60);
  const code = `${String(number).padStart(4, "0")}$`;
  say(`the partner answers 500 to documents ${code} for ${ms} ms`);
  await stack.fault({ kind: "status", status: 500, match: { code }, untilMs: ms });
  await pause(ms);
  for (const offered of inserts.offered) {
    if (offered.code.endsWith(code.slice(0, -1))) notes.poisoned.add(offered.code);
  }
}

/** Every token given out so far is answered 401. */
export async function expireTokens({ stack, say }: Ground): Promise<void> {
  say("every token has expired");
  await stack.control("partner", "DELETE tokens");
}

/** The password of one account is changed at the partner; the pharmacy corrects its own copy later, or the partner changes it back. */
export async function changePassword(ground: Ground): Promise<void> {
  const { stack, random, passwords, notes, say } = ground;
  const fromMs = Date.now();
  const { account } = profile(stack).hasAccounts ? pick(random, sampleAccounts()) : COMMON_ACCOUNT;
  const [before, after] = [passwords[account] ?? "", `moi-${between(random, 100_000, 999_999)}`];
  say(`the password of ${account} is changed`);
  passwords[account] = after;
  await stack.control("partner", "POST accounts", passwords);
  await stack.control("partner", "DELETE tokens");
  await pause(aboutFault("partner_password").ms);
  const corrected = random() < 0.5 && await correctRow(ground, account, after);
  if (!corrected) {
    passwords[account] = before;
    await stack.control("partner", "POST accounts", passwords);
  }
  // What was not let in is given back, and its deliveries with it.
  notes.forgettings.push({ fromMs, untilMs: Date.now() });
  say(`the password of ${account} is corrected ${corrected ? "in AccountShop" : "at the partner"}`);
}

function profile({ settings }: Ground["stack"]): Profile {
  return profileFor(settings.source.profile);
}

/** Whether SQL Server has a table for it, and took it. */
async function correctRow({ stack }: Ground, account: string, password: string): Promise<boolean> {
  if (!profile(stack).hasAccounts) return false;
  try {
    await stack.sql.request()
      .input("account", sql.VarChar(50), account)
      .input("password", sql.NVarChar(50), password)
      .query("UPDATE AccountShop SET password = @password WHERE account = @account");
    return true;
  } catch {
    return false;
  }
}
