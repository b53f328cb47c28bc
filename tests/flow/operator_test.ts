// The operator's functions on a running stack: what they say is what Redis, SQL Server and the partner say themselves.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Sample } from "../../dev/samples/rows.ts";
import { makeSamples } from "../../dev/samples/samples.ts";
import { type DocumentType, documentTypes } from "../../shared/document.ts";
import type { Operator } from "../../shared/operator/operator.ts";
import type { Story } from "../../shared/operator/types.ts";
import { group } from "../../shared/stream_keys.ts";
import { isOfType, keysOf } from "../support/flow.ts";
import { hermes } from "../support/hermes_command.ts";
import { type Stack, startStack } from "../support/stack.ts";
import { openFor } from "../support/operator.ts";

const deadlineMs = 60_000;
/** A shop that is blocked alone has an account of its own (profile national), whose login is refused (dialect national). */
const mixedLoad = { profile: "national", dialect: "national", env: { LEASE_SECONDS: "2" } } as const;
const blockedShop = "NT002";
const blockedAccount = "nhathuoc_doican";

Deno.test("with an outage, refused documents, a blocked shop, a paused type and a killed worker, status, why and failures tell the truth", async () => {
  await using stack = await startStack(mixedLoad);
  await using opened = await openFor(stack);
  const { operator } = opened;
  const samples = makeSamples({ count: 120, seed: 1, startNumber: 0, now: new Date() });
  await stack.fault([
    { kind: "outage", match: { type: "hoa_don" } },
    {
      kind: "refuse",
      match: { login: true, account: blockedAccount },
      message: "Tài khoản hoặc mật khẩu không đúng",
    },
  ]);
  await operator.pause("phieu_xuat");
  await stack.insert(samples);
  stack.startScheduler();
  for (const type of documentTypes) stack.startWorker(type);
  const doomed = stack.startWorker("phieu_nhap");
  await stack.waitFor(() => settledExceptHeldUp(stack, samples), {
    deadlineMs,
    what: "phieu_nhap to be done",
  });
  await stack.waitFor(async () => (await workersOf(operator, "phieu_nhap")).length === 2, {
    deadlineMs,
    what: "two workers to beat",
  });
  await doomed.kill("SIGKILL");
  await stack.waitFor(async () => (await workersOf(operator, "phieu_nhap")).some(({ alive }) => !alive), {
    deadlineMs,
    what: "the killed worker to fall silent",
  });
  await stack.waitFor(
    async () => (await workersOf(operator, "hoa_don")).some(({ breaker }) => breaker === "open"),
    { deadlineMs, what: "the breaker to open" },
  );

  await statusTellsTheTruth(stack, operator);
  await whyTellsTheTruth(stack, operator, samples);
  await failuresTellTheTruth(stack, operator);
  await commandTellsTheSame(stack);
});

/** Everything of phieu_nhap is done, but for the blocked shop; every other row is where it is held up. */
async function settledExceptHeldUp(stack: Stack, samples: readonly Sample[]): Promise<boolean> {
  const open = (await stack.rows("phieu_nhap")).filter(({ status, shop }) =>
    status === "PENDING_SYNC" && shop !== blockedShop
  );
  const slips = samples.filter(isOfType("phieu_xuat")).filter(({ flaw }) => !isOwn(flaw));
  // Where the shop was blocked before their first scan, its own are left out.
  const held = slips.filter(({ header }) => header.shop_pharmacy_code !== blockedShop);
  const inStream = await stack.redis.xlen(keysOf(stack, "phieu_xuat").stream);
  const blocked = await stack.redis.hexists(`${stack.settings.redis.keyPrefix}shops:blocked`, blockedShop);
  return open.length === 0 && inStream >= held.length && inStream <= slips.length && blocked === 1;
}

