// The simulated partner as a client sees it: answers, faults and the control API, over a real connection.
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { ACCEPTED_FORMS } from "../../dev/partner/answers.ts";
import { DOCUMENT_TYPES } from "../../dev/partner/contract_fields.ts";
import {
  assertSaysExists,
  gatewayBody,
  nationalBody,
  partnerBench,
  type Reply,
  until,
} from "../support/partner.ts";

const loginPath = "/api/tai_khoan/dang_nhap";

Deno.test("the partner accepts each type once, with a national code of its own, and says that it exists the next time", async () => {
  await using bench = await partnerBench();
  const codes = { hoa_don: "HD_QG_00000001", phieu_nhap: "PN_QG_00000001", phieu_xuat: "PX_QG_00000001" };
  for (const type of DOCUMENT_TYPES) {
    const first = await bench.send(type, nationalBody(type, "A1"));
    assertEquals(first.status, 200);
    assertStringIncludes(first.text, codes[type]);
    for (let turn = 0; turn < 7; turn++) assertSaysExists(await bench.send(type, nationalBody(type, "A1")));
  }
  const elsewhere = await bench.send("hoa_don", nationalBody("hoa_don", "A1", { ma_co_so: "01-0002" }));
  assertStringIncludes(elsewhere.text, "HD_QG_00000002");
  assertEquals(bench.partner.documents().map(({ posts, puts }) => [posts, puts]), Array(4).fill([1, 0]));
});

Deno.test("the partner replaces a document by PUT under its old national code, and answers 404 for one it does not know", async () => {
  await using bench = await partnerBench();
  await bench.send("phieu_nhap", nationalBody("phieu_nhap", "A1"));
  const again = nationalBody("phieu_nhap", "A1", { ghi_chu: "Sửa" });
  const put = await bench.send("phieu_nhap", again, { method: "PUT" });
  assertStringIncludes(put.text, "PN_QG_00000001");
  assertEquals(
    (await bench.send("phieu_nhap", nationalBody("phieu_nhap", "A2"), { method: "PUT" })).status,
    404,
  );
  const [document] = bench.partner.documents();
  assertEquals([document?.posts, document?.puts, document?.bodies[1]], [1, 1, JSON.stringify(again)]);
});

Deno.test("the partner withdraws a document by DELETE and accepts it again after that", async () => {
  await using bench = await partnerBench();
  await bench.send("hoa_don", nationalBody("hoa_don", "A/1"));
  const authorization = await bearer(bench);
  const path = "/api/lien_thong/hoa_don/01-0001/A%2F1";
  assertEquals((await bench.call("DELETE", path, { headers: { authorization } })).status, 200);
  assertEquals((await bench.call("DELETE", path, { headers: { authorization } })).status, 404);
  assertEquals((await bench.send("hoa_don", nationalBody("hoa_don", "A/1"))).status, 200);
  assertEquals(bench.partner.documents()[0]?.posts, 2);
});

async function bearer(bench: Awaited<ReturnType<typeof partnerBench>>): Promise<string> {
  const { json } = await bench.call("POST", loginPath, { body: { usr: "hermes", pwd: "hermes" } });
  const { token } = json as { token: string };
  return `Bearer ${token}`;
}

Deno.test("the partner answers acceptance in every form, in turn or by name", async () => {
  await using bench = await partnerBench({ form: "cycle" });
  const replies: Reply[] = [];
  for (const index of ACCEPTED_FORMS.keys()) {
    replies.push(await bench.send("phieu_xuat", nationalBody("phieu_xuat", `A${index}`)));
  }
  assertEquals(replies.map(({ status }) => status), [200, 201, 200, 201, 200, 201, 200, 201, 200, 201]);
  const mess = "Thành công";
  assertEquals(replies.filter((_, index) => index % 2 === 0).map(({ json, text }) => json ?? text), [
    { code: 200, mess, ma_phieu_xuat_quoc_gia: "PX_QG_00000001" },
    { code: "200", mess, ma_phieu_xuat_quoc_gia: "PX_QG_00000003" },
    { status: "success", message: mess, ma_phieu_xuat: "PX_QG_00000005" },
    "PX_QG_00000007",
    "PX_QG_00000009",
  ]);
  bench.partner.addFaults({ kind: "answer", form: "json_string", times: 1 });
  assertEquals((await bench.send("hoa_don", nationalBody("hoa_don", "B1"))).text, '"HD_QG_00000001"');
});

