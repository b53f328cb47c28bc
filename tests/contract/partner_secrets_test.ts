// The partner's words without the secrets that it was sent, should it repeat them.
import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { startPartner } from "../../dev/partner/partner.ts";
import { dialects } from "../../shared/dialects.ts";
import { HttpPartner } from "../../shared/partner.ts";

Deno.test("a token, a password and Basic credentials that the partner repeats are hidden in its words", async () => {
  await using simulated = await startPartner();
  const basic = Buffer.from("nhathuoc:mật-khẩu-2026").toString("base64");
  for (
    const { authorization, repeats } of [
      { authorization: "bearer abc.def.ghi", repeats: "abc.def.ghi" },
      { authorization: `Basic ${basic}`, repeats: basic },
      { authorization: `Basic ${basic}`, repeats: "mật-khẩu-2026" },
    ]
  ) {
    simulated.clearFaults();
    simulated.addFaults({ kind: "refuse", message: `sai: ${repeats}!` });
    const partner = partnerAt(simulated.url);
    const sent = await partner.send({ method: "POST", type: "hoa_don", body: "{}", authorization });
    assertEquals(sent, { kind: "refused", status: 400, message: "sai: ***!" });
  }
});

Deno.test("a password that the partner repeats when it refuses a login is hidden", async () => {
  await using simulated = await startPartner();
  simulated.addFaults({ kind: "refuse", match: { login: true }, message: "sai mật khẩu kimma-2026" });
  const answer = await partnerAt(simulated.url).login("nhathuoc_kimma", "kimma-2026");
  assertEquals(answer, { kind: "refused", message: "sai mật khẩu ***" });
});

function partnerAt(baseUrl: string): HttpPartner {
  const settings = {
    dialect: "national",
    baseUrl,
    timeoutMs: 5_000,
    connections: 4,
    maxBodyBytes: 1_000_000,
  } as const;
  return new HttpPartner(settings, dialects.national);
}
