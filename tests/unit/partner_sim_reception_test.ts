// The reception of the simulated partner, without a socket: whatever arrives is answered.
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { dialects } from "../../dev/partner/dialects.ts";
import { Faults } from "../../dev/partner/faults.ts";
import { Gatekeeper } from "../../dev/partner/login.ts";
import { Memory } from "../../dev/partner/memory.ts";
import { type Arrival, type Desk, receive } from "../../dev/partner/reception.ts";

function desk(dialect: "national" | "gateway"): Desk {
  return {
    dialect: dialects[dialect],
    gatekeeper: new Gatekeeper({ hermes: "hermes" }, {
      tokenShape: "jwt",
      tokenSeconds: 60,
      tokenCalls: Infinity,
      loginForm: "plain",
      wrongLoginStatus: 400,
    }),
    memory: new Memory(10),
    faults: new Faults(1),
    acceptedForm: undefined,
    clock: () => 0,
    latencyMs: 0,
    formsUsed: 0,
    existsSaid: 0,
  };
}

const paths = [
  "/api/tai_khoan/dang_nhap",
  "/api/lien_thong/hoa_don",
  "/api/lien_thong/phieu_nhap/01-0001/A1",
  "/gw/phieuxuat",
];

const arrivals: fc.Arbitrary<Arrival> = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "TRACE"),
  url: fc.oneof(fc.constantFrom(...paths), fc.webPath(), fc.string()),
  authorization: fc.oneof(
    fc.constantFrom("", "bearer x", "Basic aGVybWVzOmhlcm1lcw==", "Basic %%%", "Basic eA=="),
    fc.string(),
  ),
  contentType: fc.constantFrom("application/json", "application/json; charset=utf-8", "text/plain", ""),
  body: fc.oneof(fc.uint8Array(), fc.json().map((text) => new TextEncoder().encode(text))),
});

Deno.test("the reception answers whatever arrives with a status of its own, and accepts none of it", () => {
  fc.assert(
    fc.property(fc.constantFrom("national" as const, "gateway" as const), arrivals, (dialect, arrival) => {
      const at = desk(dialect);
      const { call, answer } = receive(at, arrival);
      assert(answer.act === "reply" && answer.status >= 400 && answer.status < 500, JSON.stringify(answer));
      assertEquals(call.status, answer.status);
      assertEquals(at.memory.documents(), []);
    }),
    { numRuns: 500 },
  );
});

Deno.test("a fault does not hide that a body broke the contract", () => {
  const at = desk("gateway");
  at.faults.add([{ kind: "status", status: 500 }], 0);
  const body = new TextEncoder().encode('{"billCode":"A1"}');
  const { call, answer } = receive(at, {
    method: "POST",
    url: "/hoadon",
    authorization: "Basic aGVybWVzOmhlcm1lcw==",
    contentType: "application/json",
    body,
  });
  at.memory.close(call, true);
  assertEquals([answer.act === "reply" && answer.status, call.outcome, call.code], [500, "fault", "A1"]);
  assertEquals(at.memory.stats().contract_violations, 1);
});
