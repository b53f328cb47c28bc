// What a run leaves in its logs: no password, no token, no person's name, also when somebody else repeats them.
import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { samplePasswords } from "../../dev/samples/accounts.ts";
import { type Sample } from "../../dev/samples/rows.ts";
import { makeSamples } from "../../dev/samples/samples.ts";
import { documentTypes } from "../../shared/document.ts";
import { tokenKey } from "../../shared/stream_keys.ts";
import { totalAt } from "../../dev/stack/counts.ts";
import { waitUntilDrained } from "../support/flow.ts";
import { type Stack, startStack } from "../support/stack.ts";

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
  for (const type of documentTypes) stack.startWorker(type);
  await stack.products.at(-1)?.waitForEvent("document.buried", startsWithinMs);
  const tokens = await tokensOf(stack);
  assert(tokens.length >= 4);
  await stack.control("partner", "DELETE faults");
  await stack.waitFor(async () => {
    // Again and again: a refusal that is on its way just now is written after the first time.
    await stack.redis.del("hermes:accounts:refused", "hermes:shops:blocked");
    return totalAt(await stack.counts(), "PENDING_SYNC") === 0;
  }, { deadlineMs: endsWithinMs, what: "every document to have a final status" });
  await waitUntilDrained(stack, endsWithinMs);
  const log = (await productLog(stack)).toUpperCase();
  for (const event of events) assert(log.includes(`"${event.toUpperCase()}"`), `${event} is not in the log`);
  const passwords = [...Object.values(samplePasswords()), stack.env.MSSQL_PASSWORD ?? "", wrongPassword];
  const names = samples.filter(isNamed).flatMap(namesIn);
  const found = [...passwords, ...tokens, ...names].filter((text) => log.includes(text.toUpperCase()));
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
    { kind: "unauthorized", match: { code: again.code }, times: 1, message: "Token hết hạn" },
    {
      kind: "refuse",
      match: { login: true, account: "nhathuoc_songhan" },
      message: "sai mật khẩu songhan-2026",
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

async function tokensOf(stack: Stack): Promise<string[]> {
  const keys = await stack.redis.keys(tokenKey(stack.settings.redis.keyPrefix, "*"));
  return (await stack.redis.mget(keys)).filter((token) => token !== null);
}

/** Everything that the product's processes printed. */
async function productLog(stack: Stack): Promise<string> {
  const files = [...Deno.readDirSync(stack.logDirectory)]
    .map(({ name }) => name).filter((name) => /^(scheduler|worker)-.*\.log$/.test(name));
  assertEquals(files.length, stack.products.length);
  const texts = await Promise.all(files.map((name) => Deno.readTextFile(join(stack.logDirectory, name))));
  return texts.join("\n");
}
