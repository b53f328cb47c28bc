// The parts of the dev stack that decide without acting: options, what .env replaces, the file of settings, lines of text.
import { assertEquals, assertThrows } from "@std/assert";
import { parse } from "@std/dotenv";
import fc from "fast-check";
import { type Counts, progressLine, summaryLine } from "../../dev/stack/counts.ts";
import { embeddedFor, envFileText, layoutOf } from "../../dev/stack/env_file.ts";
import { choice, flag, OptionError, readOptions, repeated, whole } from "../../dev/stack/options.ts";
import { LastWords, readLogLine, wordsOf } from "../../dev/stack/product_log.ts";

const table = {
  documents: whole("documents", { otherwise: 60, max: 100 }),
  rate: whole("a second", { otherwise: null, max: 9 }),
  fresh: flag("afresh"),
  log: choice("least", ["debug", "info"]),
  fault: repeated("a fault", (text) => {
    if (text === "") throw new Error("must not be empty");
  }),
};

Deno.test("options take their values after = or as the next word, and flags none", () => {
  const args = ["--documents=7", "--fresh", "--log", "debug", "--fault", "a=1,b=2", "--fault=c"];
  assertEquals(readOptions(args, table), {
    documents: 7,
    rate: null,
    fresh: true,
    log: "debug",
    fault: ["a=1,b=2", "c"],
  });
});

Deno.test("a wrong option is refused with its name, its rule and its value", () => {
  const cases: [string, string][] = [
    ["--documets=3", "unknown option --documets; did you mean --documents? (--help lists all)"],
    ["fresh", "unknown option fresh; did you mean --fresh? (--help lists all)"],
    ["--documents=1e9", '--documents: must be a whole number from 0 to 100, not "1e9"'],
    ["--documents=101", '--documents: must be a whole number from 0 to 100, not "101"'],
    ["--documents", "--documents needs a value, as in --documents=…"],
    ["--fresh=yes", "--fresh takes no value"],
    ["--log=loud", '--log: must be one of debug, info, not "loud"'],
    ["--fault=", "--fault: must not be empty"],
  ];
  for (const [arg, message] of cases) {
    assertEquals(assertThrows(() => readOptions([arg], table), OptionError).message, message);
  }
});

Deno.test("a server that the settings name replaces the stack's own, and a key prefix replaces nothing", () => {
  const own = { sqlserver: true, redis: true, mongodb: true, partner: true };
  assertEquals(embeddedFor({ REDIS_KEY_PREFIX: "a:", LOG_LEVEL: "debug" }), own);
  assertEquals(embeddedFor({ MSSQL_SERVER: "db" }), { ...own, sqlserver: false });
  assertEquals(embeddedFor({ REDIS_URL: "redis://a" }), { ...own, redis: false });
  assertEquals(embeddedFor({ REDIS_HOST: "a" }), { ...own, redis: false });
  assertEquals(embeddedFor({ REDIS_CLUSTER_NODES: "a:1" }), { ...own, redis: false });
  assertEquals(embeddedFor({ MONGO_URI: "mongodb://a" }), { ...own, mongodb: false });
  assertEquals(embeddedFor({ API_BASE_URL: "http://a" }), { ...own, partner: false });
});

Deno.test("layout and dialect are those of the command line, else of the settings, else the product's own", () => {
  const [none, phieu, gateway] = [
    { profile: null, dialect: null },
    { profile: "phieu", dialect: null },
    { profile: null, dialect: "gateway" },
  ];
  const layout = (profile: string, dialect: string) => ({ profile, dialect });
  assertEquals(layoutOf({}, none), layout("national", "national"));
  assertEquals(layoutOf({}, phieu), layout("phieu", "gateway"));
  assertEquals(layoutOf({}, gateway), layout("national", "gateway"));
  assertEquals(layoutOf({ SOURCE_PROFILE: "phieu" }, none), layout("phieu", "gateway"));
  assertEquals(layoutOf({ SOURCE_PROFILE: "./a.json" }, none), layout("./a.json", "national"));
  assertEquals(layoutOf({ PARTNER_DIALECT: "National" }, phieu), layout("phieu", "national"));
  assertEquals(layoutOf({ PARTNER_DIALECT: "national" }, gateway), layout("national", "gateway"));
});

Deno.test("a shell and a reader of .env find in services.env what was written", () => {
  const value = fc.string({ unit: fc.constantFrom(..."ab'\"$`\\ #=;&!é/:") });
  fc.assert(
    fc.property(value, (text) => {
      const file = envFileText(["a comment", ""], { NAME: text });
      assertEquals(valueInShell(file), text);
      // In `.env` nothing stands for a single quote inside single quotes.
      if (!text.includes("'")) assertEquals(parse(file), { NAME: text });
    }),
    { numRuns: 40 },
  );
});

Deno.test("the counts are shown by type and summed up in the last line", () => {
  const of = (PENDING_SYNC: number, SYNC_SUCCESS: number, SYNC_FAILED: number) => ({
    PENDING_SYNC,
    SYNC_SUCCESS,
    SYNC_FAILED,
    inStream: 2,
    dead: 1,
  });
  const counts: Counts = { phieu_nhap: of(0, 19, 1), phieu_xuat: of(0, 10, 0), hoa_don: of(0, 28, 2) };
  assertEquals(progressLine(counts), "phieu_nhap 0/2/19/1/1   phieu_xuat 0/2/10/0/1   hoa_don 0/2/28/2/1");
  assertEquals(
    summaryLine(counts, 4_249),
    "60 documents: 57 SYNC_SUCCESS, 3 SYNC_FAILED, 0 PENDING_SYNC in 4.2 s",
  );
});

Deno.test("the last words about a document are its own, or else its shop's, or else its type's", () => {
  const event = { time: "2026-11-22T03:00:00.000Z", process: "worker:hoa_don", event: "e" };
  const read = (fields: object) => {
    const line = readLogLine(JSON.stringify({ ...event, level: "warn", ...fields }));
    if (line === null) throw new Error("no event");
    return line;
  };
  const own = read({ message: "HD1 waits", code: "HD1", shop: "NT001", type: "hoa_don", level: "info" });
  const ofShop = read({ message: "shop NT001 blocked", shop: "NT001" });
  const ofType = read({ message: "scan of hoa_don failed", type: "hoa_don" });
  const none = read({ message: "scan of hoa_don finished", type: "hoa_don", level: "info" });
  const words = new LastWords();
  for (const line of [own, ofShop, ofType, none]) words.add(line);
  const about = (code: string, shop: string, type = "hoa_don") => words.about({ code, shop, type });
  assertEquals(about("HD1", "NT001"), wordsOf(own));
  assertEquals(about("HD2", "NT001"), wordsOf(ofShop));
  assertEquals(about("HD3", "NT002"), wordsOf(ofType));
  assertEquals(about("PN1", "NT002", "phieu_nhap"), undefined);
});

Deno.test("a line that is no event of the product is none", () => {
  for (const line of ["Warning: experimental", "{", "{}", '{"level":"loud"}', ""]) {
    assertEquals(readLogLine(line), null);
  }
});

function valueInShell(file: string): string {
  const { stdout } = new Deno.Command("sh", { args: ["-c", `${file}\nprintf %s "$NAME"`] }).outputSync();
  return new TextDecoder().decode(stdout);
}