async function statusTellsTheTruth(stack: Stack, operator: Operator): Promise<void> {
  const status = await operator.status();
  const counts = await stack.counts();
  assertEquals(status.troubles, []);
  for (const of of status.types) {
    const keys = keysOf(stack, of.type);
    const now = counts[of.type];
    assertEquals(of.pending, { count: now.PENDING_SYNC, more: false }, of.type);
    assertEquals(of.inStream, await stack.redis.xlen(keys.stream), of.type);
    assertEquals(of.dead, await stack.redis.xlen(keys.dead), of.type);
    assertEquals(of.paused !== null, await stack.redis.exists(keys.paused) === 1, of.type);
    assertEquals(of.lastScan?.error, null);
  }
  const byType = new Map(status.types.map((of) => [of.type, of]));
  assertEquals(byType.get("phieu_xuat")?.paused?.by, "an@pc");
  assertEquals(byType.get("phieu_xuat")?.fresh, byType.get("phieu_xuat")?.inStream);
  assertEquals(byType.get("phieu_nhap")?.workers.filter(({ alive }) => alive).length, 1);
  assert((byType.get("phieu_nhap")?.ratePerMinute ?? 0) > 0);
  const postponed = await postponedEntries(stack, "hoa_don");
  assert(Math.abs((byType.get("hoa_don")?.dueLater ?? 0) - postponed) <= 2, `${postponed} are postponed`);
  assert(postponed > 0);
  assertEquals(status.blockedShops.map(({ shop }) => shop), [blockedShop]);
  assertMatch(status.blockedShops[0]?.why ?? "", /mật khẩu/);
  assertEquals(status.leader, await stack.redis.get(`${stack.settings.redis.keyPrefix}scheduler:leader`));
  const names = new Set(status.findings.map(({ name, type = "" }) => `${name} ${type}`.trim()));
  for (
    const name of [
      "paused phieu_xuat",
      "breaker_open hoa_don",
      "shop_blocked",
      "worker_silent phieu_nhap",
      "dead_letters phieu_nhap",
    ]
  ) assert(names.has(name), `${name} in ${[...names]}`);
}

async function whyTellsTheTruth(stack: Stack, operator: Operator, samples: readonly Sample[]): Promise<void> {
  const receipts = samples.filter(isOfType("phieu_nhap")).filter(isNotBlocked);
  const good = await storyOf(operator, receipts.find(({ flaw }) => flaw === null));
  assertEquals(good.verdict.name, "synced");
  const [document] = (await stack.partnerDocuments()).filter(({ code }) => code === good.code);
  assertEquals(good.row?.nationalCode, document?.national_code);
  assertEquals(good.timeline.map(({ event }) => event), [
    "row_created",
    "enqueued",
    "accepted",
    "row_changed",
  ]);

  const refused = await storyOf(operator, receipts.find(({ flaw }) => flaw === "unknown_drug"));
  assertEquals(refused.verdict.name, "refused");
  assertEquals(refused.deadLetters.length, 1);
  assertStringIncludes(refused.verdict.vi, refused.lastFailure?.message ?? "?");
  assertMatch(refused.lastFailure?.message ?? "", /không tồn tại trong danh mục/);
  assertEquals(refused.lastFailure?.status, 400);

  const invalid = await storyOf(operator, receipts.find(({ flaw }) => flaw === "supplier_missing"));
  assertEquals([invalid.verdict.name, invalid.deadLetters.length], ["invalid", 0]);
  await whyTellsWhatHoldsUp(operator, samples);
}

async function whyTellsWhatHoldsUp(operator: Operator, samples: readonly Sample[]): Promise<void> {
  const good = samples.filter(({ flaw }) => flaw === null);
  const blocked = good.filter(isOfType("phieu_nhap")).find((sample) => !isNotBlocked(sample));
  assertEquals((await storyOf(operator, blocked)).verdict.name, "shop_blocked");

  const paused = await storyOf(operator, good.find(isOfType("phieu_xuat")));
  assertEquals([paused.verdict.name, paused.flight?.state], ["paused", "fresh"]);

  for (const sample of good.filter(isOfType("hoa_don")).filter(isNotBlocked).slice(0, 3)) {
    const story = await storyOf(operator, sample);
    assert(
      ["breaker_open", "retry_later", "in_hand", "queued"].includes(story.verdict.name),
      story.verdict.name,
    );
    assertEquals(story.row?.status, "PENDING_SYNC");
  }
  assertEquals((await operator.why("NO-SUCH-CODE")).stories, []);
}

