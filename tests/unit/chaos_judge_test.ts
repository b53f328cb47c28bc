// The judge of the fault suite: which promise breaks for which evidence, and what excuses a second acceptance.
import { assertEquals } from "@std/assert";
import type { Call } from "../../dev/partner/memory.ts";
import type { Disturbance } from "../chaos/ground.ts";
import { type Ended, type Evidence, judge, whyRepeated } from "../chaos/judge.ts";

const synced: Ended = {
  type: "hoa_don",
  code: "HD1",
  expected: "SYNC_SUCCESS",
  status: "SYNC_SUCCESS",
  nationalCode: "HD_QG_1",
  message: "Thành công",
};

const accepted: Call = {
  seq: 1,
  atMs: 1_000,
  method: "POST",
  path: "/api/lien_thong/hoa_don",
  type: "hoa_don",
  login: false,
  account: "a",
  code: "HD1",
  ma_co_so: "01-0001",
  body: "{}",
  outcome: "accepted",
  violation: null,
  fault: null,
  status: 200,
  answered: true,
};
const replaced: Call = { ...accepted, seq: 2, atMs: 3_000, method: "PUT", outcome: "replaced" };

function evidence(parts: Partial<Evidence>): Evidence {
  return {
    documents: [synced],
    calls: [accepted],
    nationalCodes: new Map([["hoa_don HD1", "HD_QG_1"]]),
    replaces: true,
    disturbances: [],
    forgettings: [],
    poisoned: new Set(),
    journal: new Map([["hoa_don HD1", ["SUCCESS"]]]),
    ...parts,
  };
}

/** The promises that break for one document. */
function brokenFor(document: Partial<Ended>, parts: Partial<Evidence> = {}): string[] {
  return judge(evidence({ ...parts, documents: [{ ...synced, ...document }] })).broken
    .map(({ promise }) => promise);
}

Deno.test("judge() finds nothing wrong with a document accepted once and written back", () => {
  const verdict = judge(evidence({}));
  assertEquals([verdict.documents, verdict.acceptedOnce, verdict.broken], [1, 1, []]);
});

Deno.test("judge() calls a synced document lost that the partner never accepted, or gave another code", () => {
  assertEquals(brokenFor({}, { calls: [] }), ["lost"]);
  assertEquals(brokenFor({}, { calls: [{ ...accepted, outcome: "fault" }] }), ["lost"]);
  assertEquals(brokenFor({ nationalCode: "HD_QG_2" }), ["lost"]);
});

Deno.test("judge() calls a document stuck that is still pending", () => {
  assertEquals(brokenFor({ status: "PENDING_SYNC", nationalCode: null }, { calls: [] }), ["stuck"]);
});

Deno.test("judge() calls a failure wrong unless the document was to fail or the partner choked on it", () => {
  const failed = { status: "SYNC_FAILED", nationalCode: null };
  const journal = new Map([["hoa_don HD1", ["FAILED"]]]);
  assertEquals(brokenFor(failed, { calls: [], journal }), ["wrongly failed"]);
  assertEquals(brokenFor({ ...failed, expected: "SYNC_FAILED" }, { calls: [], journal }), []);
  assertEquals(brokenFor(failed, { calls: [], journal, poisoned: new Set(["HD1"]) }), []);
});

Deno.test("judge() calls a success wrong where the document breaks a rule", () => {
  assertEquals(brokenFor({ expected: "SYNC_FAILED" }), ["wrongly synced"]);
});

Deno.test("judge() finds a journal that says the opposite of the row", () => {
  const journal = new Map([["hoa_don HD1", ["RETURNED", "FAILED"]]]);
  assertEquals(brokenFor({}, { journal }), ["journal contradicts row"]);
});

Deno.test("judge() counts final rows of which the journal knows no end", () => {
  assertEquals(judge(evidence({ journal: new Map() })).notInJournal, 1);
  assertEquals(judge(evidence({})).notInJournal, 0);
});

Deno.test("judge() lets a document be accepted twice where the answer was lost, and says why", () => {
  const verdict = judge(
    evidence({ calls: [{ ...accepted, answered: false, fault: "reset_after" }, replaced] }),
  );
  assertEquals(verdict.broken, []);
  assertEquals(verdict.acceptedAgain.map(({ times, why }) => [times, why]), [
    [2, "the answer was lost (reset_after)"],
  ]);
});

Deno.test("judge() breaks for a second acceptance without a reason, and for another body", () => {
  const other = { ...replaced, body: `{"a":1}` };
  assertEquals(brokenFor({}, { calls: [accepted, replaced] }), ["accepted again without need"]);
  assertEquals(brokenFor({}, { calls: [{ ...accepted, answered: false }, other] }), ["another body"]);
});

Deno.test("a disturbance excuses a second acceptance only of its type and between the two calls", () => {
  const killed: Disturbance = { why: "killed", type: "hoa_don", fromMs: 1_500, untilMs: 2_500 };
  const why = (parts: Partial<Disturbance>) => whyRepeated(accepted, replaced, [{ ...killed, ...parts }]);
  assertEquals(why({}), "killed");
  assertEquals(why({ type: null }), "killed");
  assertEquals(why({ type: "phieu_nhap" }), null);
  assertEquals(why({ fromMs: 100, untilMs: 900 }), null);
  assertEquals(why({ fromMs: 3_001, untilMs: 4_000 }), null);
});

Deno.test("an answer that went out whole but spoilt counts as lost, a slow one does not", () => {
  assertEquals(whyRepeated({ ...accepted, fault: "html" }, replaced, []), "the answer was spoilt (html)");
  assertEquals(whyRepeated({ ...accepted, fault: "slow" }, replaced, []), null);
});

Deno.test("judge() lets a partner without PUT keep its code, and refuse what was forgotten, but only after a fault", () => {
  const exists: Call = { ...accepted, seq: 2, atMs: 3_000, outcome: "exists", status: 400 };
  const lost = { ...accepted, answered: false };
  const gateway = { replaces: false };
  assertEquals(brokenFor({ nationalCode: null }, { ...gateway, calls: [lost, exists] }), []);
  assertEquals(brokenFor({ nationalCode: null }, { ...gateway, calls: [accepted] }), ["lost"]);
  assertEquals(brokenFor({ nationalCode: null }, { ...gateway, calls: [accepted, exists] }), [
    "accepted again without need",
  ]);
  const failed = { status: "SYNC_FAILED", nationalCode: null, message: "Mã phiếu đã tồn tại" };
  const journal = new Map([["hoa_don HD1", ["FAILED"]]]);
  const refused = { ...gateway, journal, calls: [lost, exists] };
  const forgettings = [{ fromMs: 2_000, untilMs: 2_500 }];
  const verdict = judge(evidence({ ...refused, forgettings, documents: [{ ...synced, ...failed }] }));
  assertEquals([verdict.broken, verdict.refusedAsKnown], [[], 1]);
  assertEquals(brokenFor(failed, refused), ["wrongly failed"]);
  assertEquals(brokenFor(failed, { ...refused, forgettings: [{ fromMs: 3_001, untilMs: 4_000 }] }), [
    "wrongly failed",
  ]);
  assertEquals(brokenFor(failed, { ...gateway, journal, calls: [lost] }), ["wrongly failed"]);
});
