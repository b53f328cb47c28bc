// Step "call": one delivery of one document, with login, one more login after a 401, and PUT where the partner has the code.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Outcome } from "../../shared/answers.ts";
import { SourceError } from "../../shared/errors.ts";
import type { DocumentCall } from "../../shared/partner.ts";
import type { Authorization } from "../../shared/sessions.ts";
import { call, type CallParts } from "../../workers/call.ts";
import type { Attempt } from "../../workers/decide.ts";
import { claimOf } from "../support/documents.ts";

const accepted: Outcome = { kind: "accepted", nationalCode: "PN_QG_1", message: "Thành công" };
const exists: Outcome = { kind: "exists", status: 400, message: "đã tồn tại" };
const refused: Outcome = { kind: "refused", status: 400, message: "Sai mã cơ sở" };
const trouble: Outcome = { kind: "trouble", status: 502, message: "Bad Gateway" };
const unauthorized: Outcome = { kind: "unauthorized", message: "Token đã hết hạn" };
const loginRefused: Authorization = {
  kind: "login_refused",
  account: "hermes",
  message: "sai mật khẩu",
  untilMs: 9,
};
const lost = new SourceError("SQL Server, reading the account of a shop", { cause: new Error("ECONNRESET") });

interface Options {
  /** What the partner answers, in turn. */
  answers?: Outcome[];
  /** What authorize() comes to, in turn; a token of its own each time when left out. */
  logins?: (Authorization | Error)[];
  expire?: Error;
  refuse?: Error;
  parts?: Partial<CallParts>;
}

/** Makes one call, and says what it came to and what was done for it, in order. */
async function deliver(
  options: Options = {},
): Promise<{ attempt: Attempt | null; steps: string[]; sent: DocumentCall[] }> {
  const { answers = [accepted], logins = [], parts = {} } = options;
  const steps: string[] = [];
  const sent: DocumentCall[] = [];
  let tokens = 0;
  const authorize = (shop: string): Promise<Authorization> => {
    const token = `t${++tokens}`;
    steps.push(`authorize ${shop}`);
    const login = logins[tokens - 1] ??
      { kind: "authorized", header: `bearer ${token}`, account: "hermes", token };
    return login instanceof Error ? Promise.reject(login) : Promise.resolve(login);
  };
  const sessions = {
    authorize,
    expire(account: string, token: string): Promise<void> {
      steps.push(`expire ${account} ${token}`);
      return options.expire ? Promise.reject(options.expire) : Promise.resolve();
    },
    refuse(shop: string, account: string, why: string): Promise<Authorization> {
      steps.push(`refuse ${shop} ${account} ${why}`);
      return options.refuse ? Promise.reject(options.refuse) : Promise.resolve(loginRefused);
    },
  };
  const partner = {
    send(request: DocumentCall): Promise<Outcome> {
      steps.push(`${request.method} ${request.authorization}`);
      sent.push(request);
      return Promise.resolve(answers[sent.length - 1]!);
    },
  };
  const attempt = await call(claimOf("1").entry, {
    type: "phieu_nhap",
    partner,
    sessions,
    replaces: true,
    pausedMs: () => 0,
    mayStart: () => Promise.resolve(true),
    onReplace: () => steps.push("replace"),
    ...parts,
  });
  return { attempt, steps, sent };
}

Deno.test("a document is posted once with the shop's token, byte for byte", async () => {
  const { attempt, steps, sent } = await deliver();
  assertEquals(attempt, { ...accepted, sentFor: "hermes" });
  assertEquals(steps, ["authorize S1", "POST bearer t1"]);
  assertEquals(sent[0]?.body, claimOf("1").entry.body);
  assertEquals(sent[0]?.type, "phieu_nhap");
});

Deno.test("a refusal and trouble end the delivery as they are", async () => {
  for (const outcome of [refused, trouble]) {
    const { attempt, steps } = await deliver({ answers: [outcome] });
    assertEquals(attempt, { ...outcome, sentFor: "hermes" });
    assertEquals(steps.length, 2);
  }
});

Deno.test("a 401 leads to one new login and one more try", async () => {
  const { attempt, steps } = await deliver({ answers: [unauthorized, accepted] });
  assertEquals(attempt?.kind, "accepted");
  assertEquals(steps, [
    "authorize S1",
    "POST bearer t1",
    "expire hermes t1",
    "authorize S1",
    "POST bearer t2",
  ]);
});

