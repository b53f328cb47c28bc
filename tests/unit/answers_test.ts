// The partner's answers, row by row of partner-api's table "Answers seen for a document call".
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Answer, classify, type Outcome, retryAfterMs, saysExists } from "../../shared/answers.ts";

const nowMs = Date.UTC(2026, 10, 22, 3);

function answer(status: number, body: unknown, retryAfter: string | null = null): Outcome {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return classify({ status, text, retryAfter }, nowMs);
}

function kinds(answers: [number, unknown][]): string[] {
  return [...new Set(answers.map(([status, body]) => answer(status, body).kind))];
}

const html = "<!DOCTYPE html>\n<html><body><h1>502 Bad Gateway</h1>nginx/1.18.0</body></html>";

Deno.test("an acceptance gives its national code, in every shape that was seen, with 200 and with 201", () => {
  const shapes: [unknown, string][] = [
    [{ code: 200, mess: "Thành công", ma_hoa_don: "HD_QG_1" }, "HD_QG_1"],
    [{ code: "200", mess: "Thành công", ma_hoa_don_quoc_gia: "HD_QG_2" }, "HD_QG_2"],
    [{ code: "200", mess: "Thành công", ma_phieu_nhap_quoc_gia: "PN_QG_3" }, "PN_QG_3"],
    [{ code: 201, mess: "Thành công", ma_phieu_xuat_quoc_gia: "PX_QG_4" }, "PX_QG_4"],
    [{ status: "success", message: "OK", ma_phieu_nhap: "PN_QG_5" }, "PN_QG_5"],
    [{ status: "SUCCESS", message: "OK", ma_phieu_xuat: "PX_QG_6" }, "PX_QG_6"],
    ["PN_QG_12345678", "PN_QG_12345678"],
    ['"PN_QG_12345678"', "PN_QG_12345678"],
    ['  "PN_QG_12345678"\r\n', "PN_QG_12345678"],
    ["PN_QG_12345678\n", "PN_QG_12345678"],
    [{ code: 200, ma_phieu_nhap: " PN_QG_7 " }, "PN_QG_7"],
    [{ code: 200, ma_hoa_don: 12345678 }, "12345678"],
    [{ ma_phieu_xuat_quoc_gia: "PX_QG_8" }, "PX_QG_8"],
  ];
  for (const status of [200, 201]) {
    for (const [body, code] of shapes) {
      const outcome = answer(status, body);
      assert(outcome.kind === "accepted", `${status} ${JSON.stringify(body)}: ${outcome.kind}`);
      assertEquals(outcome.nationalCode, code);
    }
  }
});

Deno.test("the national field wins over the pharmacy's own code of the same answer", () => {
  const outcome = answer(200, { code: 200, ma_hoa_don: "HD1", ma_hoa_don_quoc_gia: "HD_QG_1" });
  assert(outcome.kind === "accepted");
  assertEquals(outcome.nationalCode, "HD_QG_1");
});

Deno.test("an acceptance without a national code is an acceptance all the same", () => {
  assertEquals(answer(200, { code: 200, mess: "Thành công" }), {
    kind: "accepted",
    nationalCode: null,
    message: "Thành công",
  });
});

Deno.test("HTTP says yes and the body says no: refused, with the partner's words", () => {
  for (const code of [400, "400", 422, "403"]) {
    const outcome = answer(200, { code, mess: "Sai mã cơ sở", ma_hoa_don: "HD_QG_1" });
    assertEquals(outcome, { kind: "refused", status: Number(code), message: "Sai mã cơ sở" });
  }
  assertEquals(answer(200, { status: "error", message: "Sai định dạng ngày" }), {
    kind: "refused",
    status: 400,
    message: "Sai định dạng ngày",
  });
});

Deno.test("a code in the body that is no HTTP status is a refusal", () => {
  assertEquals(
    kinds([[200, { code: 1, mess: "x" }], [200, { code: "E01", mess: "x" }], [200, { code: -1 }]]),
    [
      "refused",
    ],
  );
});

