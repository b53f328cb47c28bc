// T-SQL text → tokens → syntax tree, and scripts → batches.
import { assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { splitBatches } from "../../dev/sqlserver/script.ts";
import { SqlError } from "../../dev/sqlserver/errors.ts";
import { tokenize } from "../../dev/sqlserver/sql/lexer.ts";
import { parseBatch } from "../../dev/sqlserver/sql/parser/statement.ts";

function kinds(text: string): string[] {
  return tokenize(text).slice(0, -1).map((token) => `${token.kind}:${token.text}`);
}

Deno.test("the T-SQL lexer tells names, texts, numbers and signs apart", () => {
  assertEquals(
    kinds("SELECT [a]]b], \"c\"\"d\", N'it''s', 'x', @p, @@ROWCOUNT, 1, 1.5, .5, 2e-3, 0xFF, tên<=2"),
    [
      "word:SELECT",
      "quoted:a]b",
      "op:,",
      'quoted:c"d',
      "op:,",
      "nstring:it's",
      "op:,",
      "string:x",
      "op:,",
      "variable:@p",
      "op:,",
      "variable:@@ROWCOUNT",
      "op:,",
      "number:1",
      "op:,",
      "number:1.5",
      "op:,",
      "number:.5",
      "op:,",
      "number:2e-3",
      "op:,",
      "hex:0xFF",
      "op:,",
      "word:tên",
      "op:<=",
      "number:2",
    ],
  );
});

Deno.test("the T-SQL lexer skips comments, also nested ones, and counts lines", () => {
  const [token] = tokenize("-- one\n/* two /* three */\n */ x");
  assertEquals([token?.text, token?.line], ["x", 3]);
  assertThrows(() => tokenize("/* open"), SqlError, "Missing end comment mark");
});

Deno.test("the T-SQL lexer gives back any name and any text it is given in quotes", () => {
  fc.assert(fc.property(fc.string({ minLength: 1 }), (text) => {
    const [name, value] = tokenize(`[${text.replaceAll("]", "]]")}] N'${text.replaceAll("'", "''")}'`);
    assertEquals([name?.kind, name?.text, value?.kind, value?.text], ["quoted", text, "nstring", text]);
  }));
});

Deno.test("any text is parsed or refused with a SQL error, never with anything else", () => {
  const word = fc.constantFrom(
    ..."SELECT FROM WHERE a b [c] 'x' N'y' 1 2.5 ( ) , = < + - * / @p AND OR NOT IN EXISTS CASE WHEN THEN ELSE END GROUP BY ORDER TOP JOIN ON AS NULL IS LIKE BETWEEN UPDATE SET INSERT INTO VALUES DELETE IF BEGIN WITH OVER UNION ALL CREATE TABLE int DEFAULT ;"
      .split(" "),
  );
  const text = fc.oneof(fc.string(), fc.array(word, { maxLength: 25 }).map((words) => words.join(" ")));
  fc.assert(
    fc.property(text, (batch) => {
      try {
        assertEquals(Array.isArray(parseBatch(batch)), true);
      } catch (error) {
        assertEquals(error instanceof SqlError, true, String(error));
      }
    }),
    { numRuns: 3_000 },
  );
});

Deno.test("a batch is split into statements with or without semicolons", () => {
  const kindsOf = (text: string) => parseBatch(text).map((statement) => statement.kind);
  assertEquals(kindsOf("SELECT 1 SELECT 2; SELECT 3"), ["query", "query", "query"]);
  assertEquals(kindsOf("SET NOCOUNT ON DECLARE @x int SET @x = 1 UPDATE t SET a = @x WHERE b = 2 DELETE t"), [
    "set_option",
    "declare",
    "set_variable",
    "update",
    "delete",
  ]);
  assertEquals(kindsOf(";;"), []);
});

Deno.test("a condition in parentheses is told from an expression in parentheses", () => {
  const condition = (text: string) => {
    const [statement] = parseBatch(`IF ${text} RETURN`);
    return statement?.kind === "if" ? statement.condition.kind : "";
  };
  assertEquals(condition("(1 = 1)"), "compare");
  assertEquals(condition("(1) = (2)"), "compare");
  assertEquals(condition("((1 + 2) * 3 > 4 OR (a IS NULL))"), "or");
  assertEquals(condition("(a + b) IN (1, 2)"), "in_list");
  assertEquals(condition("NOT (a = 1 AND b = 2)"), "not");
});

Deno.test("a script is split at its GO lines and nowhere else", () => {
  assertEquals(splitBatches("a\nGO\nb\n  go  -- end\n\nGO\nSELECT 'GO'\nGO 2\n"), [
    "a",
    "b",
    "SELECT 'GO'",
    "SELECT 'GO'",
  ]);
  assertEquals(splitBatches("GOTO x"), ["GOTO x"]);
});
