// Tries the login of each active account with the partner, once, when it was asked for. A wrong password tried again and again may lock an account.
import type { Partner } from "../../partner.ts";
import type { Account } from "../../source.ts";

export interface LoginTried {
  account: string;
  /** The shops that send with it; empty for the account of the settings. */
  shops: string[];
  outcome: "accepted" | "refused" | "trouble" | "not_tried";
  message: string;
}

/** Logins under way at a time. */
export const loginsAtATime = 4;

export interface LoginsOptions {
  partner: Pick<Partner, "login">;
  /** The shop's account; throws SourceError. */
  readAccount: (shop: string) => Promise<Account | null>;
  /** The account of the settings. */
  common: Account | null;
  nowMs: () => number;
  /** After this nothing new is tried, ms since 1970. */
  untilMs: number;
}

interface Attempt {
  account: Account;
  shops: string[];
}

/** Never throws; shops with one account are tried together. */
export async function tryLogins(shops: readonly string[], options: LoginsOptions): Promise<LoginTried[]> {
  const attempts = await attemptsFor(shops, options);
  const tried: LoginTried[] = [];
  const queue = [...attempts];
  const next = async () => {
    for (let attempt = queue.shift(); attempt; attempt = queue.shift()) {
      tried.push(await tryOne(attempt, options));
    }
  };
  await Promise.all(Array.from({ length: loginsAtATime }, next));
  return tried.sort((a, b) => a.account.localeCompare(b.account));
}

async function attemptsFor(
  shops: readonly string[],
  { common, readAccount }: LoginsOptions,
): Promise<Attempt[]> {
  const found = await Promise.all(
    shops.map(async (shop) => ({ shop, account: await readAccount(shop).catch(() => null) })),
  );
  const attempts: Attempt[] = common ? [{ account: common, shops: [] }] : [];
  for (const { shop, account } of found) {
    if (!account) continue;
    const same = attempts.find((each) =>
      each.account.user === account.user && each.account.password === account.password
    );
    if (same) same.shops.push(shop);
    else attempts.push({ account, shops: [shop] });
  }
  return attempts;
}

async function tryOne(
  { account, shops }: Attempt,
  { partner, nowMs, untilMs }: LoginsOptions,
): Promise<LoginTried> {
  const about = { account: account.user, shops };
  if (nowMs() >= untilMs) return { ...about, outcome: "not_tried", message: "" };
  const answer = await partner.login(account.user, account.password);
  if (answer.kind === "token") return { ...about, outcome: "accepted", message: "" };
  return { ...about, outcome: answer.kind, message: answer.message };
}