Deno.test("the partner answers an invoice with ma_hoa_don and a slip with its national name, unless told otherwise", async () => {
  await using bench = await partnerBench();
  const invoice = await bench.send("hoa_don", nationalBody("hoa_don", "A1"));
  assertEquals(invoice.json, { code: 200, mess: "Thành công", ma_hoa_don: "HD_QG_00000001" });
  const receipt = await bench.send("phieu_nhap", nationalBody("phieu_nhap", "A1"));
  assertEquals(receipt.json, { code: "200", mess: "Thành công", ma_phieu_nhap_quoc_gia: "PN_QG_00000001" });
});

Deno.test("the partner refuses what breaks the contract with 400, and counts it", async () => {
  await using bench = await partnerBench();
  const bodies = [
    nationalBody("hoa_don", "A1", { ngay_ban: "2026-11-22" }),
    "{",
    "[]",
    "﻿{}",
    nationalBody("hoa_don", ""),
  ];
  for (const body of bodies) {
    const { status, json } = await bench.send("hoa_don", body);
    assertEquals(status, 400);
    assertEquals(Object.keys(json as object), ["mess"]);
  }
  const asText = { headers: { "content-type": "text/plain" } };
  assertEquals((await bench.send("hoa_don", nationalBody("hoa_don", "A1"), asText)).status, 400);
  assertEquals(bench.partner.stats().contract_violations, 6);
  assertStringIncludes(bench.partner.calls({ code: "A1" })[0]?.violation ?? "", "ngay_ban");
  assertEquals(bench.partner.documents(), []);
});

Deno.test("the partner refuses an unknown drug in words that do not mean that the document exists", async () => {
  await using bench = await partnerBench();
  const [line] = nationalBody("hoa_don", "A1").hoa_don_chi_tiet as object[];
  const lines = [line, { ...line, ma_thuoc: "KHONG-CO-1" }];
  const { status, text } = await bench.send(
    "hoa_don",
    nationalBody("hoa_don", "A1", { hoa_don_chi_tiet: lines }),
  );
  assertEquals([status, text], [
    400,
    '{"mess":"Mã thuốc KHONG-CO-1 không tồn tại trong danh mục Dược Quốc gia"}',
  ]);
  assertEquals(bench.partner.stats().contract_violations, 0);
});

Deno.test("the partner answers both forms of login, and wrong credentials as it is told to", async () => {
  await using bench = await partnerBench({ loginForm: "cycle", wrongLoginStatus: 401 });
  const login = (pwd: unknown) => bench.call("POST", loginPath, { body: { usr: "hermes", pwd } });
  const inData = (await login("hermes")).json as {
    code: string;
    data: { token: string; token_type: string };
  };
  assertEquals([inData.code, inData.data.token_type], ["200", "bearer"]);
  const bare = (await login("hermes")).json as { token: string };
  const claims = new TextDecoder().decode(
    Uint8Array.fromBase64(bare.token.split(".")[1]!, { alphabet: "base64url" }),
  );
  assert(JSON.parse(claims).exp > Date.now() / 1000);
  assertEquals((await login("wrong")).status, 401);
  const broken = await login("p".repeat(31));
  assertEquals(broken.status, 400);
  assert(!JSON.stringify([broken, bench.partner.calls()]).includes("ppp"), "a password was shown");
});

Deno.test("the partner's token ends with its time, with its calls, or when it is revoked", async () => {
  let nowMs = Date.now();
  await using bench = await partnerBench({
    clock: () => nowMs,
    tokenSeconds: 60,
    tokenCalls: 2,
    tokenShape: "opaque",
  });
  const authorization = await bearer(bench);
  const status = async () => (await bench.send("hoa_don", "{", { headers: { authorization } })).status;
  assertEquals([await status(), await status(), await status()], [400, 400, 401]);
  const second = await bearer(bench);
  nowMs += 60_000;
  assertEquals((await bench.send("hoa_don", "{", { headers: { authorization: second } })).status, 401);
  const third = await bearer(bench);
  bench.partner.revokeTokens();
  assertEquals((await bench.send("hoa_don", "{", { headers: { authorization: third } })).status, 401);
  assertEquals((await bench.send("hoa_don", "{", { headers: { authorization: "" } })).status, 401);
});