async function storyOf(operator: Operator, sample: Sample | undefined): Promise<Story> {
  assert(sample, "there is such a sample");
  const { stories, troubles } = await operator.why(sample.code);
  assertEquals([stories.length, troubles.length], [1, 0], sample.code);
  return stories[0]!;
}

function isNotBlocked(sample: Sample): boolean {
  return sample.header.shop_pharmacy_code !== blockedShop;
}

async function failuresTellTheTruth(stack: Stack, operator: Operator): Promise<void> {
  const { groups, total, from, troubles } = await operator.failures();
  const failed = (await Promise.all(documentTypes.map((type) => stack.rows(type)))).flat()
    .filter(({ status }) => status === "SYNC_FAILED");
  assertEquals([total.count, from, troubles.length], [failed.length, "sqlserver", 0]);
  assertEquals(
    new Set(groups.flatMap(({ members }) => members.map(({ code }) => code))),
    new Set(failed.map(({ code }) => code)),
  );
  const unknownDrug = groups.filter(({ id }) => id.startsWith("drug_unknown-"));
  assertEquals(unknownDrug.length, 1);
  assertEquals(unknownDrug[0]?.count, failed.filter(({ message }) => message?.includes("danh mục")).length);
  const { letters } = await operator.dead.list({}, 1_000);
  assertEquals(letters.length, unknownDrug[0]?.count);
  const detail = await operator.dead.show(letters[0]?.id ?? "");
  assertEquals(detail?.code, letters[0]?.code);
  assertStringIncludes(detail?.body ?? "", detail?.code ?? "?");
  assertEquals((await operator.shops()).refusedAccounts.map(({ account }) => account), [blockedAccount]);
}

async function commandTellsTheSame(stack: Stack): Promise<void> {
  const { code, out } = await hermes(stack, "status", "--json");
  assertEquals(code, 1);
  const status = JSON.parse(out);
  assertEquals(status.blockedShops[0].shop, blockedShop);
  const human = await hermes(stack, "status", "--lang=en");
  assertStringIncludes(human.out, "phieu_xuat (paused)");
  assert(!human.out.includes("\x1b"), "no colours without a terminal");
  assertEquals((await hermes(stack, "resume", "phieu_xuat")).code, 0);
  assertEquals((await hermes(stack, "shops", "unblock", blockedShop)).code, 0);
  assertEquals(await stack.redis.hlen(`${stack.settings.redis.keyPrefix}accounts:refused`), 0);
  await stack.control("sqlserver", "POST down");
  const without = await hermes(stack, "status");
  assertEquals(without.code, 3);
  assertMatch(without.out, /SQL Server \(127\.0\.0\.1:\d+, database hermes\) cannot be reached/);
  assertMatch(without.out, /hoa_don +\? +\d+/);
  assertEquals((await hermes(stack, "pending")).code, 3);
}

/** Pending entries that are due later than a lease from now, as XPENDING itself tells them. */
async function postponedEntries(stack: Stack, type: DocumentType): Promise<number> {
  const pending = await stack.redis.xpending(keysOf(stack, type).stream, group, "-", "+", 10_000);
  return pending.filter((entry) => Array.isArray(entry) && Number(entry[2]) < 300_000 - 2_000).length;
}

async function workersOf(operator: Operator, type: DocumentType) {
  return (await operator.status()).types.find((of) => of.type === type)?.workers ?? [];
}

/** Whether the scheduler refuses it: it never reaches the stream. */
function isOwn(flaw: Sample["flaw"]): boolean {
  return flaw !== null && flaw !== "unknown_drug";
}
