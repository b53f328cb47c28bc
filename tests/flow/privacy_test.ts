// What a run leaves in its logs: no password, no token, no person's name, also when somebody else repeats them.
import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { COMMON_ACCOUNT, samplePasswords } from "../../dev/samples/accounts.ts";
import { type Sample } from "../../dev/samples/rows.ts";
import { makeSamples } from "../../dev/samples/samples.ts";
import { documentTypes } from "../../shared/document.ts";
import { profileFor } from "../../shared/profile_file.ts";
import { blockedShopsKey, refusedLoginsKey, tokenKey } from "../../shared/stream_keys.ts";
import { totalAt } from "../../dev/stack/counts.ts";
import { waitUntilDrained } from "../support/flow.ts";
import { type Stack, startStack } from "../support/stack.ts";
import type { ProductProcess } from "../support/stack_product.ts";

const startsWithinMs = 20_000;
const endsWithinMs = 40_000;

Deno.test("logs have no password, token or person's name, even when the partner repeats them", async () => {
  await using stack = await startStack({ env: { LOG_LEVEL: "debug", MAX_DELIVERIES: "2" } });
  const samples = makeSamples({ count: 80, seed: 3, startNumber: 0, now: new Date() });
  await repeatNames(stack, samples.filter(isNamed));
  await stack.insert(samples);
  const wrong = stack.startScheduler({ MSSQL_PASSWORD: wrongPassword });
  await wrong.waitForEvent("scan.failed", startsWithinMs);
  await wrong.kill("SIGTERM"); // which gives up the lead
  stack.startScheduler();
  const workers = documentTypes.map((type) => stack.startWorker(type));
  const isBuried = () => logged(workers, "document.buried") && logged(workers, "login.refused");
  await waitLettingIn(stack, isBuried, "a document to be buried and an account to be refused");
  const secrets = await secretsOf(stack);
  await stack.control("partner", "DELETE faults");
  const isDone = async () => totalAt(await stack.counts(), "PENDING_SYNC") === 0;
  await waitLettingIn(stack, isDone, "every document to have a final status");
  await waitUntilDrained(stack, endsWithinMs);
  const log = (await productLog(stack)).toUpperCase();
  for (const event of events) assert(log.includes(`"${event.toUpperCase()}"`), `${event} is not in the log`);
  const passwords = [...Object.values(samplePasswords()), stack.env.MSSQL_PASSWORD ?? "", wrongPassword];
  const names = samples.filter(isNamed).flatMap(namesIn);
  const found = [...passwords, ...secrets, ...names].filter((text) => log.includes(text.toUpperCase()));
  assertEquals(found, [], "in the log");
});

const wrongPassword = "Sai-mat-khau-1";

/** What happens to the documents whose names the partner repeats, and beside them. */
const events = [
  "document.refused",
  "document.retried",
  "document.buried",
  "document.waiting",
  "document.invalid",
  "login.refused",
];

/** Waits, and lets refused accounts try again meanwhile: again and again, for a refusal may be on its way just now. */
async function waitLettingIn(
  stack: Stack,
  condition: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  const prefix = stack.settings.redis.keyPrefix;
  await stack.waitFor(async () => {
    for (const key of [refusedLoginsKey(prefix), blockedShopsKey(prefix)]) await stack.redis.del(key);
    return await condition();
  }, { deadlineMs: endsWithinMs, what });
}

function logged(processes: readonly ProductProcess[], wanted: string): boolean {
  return processes.some((each) => each.logLines().some(({ event }) => event === wanted));
}

async function repeatNames(stack: Stack, named: readonly Named[]): Promise<void> {
  const [refused, failing, waiting, again] = named;
  assert(refused && failing && waiting && again);
  await stack.fault([
    { kind: "refuse", match: { code: refused.code }, message: words(refused) },
    { kind: "status", status: 500, match: { code: failing.code }, message: words(failing).toUpperCase() },
    {
      kind: "too_many",
      retryAfterSeconds: 1,
      times: 1,
      match: { code: waiting.code },
      message: words(waiting),
    },
    // The gateway has no login: two such answers in a row refuse the account, and a pause of the account may come after the first.
    {
      kind: "unauthorized",
      match: { code: again.code },
      times: isGateway(stack) ? 3 : 1,
      message: "Token hết hạn",
    },
    {
      kind: "refuse",
      match: { login: true, account: refusedAccount(stack) },
      // Of the one that all shops share, the first login alone, or nothing else would happen.
      ...(hasAccounts(stack) ? {} : { times: 1 }),
      message: `sai mật khẩu ${samplePasswords()[refusedAccount(stack)]}`,
    },
  ]);
}

type Named = Extract<Sample, { type: "hoa_don" }>;

/** An invoice with a customer and a seller that nothing else is wrong with. */
function isNamed(sample: Sample): sample is Named {
  return sample.type === "hoa_don" && sample.flaw === null && namesIn(sample).length === 2 &&
    sample.header.shop_pharmacy_code !== "NT004";
}

function namesIn({ header }: Named): string[] {
  return [header.customer_name, header.seller_name].filter((name) => name !== null);
}

/** As the partner might say it. */
function words({ header }: Named): string {
  return `Khách hàng ${header.customer_name} (người bán: ${header.seller_name}) không hợp lệ; ` +
    `"token":"eyJhbGciOiJIUzI1NiJ9.khach" mat_khau`;
}

function refusedAccount(stack: Stack): string {
  return hasAccounts(stack) ? "nhathuoc_songhan" : COMMON_ACCOUNT.account;
}

/** Whether shops have accounts of their own. */
function hasAccounts({ settings }: Stack): boolean {
  return profileFor(settings.source.profile).hasAccounts;
}

function isGateway(stack: Stack): boolean {
  return stack.settings.partner.dialect === "gateway";
}

/** What lets somebody in: tokens, or what HTTP Basic makes of an account. */
async function secretsOf(stack: Stack): Promise<string[]> {
  if (isGateway(stack)) {
    return Object.entries(samplePasswords()).map(([account, password]) => btoa(`${account}:${password}`));
  }
  const pattern = tokenKey(stack.settings.redis.keyPrefix, "*");
  const keys = (await stack.redisServers.askMasters((master) => master.keys(pattern))).flat();
  const found = await Promise.all(keys.map((key) => stack.redis.get(key)));
  const tokens = found.filter((token) => token !== null);
  // Of each account but the one whose login is refused; without a table of accounts there is one.
  assert(tokens.length >= (hasAccounts(stack) ? 4 : 1), `${tokens.length} tokens`);
  return tokens;
}

/** Everything that the product's processes printed. */
async function productLog(stack: Stack): Promise<string> {
  const files = [...Deno.readDirSync(stack.logDirectory)]
    .map(({ name }) => name).filter((name) => /^(scheduler|worker)-.*\.log$/.test(name));
  assertEquals(files.length, stack.products.length);
  const texts = await Promise.all(files.map((name) => Deno.readTextFile(join(stack.logDirectory, name))));
  return texts.join("\n");
}
