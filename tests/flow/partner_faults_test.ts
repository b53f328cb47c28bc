// The partner is away, loses answers, or refuses a login: nothing is buried for that, and everything flows again.
import { assert, assertEquals } from "@std/assert";
import { samplePasswords } from "../../dev/samples/accounts.ts";
import type { TaskLog } from "../../shared/journal_records.ts";
import { blockedShopsKey, refusedLoginsKey } from "../../shared/stream_keys.ts";
import {
  assertAcceptedOnce,
  goodDocuments,
  partnerStats,
  rowsByCode,
  waitUntilDrained,
} from "../support/flow.ts";
import { type Stack, startStack } from "../support/stack.ts";

const startsWithinMs = 20_000;
const endsWithinMs = 40_000;

Deno.test("an outage of the partner buries nothing and costs the first few deliveries only", async () => {
  await using stack = await startStack();
  const [before, during] = [goodDocuments("phieu_nhap", 5), goodDocuments("phieu_nhap", 40, 5)];
  stack.startScheduler();
  const worker = stack.startWorker("phieu_nhap");
  await stack.insert(before);
  await stack.waitUntilIdle(startsWithinMs);
  await stack.control("partner", "POST close", { ms: 12_000 });
  const closedAtMs = Date.now();
  await stack.insert(during);
  await worker.waitForEvent("breaker.opened", startsWithinMs);
  await worker.waitForEvent("breaker.closed", endsWithinMs);
  assert(Date.now() - closedAtMs >= 12_000, "the breaker closed before the partner was back");
  await waitUntilDrained(stack, 60_000);
  assertEquals(await assertAcceptedOnce(stack, [...before, ...during]), []);
  const events = worker.logLines().map(({ event }) => event);
  const retries = events.filter((event) => event === "document.retried").length;
  assert(retries <= 16, `${retries} deliveries were counted: the breaker opens at ten failures in a row`);
  assert(!events.includes("document.buried"));
  const logs = await stack.mongo.collection<TaskLog>("task_logs").find({ deliveries: { $gt: 3 } }).toArray();
  assertEquals(logs, []);
});

Deno.test("documents whose answers are lost, or stand in an error page, are sent again with the same body, and replaced by it where the partner can", async () => {
  await using stack = await startStack();
  const samples = goodDocuments("phieu_xuat", 12);
  await stack.fault([
    { kind: "reset_after", times: 1, match: { code: "0000$" } },
    { kind: "reset_before", times: 1, match: { code: "0001$" } },
    { kind: "status", status: 500, accepts: true, times: 1, match: { code: "0002$" } },
    { kind: "html", status: 502, times: 1, match: { code: "0003$" } },
    { kind: "truncated", accepts: true, times: 1, match: { code: "0004$" } },
    { kind: "too_many", retryAfterSeconds: 1, times: 1, match: { code: "0005$" } },
    { kind: "garbage", times: 1, match: { code: "0006$" } },
    { kind: "hang", times: 1, match: { code: "0007$" } },
  ]);
  await stack.insert(samples);
  stack.startScheduler();
  stack.startWorker("phieu_xuat", { API_TIMEOUT_SECONDS: "2" });
  await waitUntilDrained(stack, endsWithinMs);
  const again = await assertAcceptedOnce(stack, samples);
  assertEquals(again, ["PHIEU_XUAT-0000", "PHIEU_XUAT-0002", "PHIEU_XUAT-0004"]);
  const logs = await stack.mongo.collection<TaskLog>("task_logs").find().toArray();
  const deliveries = (number: number) =>
    logs.find(({ business_id }) => business_id.endsWith(`${number}`))?.deliveries;
  assertEquals([deliveries(3), deliveries(5), deliveries(8)], [2, 1, 1], "only trouble counts as a delivery");
});

Deno.test("a document that the partner never answers for is buried after its deliveries, and the others flow", async () => {
  await using stack = await startStack({ env: { MAX_DELIVERIES: "2" } });
  await stack.fault({ kind: "status", status: 500, message: "Lỗi máy chủ", match: { code: "0000$" } });
  const samples = goodDocuments("phieu_xuat", 6);
  await stack.insert(samples);
  stack.startScheduler();
  stack.startWorker("phieu_xuat");
  await waitUntilDrained(stack, endsWithinMs);
  const row = (await rowsByCode(stack)).get("PHIEU_XUAT-0000");
  assertEquals([row?.status, row?.message], [
    "SYNC_FAILED",
    "Gửi 2 lần không thành công (500): Lỗi máy chủ. Kiểm tra rồi đồng bộ lại.",
  ]);
  assertEquals((await stack.counts()).phieu_xuat, {
    PENDING_SYNC: 0,
    SYNC_SUCCESS: 5,
    SYNC_FAILED: 1,
    inStream: 0,
    dead: 1,
  });
});

