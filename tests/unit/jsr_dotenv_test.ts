// Holds the local @std/dotenv to what the published package does with an env file.

import { assertEquals, assertRejects } from "@std/assert";
import { load, parse } from "@std/dotenv";
import { join } from "node:path";

Deno.test("parse() reads plain, empty and exported assignments and skips comments and blank lines", () => {
  const text = "# a comment\n\nA=1\nB = two words  \nexport C=3 # why\nD=\n  E=5\nnot an assignment\nF=6";
  assertEquals(parse(text), { A: "1", B: "two words", C: "3", D: "", E: "5", F: "6" });
});

Deno.test("parse() keeps spaces, hashes and dollars inside quotes", () => {
  assertEquals(parse(`A=' #1 $X '\nB=" #2 $X " # end\nC={"a": "b"}\nD='open`), {
    A: " #1 $X ",
    B: " #2 $X ",
    C: `{"a": "b"}`,
    D: "'open",
  });
});

Deno.test("parse() turns escapes of double quotes into characters and lets quotes span lines", () => {
  assertEquals(parse(`A="x\\ny\\tz"\nB='x\\ny'\nC="\none\ntwo\n"\nD=4`), {
    A: "x\ny\tz",
    B: "x\\ny",
    C: "one\ntwo",
    D: "4",
  });
});

Deno.test("parse() reads files with carriage returns and a byte order mark", () => {
  assertEquals(parse('\uFEFFA=1\r\nB="2"\r\nC=\r\n'), { A: "1", B: "2", C: "" });
});

Deno.test("parse() replaces references in unquoted values, with defaults", () => {
  const text = [
    "HOST=db",
    "A=$HOST:1433",
    "B=${HOST}:1433",
    "C=${NO_SUCH_NAME:-fallback}",
    "D=${NO_SUCH_NAME:-${HOST:-x}}",
    "E=\\$HOST",
    "F=${LATER}",
    "LATER=${HOST}2",
    "G=[${NO_SUCH_NAME}]",
    "H=${HOST:-x}-${HOST:-y}",
  ].join("\n");
  assertEquals(parse(text), {
    HOST: "db",
    A: "db:1433",
    B: "db:1433",
    C: "fallback",
    D: "db",
    E: "\\$HOST",
    F: "db2",
    LATER: "db2",
    G: "[]",
    H: "db-db",
  });
});

Deno.test("parse() ends on names that refer to each other in a circle", () => {
  assertEquals(Object.keys(parse("A=$B\nB=$A")), ["A", "B"]);
});

Deno.test("parse() leaves out a name that is no identifier, with a warning", () => {
  const warned: unknown[] = [];
  const { warn } = console;
  console.warn = (...words: unknown[]) => warned.push(...words);
  try {
    assertEquals(parse("1A=1\nB=2"), { B: "2" });
  } finally {
    console.warn = warn;
  }
  assertEquals(warned.length, 1);
});

Deno.test("load() reads a file, gives nothing for a missing one, and exports only what is not set", async () => {
  const folder = await Deno.makeTempDir();
  const envPath = join(folder, ".env");
  try {
    await Deno.writeTextFile(envPath, "HERMES_TEST_SET=file\nHERMES_TEST_NEW=file\n");
    Deno.env.set("HERMES_TEST_SET", "environment");
    assertEquals(await load({ envPath, export: true }), { HERMES_TEST_SET: "file", HERMES_TEST_NEW: "file" });
    assertEquals(Deno.env.get("HERMES_TEST_SET"), "environment");
    assertEquals(Deno.env.get("HERMES_TEST_NEW"), "file");
    assertEquals(await load({ envPath: join(folder, "none") }), {});
    assertEquals(await load({ envPath: null }), {});
    await assertRejects(() => load({ envPath: folder }));
  } finally {
    Deno.env.delete("HERMES_TEST_SET");
    Deno.env.delete("HERMES_TEST_NEW");
    await Deno.remove(folder, { recursive: true });
  }
});