Deno.test("the partner forbids an account to send for a facility that is not its own", async () => {
  await using bench = await partnerBench({
    accounts: { hermes: { password: "hermes", facilities: ["01-0001"] } },
  });
  assertEquals((await bench.send("hoa_don", nationalBody("hoa_don", "A1"))).status, 200);
  const other = nationalBody("hoa_don", "A1", { ma_co_so: "01-0002" });
  assertEquals((await bench.send("hoa_don", other)).status, 403);
});

Deno.test("the partner answers 404 for an unknown path and 405 for a wrong method", async () => {
  await using bench = await partnerBench();
  assertEquals((await bench.call("POST", "/api/lien_thong/thuoc")).status, 404);
  assertEquals((await bench.call("GET", loginPath)).status, 405);
  const { status, headers } = await bench.call("GET", "/api/lien_thong/hoa_don");
  assertEquals([status, headers.get("allow")], [405, "POST, PUT"]);
});

Deno.test("the gateway takes HTTP Basic under any base path, has no PUT, and says when a code exists", async () => {
  await using bench = await partnerBench({
    dialect: "gateway",
    accounts: { hermes: "pä:ss" },
    form: "cycle",
  });
  const encoded = new TextEncoder().encode("hermes:pä:ss").toBase64();
  const headers = { authorization: `Basic ${encoded}` };
  const paths = { hoa_don: "/gw/v1/hoadon", phieu_nhap: "/phieunhap", phieu_xuat: "/gw/phieuxuat" };
  for (const type of DOCUMENT_TYPES) {
    const body = gatewayBody(type, "A1");
    const { status, json } = await bench.call("POST", paths[type], { body, headers });
    assert(status === 200 || status === 201);
    assertMatch((json as Record<string, string>)[`ma_${type}_quoc_gia`]!, /^(HD|PN|PX)_QG_00000001$/);
    assertSaysExists(await bench.call("POST", paths[type], { body, headers }));
    assertEquals((await bench.call("PUT", paths[type], { body, headers })).status, 405);
    const wrong = { authorization: `Basic ${btoa("hermes:no")}` };
    assertEquals((await bench.call("POST", paths[type], { body, headers: wrong })).status, 401);
    assertEquals(
      (await bench.call("POST", paths[type], { body: nationalBody(type, "A2"), headers })).status,
      400,
    );
  }
});

Deno.test("a closed partner refuses connections and then comes back at the same port with its memory", async () => {
  await using bench = await partnerBench();
  await bench.send("hoa_don", nationalBody("hoa_don", "A1"));
  const back = bench.partner.closeFor(100);
  await until(async () => !await canConnect(bench.partner.port), "connections are refused");
  await assertRejects(() => bench.send("hoa_don", nationalBody("hoa_don", "A2")), TypeError);
  await back;
  assertSaysExists(await bench.send("hoa_don", nationalBody("hoa_don", "A1")));
});

async function canConnect(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ port, hostname: "127.0.0.1" })).close();
    return true;
  } catch {
    return false;
  }
}

Deno.test("the control API shows calls with their exact bytes, documents and counts, and changes faults and accounts", async () => {
  await using bench = await partnerBench();
  const exact = JSON.stringify(nationalBody("hoa_don", "A1")).replace("12.5", "12.50").replace("{", "{ ");
  await bench.send("hoa_don", exact);
  const { calls } = (await bench.call("GET", "/_control/calls?code=A1")).json as {
    calls: { body: string }[];
  };
  assertEquals(calls.map(({ body }) => body), [exact]);
  const after = (await bench.call("GET", "/_control/calls?since=2")).json;
  assertEquals(after, { calls: [] });
  const { documents } = (await bench.call("GET", "/_control/documents?bodies=false")).json as {
    documents: object[];
  };
  assertEquals(documents.map((document) => "bodies" in document), [false]);

  const faults = [{ kind: "status", status: 503, match: { type: "hoa_don" } }];
  assertEquals((await bench.call("POST", "/_control/faults", { body: faults })).status, 200);
  assertEquals((await bench.send("hoa_don", nationalBody("hoa_don", "A2"))).status, 503);
  await bench.call("DELETE", "/_control/faults");
  assertEquals((await bench.send("hoa_don", nationalBody("hoa_don", "A2"))).status, 200);
  const { by_status, accepted_once } = (await bench.call("GET", "/_control/stats")).json as {
    by_status: Record<string, number>;
    accepted_once: number;
  };
  assertEquals([by_status, accepted_once], [{ 200: 3, 503: 1 }, 2]);

  await bench.call("POST", "/_control/accounts", { body: { other: "pwd" } });
  const login = await bench.call("POST", loginPath, { body: { usr: "hermes", pwd: "hermes" } });
  assertEquals(login.status, 400);
  await bench.call("DELETE", "/_control/tokens");
  assertEquals((await bench.send("hoa_don", nationalBody("hoa_don", "A3"))).status, 401);
  await bench.call("POST", "/_control/reset");
  assertEquals(bench.partner.documents(), []);
});