Deno.test("a status in the body counts like a code, as number too", () => {
  const code = "PN_QG_1";
  assertEquals(answer(200, { status: 500, message: "Lỗi hệ thống" }).kind, "trouble");
  assertEquals(answer(200, { status: 400, title: "Bad Request" }).kind, "refused");
  assertEquals(answer(200, { status: false, message: "Sai mã cơ sở" }).kind, "refused");
  assertEquals(answer(200, { status: 200, ma_phieu_nhap: code }).kind, "accepted");
});

Deno.test("400 and 422 are refusals, with mess, message, detail or text", () => {
  const said = "Sai mã cơ sở";
  for (const status of [400, 403, 404, 405, 409, 413, 422]) {
    for (const body of [{ mess: said }, { message: said }, { detail: said }, said]) {
      assertEquals(answer(status, body), { kind: "refused", status, message: said });
    }
  }
});

Deno.test("words that are no text are kept as they came", () => {
  const outcome = answer(422, { detail: [{ loc: ["body", "ma_phieu"], msg: "field required" }] });
  assert(outcome.kind === "refused");
  assertEquals(outcome.message, '{"detail":[{"loc":["body","ma_phieu"],"msg":"field required"}]}');
});

Deno.test("a refusal that says the code exists already is told apart, however it is spelt", () => {
  const said = "Mã phiếu PN0001 đã tồn tại trên hệ thống";
  const spellings = [said, said.normalize("NFD"), said.toUpperCase(), "Mã phiếu  ĐÃ\n TỒN  TẠI"];
  for (const message of spellings) {
    assert(saysExists(message), message);
    for (const status of [400, 409, 422]) assertEquals(answer(status, { mess: message }).kind, "exists");
    assertEquals(answer(200, { code: 400, mess: message }).kind, "exists");
    assertEquals(answer(200, { status: "error", message }).kind, "exists");
  }
});

Deno.test("what does not exist is not what exists already", () => {
  for (const said of ["Mã thuốc không tồn tại", "Mã cơ sở chưa tồn tại", "đã được tồn kho", "tồn tại"]) {
    assert(!saysExists(said), said);
    assertEquals(answer(400, { mess: said }).kind, "refused");
  }
});

Deno.test("an acceptance that says the words is an acceptance", () => {
  assertEquals(
    answer(200, { code: 200, mess: "Đã tồn tại, đã cập nhật", ma_hoa_don: "HD_QG_1" }).kind,
    "accepted",
  );
});

Deno.test("401 is unauthorized, as status and as code in the body", () => {
  assertEquals(
    kinds([
      [401, { mess: "Token đã hết hạn" }],
      [401, ""],
      [401, html],
      [200, { code: 401, mess: "hết hạn" }],
      [
        200,
        { code: "401" },
      ],
    ]),
    ["unauthorized"],
  );
});

Deno.test("408, 425 and every 5xx are the partner's trouble, as status and as code in the body", () => {
  for (const status of [408, 425, 500, 502, 503, 504, 520, 599]) {
    assertEquals(answer(status, html).kind, "trouble");
    assertEquals(answer(status, { mess: "x đã tồn tại" }).kind, "trouble", `${status}`);
    const inner = answer(200, { code: status, mess: "Lỗi hệ thống" });
    assert(inner.kind === "trouble");
    assertEquals([inner.status, inner.message], [status, "Lỗi hệ thống"]);
  }
});

Deno.test("429 is busy for as long as it says, and 503 only when it says how long", () => {
  const busy = (status: number, header: string | null) => {
    const outcome = answer(status, { mess: "Quá nhiều yêu cầu" }, header);
    return outcome.kind === "busy" ? outcome.retryAfterMs : outcome.kind;
  };
  assertEquals(busy(429, "7"), 7_000);
  assertEquals(busy(429, " 120 "), 120_000);
  assertEquals(busy(429, new Date(nowMs + 30_000).toUTCString()), 30_000);
  assertEquals(busy(429, null), null);
  assertEquals(busy(429, "soon"), null);
  assertEquals(busy(503, "7"), 7_000);
  assertEquals(busy(503, new Date(nowMs + 3_600_000).toUTCString()), 3_600_000);
  assertEquals(busy(503, null), "trouble");
  assertEquals(busy(500, "7"), "trouble");
  assertEquals(answer(200, { code: 429, mess: "x" }).kind, "busy");
});

