// The partner's answers to a login (partner-api, "Login answers"), and how long a token is kept.
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type LoginOutcome, readLogin } from "../../shared/login_answers.ts";
import { keepFor } from "../../shared/sessions.ts";

function login(status: number, body: unknown, retryAfterMs: number | null = null): LoginOutcome {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return readLogin({ status, text, retryAfter: null }, retryAfterMs);
}

function jwt(claims: unknown): string {
  const part = (value: unknown) =>
    new TextEncoder().encode(JSON.stringify(value)).toBase64({ alphabet: "base64url", omitPadding: true });
  return `${part({ alg: "HS256" })}.${part(claims)}.c2lnbmF0dXJl`;
}

Deno.test("a token is read from both shapes of the answer", () => {
  const token: LoginOutcome = { kind: "token", token: "abc", expiresAtMs: null };
  assertEquals(login(200, { token: "abc", token_type: "bearer" }), token);
  assertEquals(login(200, { code: "200", data: { token: "abc", token_type: "bearer" } }), token);
  assertEquals(login(201, { code: 200, data: { token: "abc" } }), token);
});

Deno.test("a JWT says when it expires, whatever letters are in it", () => {
  const exp = 1_795_320_000;
  for (const name of ["hermes", "Nhà thuốc Ánh Dương", "???>>>~~~"]) {
    const outcome = login(200, { token: jwt({ sub: name, exp }) });
    assert(outcome.kind === "token");
    assertEquals(outcome.expiresAtMs, exp * 1000, name);
  }
});

Deno.test("a token that is no JWT, or has no exp, does not say when it expires", () => {
  for (
    const token of [
      "opaque",
      "a.b.c",
      "a.!!!.c",
      ".",
      "..",
      jwt({ sub: "x" }),
      jwt({ exp: "soon" }),
      jwt(null),
    ]
  ) {
    assertEquals(login(200, { token }), { kind: "token", token, expiresAtMs: null });
  }
});

Deno.test("400 and 401 are wrong credentials, with the partner's words; so are 403, 422 and a body that says no", () => {
  const mess = "Tài khoản hoặc mật khẩu không đúng";
  for (const status of [400, 401, 403, 422]) {
    assertEquals(login(status, { mess }), { kind: "refused", message: mess });
    assertEquals(login(200, { code: status, mess }), { kind: "refused", message: mess });
  }
});

Deno.test("everything else is trouble: no account is blocked because the partner is down", () => {
  const answers: [number, unknown][] = [
    ...[404, 408, 429, 500, 502, 503].map((status): [number, unknown] => [status, { mess: "x" }]),
    [200, "<html>bảo trì</html>"],
    [200, ""],
    [200, { code: 200, data: {} }],
    [200, { code: 500, mess: "x" }],
    [200, { token: "" }],
    [200, { token: 5 }],
    [302, ""],
  ];
  for (const [status, body] of answers) {
    assertEquals(login(status, body).kind, "trouble", `${status} ${JSON.stringify(body)}`);
  }
});

Deno.test("trouble says how long to wait, where the partner did", () => {
  const outcome = login(429, { mess: "x" }, 7_000);
  assert(outcome.kind === "trouble");
  assertEquals(outcome.retryAfterMs, 7_000);
  assert(!("retryAfterMs" in login(500, { mess: "x" })));
});

Deno.test("an error status never gives a token, even when there is one in the body", () => {
  fc.assert(fc.property(fc.integer({ min: 202, max: 599 }), (status) => {
    assert(login(status, { token: "abc", data: { token: "abc" } }).kind !== "token");
  }));
});

Deno.test("property: any answer to a login is read", () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, text) => {
      assert(["token", "refused", "trouble"].includes(login(status, text).kind));
    }),
  );
});

Deno.test("property: any token is read, and its expiry is a number or not known", () => {
  fc.assert(fc.property(fc.string({ minLength: 1 }), fc.jsonValue(), (token, claims) => {
    for (const each of [token, jwt(claims), `${token}.${token}.${token}`]) {
      const outcome = login(200, { token: each });
      assert(outcome.kind === "token" && outcome.token === each);
      assert(outcome.expiresAtMs === null || Number.isFinite(outcome.expiresAtMs));
    }
  }));
});

Deno.test("a token is kept until a minute before it expires, half an hour when it does not say, 30 s at least", () => {
  const nowMs = Date.UTC(2026, 10, 22, 3);
  assertEquals(keepFor(nowMs + 3_600_000, nowMs), 3_540_000);
  assertEquals(keepFor(null, nowMs), 1_800_000);
  assertEquals(keepFor(nowMs + 61_000, nowMs), 30_000);
  assertEquals(keepFor(nowMs - 3_600_000, nowMs), 30_000);
});
