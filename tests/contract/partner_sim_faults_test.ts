// The faults of the simulated partner as a client sees them, over a real connection.
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { Fault } from "../../dev/partner/fault_input.ts";
import { assertSaysExists, nationalBody, partnerBench, until } from "../support/partner.ts";

const answered: [Fault, number, RegExp][] = [
  [{ kind: "refuse" }, 400, /"mess":/],
  [{ kind: "refuse", form: "body", message: "Sai mã cơ sở" }, 200, /^{"code":400,"mess":"Sai mã cơ sở"}$/],
  [{ kind: "refuse", form: "message" }, 400, /"message":/],
  [{ kind: "refuse", form: "detail", status: 422 }, 422, /"detail":/],
  [{ kind: "refuse", form: "text" }, 400, /^Dữ liệu không hợp lệ/],
  [{ kind: "unauthorized" }, 401, /mess/],
  [{ kind: "forbidden" }, 403, /mess/],
  ...[404, 405, 409, 413, 422, 408, 425, 500, 502, 503, 504].map((status): [Fault, number, RegExp] => [
    { kind: "status", status },
    status,
    /mess/,
  ]),
  [{ kind: "too_many" }, 429, /mess/],
  [{ kind: "html" }, 502, /<!DOCTYPE html>/],
  [{ kind: "html", status: 200 }, 200, /<!DOCTYPE html>/],
  [{ kind: "garbage" }, 200, /^{"code": 200, "mess": "Thành c$/],
  [{ kind: "huge" }, 200, /x{2000000}/],
];

for (const [fault, status, text] of answered) {
  Deno.test(`the fault ${JSON.stringify(fault)} answers ${status} and accepts nothing`, async () => {
    await using bench = await partnerBench({ faults: [fault] });
    const reply = await bench.send("hoa_don", nationalBody("hoa_don", "A1"));
    assertEquals(reply.status, status);
    assertMatch(reply.text, text);
    assertEquals(bench.partner.documents(), []);
    assertEquals(bench.partner.calls({ code: "A1" }).map((call) => call.fault), [fault.kind]);
  });
}

for (const kind of ["reset_before", "outage", "truncated", "reset_after"] as const) {
  Deno.test(`the fault ${kind} cuts the connection; what was accepted is remembered as not answered`, async () => {
    await using bench = await partnerBench();
    bench.partner.addFaults({ kind, times: 1 });
    await assertRejects(() => bench.send("hoa_don", nationalBody("hoa_don", "A1")), TypeError);
    await until(() => bench.partner.calls({ code: "A1" })[0]?.answered === false, "the call is closed");
    const documents = bench.partner.documents();
    assertEquals(documents.map(({ answered }) => answered), kind === "reset_after" ? [false] : []);
    const next = await bench.send("hoa_don", nationalBody("hoa_don", "A1"));
    if (kind === "reset_after") assertSaysExists(next);
    else assertEquals(next.status, 200);
    assertEquals(bench.partner.stats().sent_after_answer, 0);
  });
}

for (const kind of ["hang", "endless", "slow"] as const) {
  Deno.test(`the fault ${kind} lasts until the client gives up, and stopping the partner does not wait for it`, async () => {
    await using bench = await partnerBench();
    bench.partner.addFaults({ kind, delayMs: kind === "slow" ? 60_000 : 0 });
    const signal = AbortSignal.timeout(60);
    await assertRejects(() => bench.send("hoa_don", nationalBody("hoa_don", "A1"), { signal }), DOMException);
    await until(() => bench.partner.calls({ code: "A1" })[0]?.answered === false, "the call is closed");
    const open = bench.send("hoa_don", nationalBody("hoa_don", "A2"));
    const ended = assertRejects(() => open);
    await until(() => bench.partner.calls({ code: "A2" }).length === 1, "the second call arrives");
    await bench.partner.stop();
    await ended;
  });
}

Deno.test("a slow answer arrives in the end, and latency delays every answer", async () => {
  await using bench = await partnerBench({ latencyMs: 30, faults: [{ kind: "slow", delayMs: 40 }] });
  const began = performance.now();
  assertEquals((await bench.send("hoa_don", nationalBody("hoa_don", "A1"))).status, 200);
  assert(performance.now() - began >= 65);
});

Deno.test("a fault that accepts spoils only the answer", async () => {
  await using bench = await partnerBench({
    faults: [{ kind: "status", status: 504, accepts: true, times: 1 }],
  });
  assertEquals((await bench.send("hoa_don", nationalBody("hoa_don", "A1"))).status, 504);
  assertEquals(bench.partner.documents().map(({ answered }) => answered), [false]);
  assertSaysExists(await bench.send("hoa_don", nationalBody("hoa_don", "A1")));
});

Deno.test("a fault on logins leaves documents alone", async () => {
  await using bench = await partnerBench();
  bench.partner.addFaults({ kind: "status", status: 500, match: { login: true } });
  const { status } = await bench.call("POST", "/api/tai_khoan/dang_nhap", {
    body: { usr: "hermes", pwd: "hermes" },
  });
  assertEquals(status, 500);
  assertEquals((await bench.send("hoa_don", nationalBody("hoa_don", "A1"))).status, 200);
});
