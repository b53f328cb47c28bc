// Who may call: accounts, the login call of dialect `national` with its tokens, and HTTP Basic of dialect `gateway`.
import { type Answer, json, refusal } from "./answers.ts";
import { breachMessage, breachOfFields, isObject } from "./contract.ts";
import type { Fields } from "./contract_fields.ts";
import { remembered } from "./remembered.ts";
import type { Outcome } from "./memory.ts";

/** An account: its password, and the facilities it may send for (all, when not given). */
export interface Account {
  readonly password: string;
  readonly facilities?: readonly string[] | undefined;
}

/** Accounts by name; a bare string is a password. */
export type Accounts = Readonly<Record<string, string | Account>>;

export interface LoginOptions {
  /** JWT with `exp`, or a token that says nothing. */
  readonly tokenShape: "jwt" | "opaque";
  /** How long a token is valid, in seconds. */
  readonly tokenSeconds: number;
  /** After so many calls a token is no longer valid. */
  readonly tokenCalls: number;
  /** `plain`: {token, token_type}; `data`: {code, data: {…}}; `cycle`: both in turn. */
  readonly loginForm: "plain" | "data" | "cycle";
  /** What wrong credentials are answered with. */
  readonly wrongLoginStatus: 400 | 401;
}

/** Who makes a call, and why it may not, if it may not. */
export interface Caller {
  readonly account: string | null;
  readonly refused?: string;
}

interface Token {
  readonly account: string;
  readonly expiresMs: number;
  callsLeft: number;
}

const loginFields: Fields = {
  usr: { kind: "text", max: 50, required: true },
  pwd: { kind: "text", max: 30, required: true },
};

const TOKENS_MAX = 10_000;

/** The accounts and tokens of one partner. */
export class Gatekeeper {
  readonly #options: LoginOptions;
  #accounts = new Map<string, Account>();
  #tokens = new Map<string, Token>();
  #logins = 0;

  constructor(accounts: Accounts, options: LoginOptions) {
    this.#options = options;
    this.setAccounts(accounts);
  }

  /** Replaces the accounts. Tokens given out before stay valid, as they do in the field. */
  setAccounts(accounts: Accounts): void {
    const entries = Object.entries(accounts);
    this.#accounts = new Map(
      entries.map(([name, account]) => [name, typeof account === "string" ? { password: account } : account]),
    );
  }

  /** Every token given out so far is invalid from now on. */
  revokeTokens(): void {
    this.#tokens.clear();
  }

  /** May this account send for this facility? */
  maySend(account: string, facility: string | null): boolean {
    const facilities = this.#accounts.get(account)?.facilities;
    return facilities === undefined || facility === null || facilities.includes(facility);
  }

  /** Answers a login call whose body has been parsed. */
  login(
    body: unknown,
    nowMs: number,
  ): { answer: Answer; account: string | null; outcome: Outcome; violation: string | null } {
    const breach = isObject(body)
      ? breachOfFields(loginFields, body, "")
      : { field: "body", rule: "phải là một đối tượng JSON" };
    const account = isObject(body) && typeof body.usr === "string" ? body.usr : null;
    if (breach !== undefined || account === null || !isObject(body)) {
      // The rule names no value here: it could be the password.
      const violation = breach === undefined ? null : `${breach.field} ${breach.rule.replace(/ \(.*$/s, "")}`;
      const said = breach === undefined ? "" : breachMessage({ ...breach, rule: "không hợp lệ" });
      return { answer: refusal(said), account, outcome: "contract_violation", violation };
    }
    if (this.#accounts.get(account)?.password !== body.pwd) {
      const answer = refusal("Tài khoản hoặc mật khẩu không đúng", {
        status: this.#options.wrongLoginStatus,
      });
      return { answer, account, outcome: "login_refused", violation: null };
    }
    return {
      answer: this.#loginAnswer(this.#issue(account, nowMs)),
      account,
      outcome: "login",
      violation: null,
    };
  }

  /** Reads `bearer TOKEN`, and uses up one call of the token. */
  bearer(authorization: string, nowMs: number): Caller {
    const text = bearerToken(authorization);
    if (text === "") return { account: null, refused: "Thiếu token đăng nhập" };
    const token = this.#tokens.get(text);
    if (token === undefined) return { account: null, refused: "Token không hợp lệ" };
    if (token.expiresMs <= nowMs || token.callsLeft <= 0) {
      return { account: token.account, refused: "Token đã hết hạn" };
    }
    token.callsLeft--;
    return { account: token.account };
  }

  /** Reads `Basic …`. */
  basic(authorization: string): Caller {
    const [account, password] = basicCredentials(authorization);
    if (account === undefined) return { account: null, refused: "Thiếu thông tin đăng nhập" };
    if (this.#accounts.get(account)?.password === password) return { account };
    return { account, refused: "Tài khoản hoặc mật khẩu không đúng" };
  }

  #issue(account: string, nowMs: number): string {
    const { tokenShape, tokenSeconds, tokenCalls } = this.#options;
    const expiresMs = nowMs + tokenSeconds * 1000;
    const text = tokenShape === "jwt" ? jwt(account, nowMs, expiresMs) : crypto.randomUUID();
    this.#tokens.set(text, { account, expiresMs, callsLeft: tokenCalls });
    if (this.#tokens.size > TOKENS_MAX) this.#tokens.delete(this.#tokens.keys().next().value ?? "");
    return text;
  }

  #loginAnswer(token: string): Answer {
    const { loginForm } = this.#options;
    const inData = loginForm === "data" || (loginForm === "cycle" && this.#logins++ % 2 === 1);
    const value = { token, token_type: "bearer" };
    return json(200, inData ? { code: "200", data: value } : value);
  }
}

/** The token of a header field, empty when there is none. */
const bearerToken = remembered(
  TOKENS_MAX,
  (authorization) => /^bearer +(\S+)$/i.exec(authorization)?.[1] ?? "",
);

/** A token of the shape of a JWT. Its signature is random: the partner knows its tokens by heart. */
function jwt(account: string, nowMs: number, expiresMs: number): string {
  const header = { alg: "HS256", typ: "JWT" };
  const claims = {
    sub: account,
    iat: Math.floor(nowMs / 1000),
    exp: Math.floor(expiresMs / 1000),
    jti: crypto.randomUUID(),
  };
  const signature = crypto.getRandomValues(new Uint8Array(32)).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
  return `${base64Url(JSON.stringify(header))}.${base64Url(JSON.stringify(claims))}.${signature}`;
}

function base64Url(text: string): string {
  return new TextEncoder().encode(text).toBase64({ alphabet: "base64url", omitPadding: true });
}

function basicCredentials(authorization: string): [string?, string?] {
  const encoded = /^basic +(\S+)$/i.exec(authorization)?.[1];
  if (encoded === undefined) return [];
  try {
    const text = new TextDecoder().decode(Uint8Array.fromBase64(encoded));
    const colon = text.indexOf(":");
    return colon < 0 ? [] : [text.slice(0, colon), text.slice(colon + 1)];
  } catch {
    return [];
  }
}