Deno.test("a wrong password keeps one shop's documents pending, with one login, until it is corrected", async () => {
  // Only profile national has an account for each shop, and only dialect national a login; profiles_test.ts has the gateway's refusal.
  await using stack = await startStack({ profile: "national", dialect: "national" });
  const passwords = samplePasswords();
  const shop = "NT001";
  const account = "nhathuoc_kimma";
  await stack.control("partner", "POST accounts", { ...passwords, [account]: "another" });
  const samples = goodDocuments("hoa_don", 40);
  const ofShop = samples.filter(({ header }) => header.shop_pharmacy_code === shop);
  assert(ofShop.length > 2 && ofShop.length < 38);
  await stack.insert(samples);
  stack.startScheduler();
  const workers = [stack.startWorker("hoa_don"), stack.startWorker("hoa_don")];
  const othersDone = async () => (await stack.partnerDocuments()).length === 40 - ofShop.length;
  await stack.waitFor(othersDone, {
    deadlineMs: startsWithinMs,
    what: "the other shops' documents to be synced",
  });
  // New documents of the shop come in, and scans go by.
  const more = goodDocuments("hoa_don", 20, 40);
  await stack.insert(more);
  const moreOfShop = more.filter(({ header }) => header.shop_pharmacy_code === shop).length;
  const moreDone = async () => (await stack.partnerDocuments()).length === 60 - ofShop.length - moreOfShop;
  await stack.waitFor(moreDone, {
    deadlineMs: startsWithinMs,
    what: "later documents of other shops to be synced",
  });
  await stack.waitFor(async () => (await stack.counts()).hoa_don.inStream === 0, {
    deadlineMs: startsWithinMs,
    what: "the shop's documents to be out of the workers' hands, which would block it once more",
  });
  await assertBlocked(stack, { shop, account, count: ofShop.length + moreOfShop });
  // The correction, and what an operator's `shops unblock` will do.
  await stack.control("partner", "POST accounts", passwords);
  await stack.redis.hdel(refusedLoginsKey(stack.settings.redis.keyPrefix), account);
  await stack.redis.hdel(blockedShopsKey(stack.settings.redis.keyPrefix), shop);
  await waitUntilDrained(stack, endsWithinMs);
  assertEquals(await assertAcceptedOnce(stack, [...samples, ...more]), []);
  const buried = workers.flatMap((worker) => worker.logLines()).filter(({ event }) =>
    event === "document.buried"
  );
  assertEquals(buried, []);
});

interface Blocked {
  readonly shop: string;
  readonly account: string;
  readonly count: number;
}

/** Its documents are as they were, nothing of it is in Redis, and its account was tried once for the next minute. */
async function assertBlocked(stack: Stack, { shop, account, count }: Blocked): Promise<void> {
  const empty = async () => await stack.redis.xlen("hermes:{hoa_don}:stream") === 0;
  await stack.waitFor(empty, { deadlineMs: 10_000, what: "the shop's entries to be given back" });
  const rows = (await stack.rows("hoa_don")).filter((row) => row.shop === shop);
  assertEquals(rows.map(({ status }) => status), Array(count).fill("PENDING_SYNC"));
  const logins = (await stack.partnerCalls()).filter((call) => call.login && call.account === account);
  assertEquals(logins.map(({ outcome }) => outcome), ["login_refused"]);
  assertEquals((await partnerStats(stack)).by_outcome.unauthorized, undefined);
  const refusal = await stack.redis.hget(refusedLoginsKey(stack.settings.redis.keyPrefix), account);
  const { until, why } = JSON.parse(refusal ?? "{}");
  const leftMs = until - Date.now();
  assert(leftMs > 40_000 && leftMs <= 60_000, `the next login is tried in ${leftMs} ms`);
  assertEquals(why, "Tài khoản hoặc mật khẩu không đúng");
}
