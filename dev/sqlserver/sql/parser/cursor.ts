// The parser's place in the token list, with the small questions every rule asks.
import { SqlError, syntaxNear } from "../../errors.ts";
import type { Token } from "../lexer.ts";

/** Words that cannot stand as a name without brackets (Microsoft Learn, "Reserved keywords", those that matter here). */
const reserved = new Set(
  ("add all alter and any as asc backup begin between break browse bulk by cascade case check checkpoint close clustered " +
    "coalesce collate column commit compute constraint contains continue convert create cross current cursor database " +
    "declare default delete deny desc distinct double drop dump else end errlvl escape except exec execute exists exit " +
    "external fetch file fillfactor for foreign freetext from full function goto grant group having holdlock identity " +
    "identity_insert identitycol if in index inner insert intersect into is join key kill left like lineno load merge " +
    "national nocheck nonclustered not null nullif of off offsets on open option or order outer over percent pivot plan " +
    "primary print proc procedure public raiserror read readtext reconfigure references replication restore restrict " +
    "return revert revoke right rollback rowcount rowguidcol rule save schema select set setuser shutdown some " +
    "statistics table tablesample textsize then to top tran transaction trigger truncate try_convert tsequal union unique " +
    "unpivot update updatetext use user values varying view waitfor when where while with within writetext")
    .split(" "),
);

export class Cursor {
  readonly #tokens: readonly Token[];
  readonly text: string;
  at = 0;

  constructor(tokens: readonly Token[], text: string) {
    this.#tokens = tokens;
    this.text = text;
  }

  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.at + ahead, this.#tokens.length - 1)];
    if (token === undefined) throw new Error("token list without an end");
    return token;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== "end") this.at++;
    return token;
  }

  get line(): number {
    return this.peek().line;
  }

  /** True when the next tokens are these words, in any case. */
  isWord(...words: string[]): boolean {
    return words.every((word, i) => this.peek(i).kind === "word" && this.peek(i).text.toLowerCase() === word);
  }

  isOp(op: string, ahead = 0): boolean {
    return this.peek(ahead).kind === "op" && this.peek(ahead).text === op;
  }

  takeWord(...words: string[]): boolean {
    if (!this.isWord(...words)) return false;
    this.at += words.length;
    return true;
  }

  takeOp(op: string): boolean {
    if (!this.isOp(op)) return false;
    this.at++;
    return true;
  }

  expectWord(...words: string[]): void {
    for (const word of words) if (!this.takeWord(word)) throw this.unexpected();
  }

  expectOp(op: string): void {
    if (!this.takeOp(op)) throw this.unexpected();
  }

  /** True when the next token can be a name: quoted, or a word that is not reserved. */
  isName(): boolean {
    const token = this.peek();
    return token.kind === "quoted" || (token.kind === "word" && !reserved.has(token.text.toLowerCase()));
  }

  name(): string {
    if (!this.isName()) throw this.unexpected();
    return this.next().text;
  }

  /** `a.b.c`; an empty part (`db..t`) is an empty text. */
  qualifiedName(): string[] {
    const parts = [this.name()];
    while (this.takeOp(".")) parts.push(this.isOp(".") ? "" : this.name());
    return parts;
  }

  variable(): string {
    const token = this.peek();
    if (token.kind !== "variable" || token.text.startsWith("@@")) throw this.unexpected();
    this.at++;
    return token.text.toLowerCase();
  }

  integer(): number {
    const token = this.peek();
    if (token.kind !== "number" || !/^\d+$/.test(token.text)) throw this.unexpected();
    this.at++;
    return Number(token.text);
  }

  /** `rule` between parentheses, separated by commas. */
  listInParens<T>(rule: () => T): T[] {
    this.expectOp("(");
    const items = this.list(rule);
    this.expectOp(")");
    return items;
  }

  list<T>(rule: () => T): T[] {
    const items = [rule()];
    while (this.takeOp(",")) items.push(rule());
    return items;
  }

  unexpected(): SqlError {
    const token = this.peek();
    if (token.kind === "end") {
      const last = this.#tokens[this.at - 1];
      return syntaxNear(last?.text ?? "", { line: token.line });
    }
    const keyword = token.kind === "word" && reserved.has(token.text.toLowerCase());
    return syntaxNear(token.text, { keyword, line: token.line });
  }
}
