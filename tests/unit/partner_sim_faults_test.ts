// Which calls a fault of the simulated partner strikes, and how faults are read. Time is moved by hand.
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { checkFaults, type Fault, parseFault } from "../../dev/partner/fault_input.ts";
import { faultAnswer, Faults, type Subject } from "../../dev/partner/faults.ts";

function subject(changes: Partial<Subject> = {}): Subject {
  return {
    login: false,
    type: "hoa_don",
    code: "HD1",
    ma_co_so: "01-0001",
    account: "hermes",
    method: "POST",
    ...changes,
  };
}

function struckBy(fault: Fault, changes: Partial<Subject> = {}, atMs = 0): boolean {
  const faults = new Faults(1);
  faults.add(checkFaults(fault), 0);
  return faults.strike(subject(changes), atMs) !== undefined;
}

Deno.test("a fault strikes only the calls it matches", () => {
  const cases: [NonNullable<Fault["match"]>, Partial<Subject>, Partial<Subject>][] = [
    [{ type: "hoa_don" }, {}, { type: "phieu_nhap" }],
    [{ code: "^HD" }, {}, { code: "PN1" }],
    [{ code: "^HD" }, {}, { code: null }],
    [{ shop: "01-0001" }, {}, { ma_co_so: "01-0002" }],
    [{ ma_co_so: "01-0001" }, {}, { ma_co_so: "01-0002" }],
    [{ account: "hermes" }, {}, { account: "other" }],
    [{ method: "put" }, { method: "PUT" }, { method: "POST" }],
    [{ login: true }, { login: true }, {}],
    [{ login: false }, {}, { login: true }],
  ];
  for (const [match, hit, miss] of cases) {
    assert(struckBy({ kind: "hang", match }, hit), `${JSON.stringify(match)} missed`);
    assert(
      !struckBy({ kind: "hang", match }, miss),
      `${JSON.stringify(match)} struck ${JSON.stringify(miss)}`,
    );
  }
});

Deno.test("a fault leaves logins alone unless it says otherwise, but an outage hits them too", () => {
  assert(!struckBy({ kind: "status" }, { login: true }));
  assert(struckBy({ kind: "outage" }, { login: true }));
  assert(!struckBy({ kind: "outage", match: { login: false } }, { login: true }));
});

Deno.test("a fault lasts from and until the moments it names", () => {
  const fault: Fault = { kind: "outage", fromMs: 100, untilMs: 200 };
  assertEquals([0, 99, 100, 199, 200].map((ms) => struckBy(fault, {}, ms)), [
    false,
    false,
    true,
    true,
    false,
  ]);
});

Deno.test("a fault strikes as often as `times` says, then the next fault in the list strikes", () => {
  const faults = new Faults(1);
  faults.add(checkFaults([{ kind: "hang", times: 2 }, { kind: "html" }]), 0);
  const kinds = Array.from({ length: 4 }, () => faults.strike(subject(), 0)?.kind);
  assertEquals(kinds, ["hang", "hang", "html", "html"]);
  assertEquals(faults.list().map(({ struck }) => struck), [2, 2]);
});

Deno.test("a fault with a rate strikes that share of the calls, the same ones for the same seed", () => {
  const struck = (seed: number) => {
    const faults = new Faults(seed);
    faults.add(checkFaults({ kind: "hang", rate: 0.2 }), 0);
    return Array.from({ length: 2000 }, () => faults.strike(subject(), 0) !== undefined);
  };
  const hits = struck(7).filter(Boolean).length;
  assert(hits > 320 && hits < 480, `${hits} of 2000`);
  assertEquals(struck(7), struck(7));
  assert(JSON.stringify(struck(7)) !== JSON.stringify(struck(8)));
});

Deno.test("a fault on the command line names a status, the match and the rest in one word", () => {
  assertEquals(parseFault("kind=500,rate=0.05,type=hoa_don"), {
    kind: "status",
    status: 500,
    rate: 0.05,
    match: { type: "hoa_don" },
  });
  assertEquals(parseFault("kind=slow,delayMs=300,code=^HD.*7$,times=3,login=false"), {
    kind: "slow",
    delayMs: 300,
    times: 3,
    match: { code: "^HD.*7$", login: false },
  });
});

Deno.test("a fault that is not well formed is refused with the name of what is wrong", () => {
  const cases: [string, string][] = [
    ["kind=hangg", "kind"],
    ["rate=0.5", "kind"],
    ["kind=hang,rate=2", "rate"],
    ["kind=hang,typ=hoa_don", "typ"],
    ["kind=hang,type=hoadon", "match.type"],
    ["kind=hang,code=(", "regular expression"],
    ["kind=hang,times=0", "times"],
  ];
  for (const [text, named] of cases) {
    const error = assertThrows(() => parseFault(text), Error);
    assertStringIncludes(error.message, named);
  }
});

Deno.test("Retry-After is told in seconds or as an HTTP date", () => {
  const now = Date.UTC(2026, 10, 22, 3, 0, 0);
  const header = (fault: Fault) => {
    const answer = faultAnswer(checkFaults(fault)[0]!, now);
    return answer?.act === "reply" ? answer.headers["retry-after"] : "no reply";
  };
  assertEquals(header({ kind: "too_many", retryAfterSeconds: 7 }), "7");
  assertEquals(header({ kind: "too_many" }), "1");
  assertEquals(
    header({ kind: "too_many", retryAfterSeconds: 60, retryAfterAs: "date" }),
    "Sun, 22 Nov 2026 03:01:00 GMT",
  );
  assertEquals(header({ kind: "status", status: 503, retryAfterSeconds: 2 }), "2");
  assertEquals(header({ kind: "status", status: 503 }), undefined);
});