Deno.test("a second 401 is a refused login, and the new token is not used again", async () => {
  const { attempt, steps } = await deliver({ answers: [unauthorized, unauthorized] });
  assertEquals(attempt?.kind, "login_refused");
  assertEquals(steps.slice(4, 6), ["POST bearer t2", "expire hermes t2"]);
  assertStringIncludes(steps[6]!, "refuse S1 hermes 401 with a token fetched just now: Token đã hết hạn");
  assertEquals(steps.length, 7);
});

Deno.test("a code that exists is replaced by PUT with the same body, and its answer decides", async () => {
  for (const outcome of [accepted, refused, trouble]) {
    const { attempt, steps, sent } = await deliver({ answers: [exists, outcome] });
    assertEquals(attempt, { ...outcome, sentFor: "hermes" });
    assertEquals(steps, ["authorize S1", "POST bearer t1", "replace", "PUT bearer t1"]);
    assertEquals(sent[1]?.body, sent[0]?.body);
  }
});

Deno.test("a PUT that is told that the code exists is refused: there is nothing more to try", async () => {
  const { attempt } = await deliver({ answers: [exists, exists] });
  assertEquals(attempt, { ...exists, kind: "refused", sentFor: "hermes" });
});

Deno.test("where the partner has no PUT, a code that exists is left to the decision", async () => {
  const { attempt, steps } = await deliver({ answers: [exists], parts: { replaces: false } });
  assertEquals(attempt?.kind, "exists");
  assertEquals(steps.length, 2);
});

Deno.test("PUT uses the token that the POST got in with, and may log in anew itself", async () => {
  const afterLogin = await deliver({ answers: [unauthorized, exists, accepted] });
  assertEquals(afterLogin.steps.slice(-2), ["replace", "PUT bearer t2"]);
  const onPut = await deliver({ answers: [exists, unauthorized, accepted] });
  assertEquals(onPut.attempt?.kind, "accepted");
  assertEquals(onPut.steps.slice(-3), ["expire hermes t1", "authorize S1", "PUT bearer t2"]);
});

Deno.test("what authorize() says instead of a token is the outcome, and nothing is sent", async () => {
  const logins: Authorization[] = [
    loginRefused,
    { kind: "trouble", status: null, message: "the login was answered 500" },
    { kind: "busy", status: 429, retryAfterMs: 7_000, message: "m" },
  ];
  for (const login of logins) {
    const { attempt, sent } = await deliver({ logins: [login] });
    assertEquals([attempt?.kind, sent.length], [login.kind, 0]);
    const second = await deliver({ answers: [unauthorized], logins: [authorized("t1"), login] });
    assertEquals([second.attempt?.kind, second.sent.length], [login.kind, 1]);
  }
});

function authorized(token: string): Authorization {
  return { kind: "authorized", header: `bearer ${token}`, account: "hermes", token };
}

Deno.test("an account that was asked to pause sends nothing until its time", async () => {
  const asked: string[] = [];
  const pausedMs = (account: string) => asked.push(account) && 4_000;
  const { attempt, sent } = await deliver({ parts: { pausedMs } });
  assert(attempt?.kind === "unsent");
  assertEquals([attempt.delayMs, sent, asked], [4_000, [], ["hermes"]]);
  assertStringIncludes(attempt.message, "hermes");
});

Deno.test("an entry that was lost while it waited for its turn is not sent", async () => {
  const { attempt, sent } = await deliver({ parts: { mayStart: () => Promise.resolve(false) } });
  assertEquals([attempt, sent], [null, []]);
});

Deno.test("trouble on our own side means unsent: it is not the document's, nor the partner's", async () => {
  const failures: Options[] = [
    { logins: [lost] },
    { answers: [unauthorized], expire: new Error("Redis is away") },
    { answers: [unauthorized], logins: [authorized("t1"), lost] },
    { answers: [unauthorized, unauthorized], refuse: new Error("Redis is away") },
  ];
  for (const failure of failures) {
    const { attempt } = await deliver(failure);
    assert(attempt?.kind === "unsent", attempt?.kind);
    assertEquals(attempt.delayMs, 5_000);
    assert(attempt.message.length > 0);
  }
});