Deno.test("the control API answers bad input with 400 or 404 and says what is wrong", async () => {
  await using bench = await partnerBench();
  const cases: [string, string, string | undefined, number, string][] = [
    ["POST", "faults", '{"kind":"nothing"}', 400, "kind"],
    ["POST", "faults", "{", 400, "JSON"],
    ["POST", "faults", undefined, 400, "expected object"],
    ["POST", "latency", '{"ms":-1}', 400, "ms"],
    ["POST", "accounts", "[1]", 400, "record"],
    ["GET", "calls?since=x", undefined, 400, "since"],
    ["GET", "call", undefined, 404, "GET calls"],
  ];
  for (const [method, name, body, status, said] of cases) {
    const reply = await bench.call(method, `/_control/${name}`, body === undefined ? {} : { body });
    assertEquals(reply.status, status, name);
    assertStringIncludes(reply.text, said);
  }
});

Deno.test("the partner keeps as many calls and bodies as it is told, and counts them all", async () => {
  await using bench = await partnerBench({ remember: 3 });
  for (let index = 0; index < 12; index++) {
    await bench.send("hoa_don", nationalBody("hoa_don", `A${index}`));
  }
  const { partner } = bench;
  assertEquals(partner.calls().map(({ code }) => code), ["A9", "A10", "A11"]);
  assertEquals([partner.stats().calls, partner.stats().accepted_once], [13, 12]);
  const bodies = partner.documents().flatMap((document) => document.bodies).length;
  assert(bodies >= 3 && bodies < 6, `${bodies} bodies`);
});

Deno.test("a body larger than 10 MB is answered 413", async () => {
  await using bench = await partnerBench();
  assertEquals((await bench.call("POST", "/x", { body: "x".repeat(10 * 1024 * 1024 + 1) })).status, 413);
});

Deno.test("bytes that are no HTTP, and calls cut short, end their connection only", async () => {
  await using bench = await partnerBench();
  const pieces = [
    "\0\x01\xff\r\n\r\n",
    "GET\r\n\r\n",
    "POST /api/lien_thong/hoa_don HTTP/1.1\r\nHost: x\r\nContent-Length: nine\r\n\r\n",
    "POST /api/lien_thong/hoa_don HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n{",
    "POST //%zz?%%% HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
    "DELETE /api/lien_thong/hoa_don/%zz/%zz HTTP/1.1\r\nHost: x\r\nAuthorization: bearer\r\n\r\n",
    "GET /_control/%zz?since=%zz HTTP/1.1\r\nHost: x\r\n\r\n",
  ];
  for (const piece of pieces) {
    const connection = await Deno.connect({ port: bench.partner.port, hostname: "127.0.0.1" });
    await connection.write(new TextEncoder().encode(piece));
    connection.close();
  }
  assertEquals((await bench.send("hoa_don", nationalBody("hoa_don", "A1"))).status, 200);
});

Deno.test("the partner as a process says when it is ready, serves, and ends on SIGTERM", async () => {
  const main = new URL("../../dev/partner/main.ts", import.meta.url).pathname;
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", main, "--port=0", "--accounts=hermes:hermes"],
    stdout: "piped",
  });
  await using process = command.spawn();
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "" } = await reader.read();
  const { ready, url } = JSON.parse(value) as { ready: boolean; url: string };
  assertEquals(ready, true);
  const response = await fetch(`${url}/_control/stats`);
  assertEquals((await response.json() as { calls: number }).calls, 0);
  process.kill("SIGTERM");
  assertEquals((await process.status).code, 0);
  await reader.cancel();
});