Deno.test("Retry-After is read as seconds or as a date, and a date that is past means now", () => {
  assertEquals(retryAfterMs("0", nowMs), 0);
  assertEquals(retryAfterMs(new Date(nowMs - 60_000).toUTCString(), nowMs), 0);
  assertEquals(retryAfterMs("", nowMs), null);
  assertEquals(retryAfterMs("-5x", nowMs), null);
});

Deno.test("a yes that is no answer is trouble: HTML, nothing, cut JSON, a list, a number, a sentence", () => {
  const bodies = [html, "", "   ", '{"code": 200, "mess": "Thành c', "[]", "null", "true", "[1]", "{}", '""'];
  const sentences = [
    "OK",
    "Thành công",
    '"Thành công rồi 1"',
    "Service Unavailable 503",
    "login.aspx?a=1&b=2",
  ];
  const more: unknown[] = [{ mess: "Thành công" }, { data: { ma_hoa_don: "HD_QG_1" } }];
  assertEquals(kinds([...bodies, ...sentences, ...more].map((body) => [200, body])), ["trouble"]);
});

Deno.test("redirects and other odd statuses are trouble", () => {
  const code = { code: 200, ma_hoa_don: "HD_QG_1" };
  assertEquals(kinds([[204, ""], [202, code], [301, code], [302, html], [304, ""], [100, ""], [418, "x"]]), [
    "trouble",
  ]);
});

Deno.test("the partner's words are kept on one line and cut to a length that a row can hold", () => {
  const outcome = answer(400, { mess: `a\n\n\tb ${"x".repeat(5_000)}` });
  assert(outcome.kind === "refused");
  assert(outcome.message.startsWith("a b x") && outcome.message.length <= 501, outcome.message);
});

const anyText = fc.oneof(
  fc.string(),
  fc.json(),
  fc.constantFrom(html, "PN_QG_12345678", '"PN_QG_12345678"', '{"code":200,"ma_hoa_don":"HD_QG_1"}'),
);
const anyRetryAfter = fc.option(fc.oneof(fc.nat().map(String), fc.string()));

function assertWellFormed({ status, text, retryAfter }: Answer): Outcome {
  const outcome = classify({ status, text, retryAfter }, nowMs);
  if (outcome.kind === "busy") assert(outcome.retryAfterMs === null || outcome.retryAfterMs >= 0);
  if ("message" in outcome) assert(outcome.message.length <= 501 && !outcome.message.includes("\n"));
  return outcome;
}

Deno.test("property: any answer is classified, and only 200 and 201 can be an acceptance", () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 999 }), anyText, anyRetryAfter, (status, text, retryAfter) => {
      const outcome = assertWellFormed({ status, text, retryAfter });
      if (status !== 200 && status !== 201) assert(outcome.kind !== "accepted");
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("property: an HTML page is never an acceptance", () => {
  const page = fc.string().map((words) => `<html><body>${words}</body></html>`);
  fc.assert(fc.property(fc.constantFrom(200, 201), page, (status, text) => {
    assert(assertWellFormed({ status, text, retryAfter: null }).kind !== "accepted");
  }));
});

Deno.test("property: a body whose code is not 200 or 201 is never an acceptance, whatever else it has", () => {
  const code = fc.oneof(fc.integer(), fc.string(), fc.integer().map(String), fc.boolean())
    .filter((value) => ![200, 201].includes(Number(value)));
  fc.assert(fc.property(code, fc.dictionary(fc.string(), fc.jsonValue()), (code, more) => {
    const text = JSON.stringify({ ...more, status: "success", ma_hoa_don: "HD_QG_1", code });
    assert(assertWellFormed({ status: 200, text, retryAfter: null }).kind !== "accepted", text);
  }));
});
