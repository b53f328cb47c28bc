// T-SQL text → tokens. First step of a batch; sql/parser follows.
import { SqlError, syntaxNear } from "../errors.ts";

export type TokenKind =
  | "word" // an identifier or keyword without quotes
  | "quoted" // [name] or "name"
  | "string"
  | "nstring"
  | "number"
  | "hex"
  | "variable" // @name or @@name
  | "op"
  | "end";

export interface Token {
  readonly kind: TokenKind;
  /** Text without quotes and with doubled quotes undone; words keep their case. */
  readonly text: string;
  readonly line: number;
  /** Where the token begins and ends in the text. */
  readonly start: number;
  readonly end: number;
}

const operators = ["<=", ">=", "<>", "!=", "!<", "!>", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "::"];
const singles = "+-*/%&|^~=<>(),.;:";

/** Splits a batch into tokens; the last one is of kind "end". Throws 102, 105 or 113 for text that is no T-SQL. */
export function tokenize(text: string): Token[] {
  const lexer = new Lexer(text);
  const tokens: Token[] = [];
  for (;;) {
    const token = lexer.next();
    tokens.push(token);
    if (token.kind === "end") return tokens;
  }
}

class Lexer {
  readonly #text: string;
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  next(): Token {
    this.#skipBlanks();
    const c = this.#text[this.#at];
    if (c === undefined) return this.#token("end", "", this.#at);
    if (c === "'") return this.#string("string", this.#at);
    if ((c === "N" || c === "n") && this.#text[this.#at + 1] === "'") {
      return this.#string("nstring", this.#at + 1);
    }
    if (c === "[") return this.#quoted("]");
    if (c === '"') return this.#quoted('"');
    return this.#pattern("hex", /0x[0-9a-f]*/iy) ??
      this.#pattern("number", /(\d+\.?\d*|\.\d+)(e[+-]?\d+)?/iy) ??
      this.#pattern("variable", /@[\p{L}\p{N}_@#$]+/uy) ??
      this.#pattern("word", /[\p{L}_#][\p{L}\p{N}_@#$]*/uy) ??
      this.#operator();
  }

  #skipBlanks(): void {
    for (;;) {
      const match = this.#match(/\s+|--[^\n]*/y);
      if (match !== null) this.#advance(match);
      else if (this.#text.startsWith("/*", this.#at)) this.#skipComment();
      else return;
    }
  }

  /** Block comments nest in T-SQL. */
  #skipComment(): void {
    let depth = 0;
    do {
      const match = this.#match(/\/\*|\*\/|[\s\S]/y);
      if (match === null) {
        throw new SqlError(113, "Missing end comment mark '*/'.", { severity: 15, line: this.#line });
      }
      if (match === "/*") depth++;
      if (match === "*/") depth--;
      this.#advance(match);
    } while (depth > 0);
  }

  #string(kind: "string" | "nstring", open: number): Token {
    const body = this.#match(/'((?:[^']|'')*)'/y, open);
    if (body === null) throw this.#unclosed(open);
    return this.#token(kind, body.slice(1, -1).replaceAll("''", "'"), open + body.length);
  }

  #quoted(close: "]" | '"'): Token {
    const body = this.#match(close === "]" ? /\[((?:[^\]]|\]\])*)\]/y : /"((?:[^"]|"")*)"/y);
    if (body === null) throw this.#unclosed(this.#at);
    return this.#token("quoted", body.slice(1, -1).replaceAll(close + close, close), this.#at + body.length);
  }

  #unclosed(open: number): SqlError {
    const rest = this.#text.slice(open + 1, open + 129);
    return new SqlError(105, `Unclosed quotation mark after the character string '${rest}'.`, {
      severity: 15,
      line: this.#line,
    });
  }

  #pattern(kind: TokenKind, pattern: RegExp): Token | undefined {
    const match = this.#match(pattern);
    return match === null ? undefined : this.#token(kind, match, this.#at + match.length);
  }

  #operator(): Token {
    const two = this.#text.slice(this.#at, this.#at + 2);
    const op = operators.includes(two) ? two : two.slice(0, 1);
    if (op.length === 1 && !singles.includes(op)) throw syntaxNear(op, { line: this.#line });
    return this.#token("op", op, this.#at + op.length);
  }

  #match(pattern: RegExp, at = this.#at): string | null {
    pattern.lastIndex = at;
    return pattern.exec(this.#text)?.[0] ?? null;
  }

  #token(kind: TokenKind, text: string, end: number): Token {
    const token = { kind, text, line: this.#line, start: this.#at, end };
    this.#advance(this.#text.slice(this.#at, end));
    return token;
  }

  #advance(text: string): void {
    this.#at += text.length;
    for (const c of text) if (c === "\n") this.#line++;
  }
}
