// The log: words and level of events, the two forms of a line, and that no secret gets into either.

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { describeError, SettingsError } from "../../shared/errors.ts";
import { createLog, type LogOptions } from "../../shared/log.ts";
import { EVENTS } from "../../shared/log_events.ts";
import { createMask, isSecretName, maskSecrets } from "../../shared/log_mask.ts";

function logAndLines(options: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  const log = createLog({
    level: "debug",
    format: "json",
    process: "worker:hoa_don",
    write: (line) => lines.push(line),
    now: () => Date.UTC(2026, 10, 22, 7, 8, 9, 12),
    ...options,
  });
  return { log, lines };
}

const ACCEPTED = {
  code: "HD1",
  national_code: "HD_QG_1",
  delivery: 2,
  ms: 31,
  type: "hoa_don",
  entry: "5-0",
};

Deno.test("an event becomes one JSON object with time, level, process, event, words and fields", () => {
  const { log, lines } = logAndLines();
  log.event("document.accepted", ACCEPTED);
  assertEquals(lines.map((line) => JSON.parse(line)), [{
    time: "2026-11-22T07:08:09.012Z",
    level: "info",
    process: "worker:hoa_don",
    event: "document.accepted",
    message: "HD1 accepted as HD_QG_1 on delivery 2 in 31 ms",
    ...ACCEPTED,
  }]);
});

Deno.test("a pretty line has the time, the level and the words, and no control characters of a value", () => {
  const { log, lines } = logAndLines({ format: "pretty" });
  log.event("document.refused", { code: "HD1", status: 400, answer: "sai\u001b[2J mã\n\n2026 fake line" });
  const [line = ""] = lines;
  assertStringIncludes(line, "07:08:09.012");
  assertMatch(line, /WRN.*worker:hoa_don.*HD1 refused with status .*400.*: sai/);
  assert(!line.includes("\u001b[2J") && !line.includes("\n"), JSON.stringify(line));
});

Deno.test("a log leaves out what is below its level", () => {
  const { log, lines } = logAndLines({ level: "warn" });
  log.event("scan.started", { type: "hoa_don" });
  log.event("process.started");
  log.event("scan.lead_lost", { reason: "lease ran out" });
  log.event("scan.failed", { type: "hoa_don", error: new Error("down") });
  assertEquals(lines.map((line) => JSON.parse(line).level), ["warn", "error"]);
});

Deno.test("a scan that found nothing is only worth a debug line", () => {
  const { log, lines } = logAndLines({ level: "info" });
  log.event("scan.finished", { type: "hoa_don", found: 0, enqueued: 0, ms: 1 });
  log.event("scan.finished", { type: "hoa_don", found: 3, enqueued: 2, ms: 1 });
  assertEquals(lines.map((line) => JSON.parse(line).found), [3]);
});

Deno.test("two logs of one process do not meet", () => {
  const [one, two] = [logAndLines({ process: "one" }), logAndLines({ process: "two", level: "error" })];
  one.log.event("redis.back", { ms: 5 });
  two.log.event("redis.back", { ms: 5 });
  assertEquals([one.lines.length, two.lines.length], [1, 0]);
});

Deno.test("an event takes only the fields the table gives it", () => {
  const { log, lines } = logAndLines();
  const more = { ...ACCEPTED, ho_ten_khach_hang: "Nguyễn Văn A", body: "{}", password: "x" };
  log.event("document.accepted", more);
  assertEquals(
    Object.keys(JSON.parse(lines[0]!)).filter((name) => name in more).sort(),
    Object.keys(ACCEPTED).sort(),
  );
});

Deno.test("unknown events, unknown fields and missing fields are type errors", () => {
  const { log, lines } = logAndLines();
  // @ts-expect-error no such event
  const unknownEvent = () => log.event("document.exploded");
  // @ts-expect-error customers' names are no field
  log.event("document.settled", { code: "1", customer: "A" });
  // @ts-expect-error the words need a code
  log.event("document.settled", {});
  assertEquals(typeof unknownEvent, "function");
  assertEquals(lines.map((line) => JSON.parse(line).message), ["1 settled", "? settled"]);
});

Deno.test("every event renders in both forms with any values", () => {
  const values = fc.oneof(fc.string(), fc.integer(), fc.constant(undefined), fc.constant(new Error("x")));
  const names = Object.keys(EVENTS) as (keyof typeof EVENTS)[];
  const text = fc.record({ name: fc.constantFrom(...names), value: values });
  const json = logAndLines();
  const pretty = logAndLines({ format: "pretty" });
  fc.assert(fc.property(text, ({ name, value }) => {
    const fields = Object.fromEntries(EVENTS[name].fields.map((field) => [field, value]));
    for (const { log } of [json, pretty]) log.event(name, fields as never);
    assertEquals(JSON.parse(json.lines.at(-1)!).event, name);
    assert(!pretty.lines.at(-1)!.includes("\n"));
  }));
});

Deno.test("an error is told with its causes, name and code", () => {
  const { log, lines } = logAndLines();
  const cause = Object.assign(new Error("connect ECONNREFUSED 10.0.0.1:1433"), { code: "ECONNREFUSED" });
  log.event("source.lost", { error: new Error("cannot reach SQL Server", { cause }) });
  const { error, error_name, error_code } = JSON.parse(lines[0]!);
  assertEquals(error, "cannot reach SQL Server: connect ECONNREFUSED 10.0.0.1:1433");
  assertEquals([error_name, error_code], ["Error", "ECONNREFUSED"]);
});

Deno.test("registered secrets are masked wherever they appear", () => {
  const { log, lines } = logAndLines({ secrets: ["s3cret!", "sa"] });
  log.event("document.refused", { code: "s3cret!", status: 400, answer: "usr sa, pwd s3cret! or s3cret!" });
  log.event("source.lost", { error: new Error("cannot use s3cret!") });
  assertEquals(lines.filter((line) => line.includes("s3cret!")), []);
  assertStringIncludes(lines[0]!, "usr sa, pwd *** or ***");
});

Deno.test("maskSecrets() masks what has the shape of a secret", () => {
  const masked: [string, string][] = [
    ["mongodb://u:p@h/db failed", "mongodb://u:***@h/db failed"],
    ["redis://:pw@h", "redis://:***@h"],
    ["Authorization: Bearer abc.def-123456", "Authorization: *** ***"],
    ["sent bearer abcdefgh12345", "sent bearer ***"],
    [`{"usr":"a","pwd":"b c","token": "t"}`, `{"usr":"a","pwd":***,"token": ***}`],
    ["Server=a;Password=x y;Database=b", "Server=a;Password=*** y;Database=b"],
    ["API_PASSWORD='x y' left", "API_PASSWORD=*** left"],
    ["Login failed for user 'sa'.", "Login failed for user 'sa'."],
    ["token expired at http://h:80/x", "token expired at http://h:80/x"],
  ];
  for (const [text, expected] of masked) assertEquals(maskSecrets(text), expected);
});

Deno.test("maskSecrets() takes time in proportion to the text, whatever the text", () => {
  const timeOf = (text: string) => {
    const from = performance.now();
    assertEquals(maskSecrets(text), text);
    return performance.now() - from;
  };
  const unhelpful = ["a", "a.", "-", "a://", "pass", "a=", "password "];
  // Three hundred thousand characters in quadratic time would take minutes.
  for (const part of unhelpful) assert(timeOf(part.repeat(300_000 / part.length)) < 5000, part);
});

Deno.test("createMask() also finds a secret as it stands in an address, the longest first", () => {
  const mask = createMask(["pass word", "pass word 2"]);
  assertEquals(mask("a pass word 2, pass%20word, pass word"), "a ***, ***, ***");
});

Deno.test("isSecretName() knows the names that hold secrets", () => {
  for (const name of ["password", "MSSQL_PASSWORD", "pwd", "token", "Authorization", "apiKey"]) {
    assert(isSecretName(name), name);
  }
  for (const name of ["user", "keyPrefix", "uri", "code", "deliveriesMax"]) assert(!isSecretName(name), name);
});

Deno.test("describeError() says each cause once, ends on circles and takes what is no error", () => {
  const circle = new Error("a");
  circle.cause = circle;
  assertEquals(describeError(circle), { name: "Error", message: "a" });
  assertEquals(describeError("text"), { name: "string", message: "text" });
  assertEquals(describeError(undefined), { name: "undefined", message: "undefined" });
  assertEquals(describeError(new Error("x: y", { cause: new Error("y") })).message, "x: y");
  const several = new AggregateError([Object.assign(new Error("refused"), { code: "ECONNREFUSED" })], "");
  assertEquals(describeError(several), {
    name: "AggregateError",
    message: "AggregateError: refused",
    code: "ECONNREFUSED",
  });
  assertEquals(
    describeError(Object.assign(new Error("deadlock"), { number: 1205, code: "EREQUEST" })).code,
    "1205",
  );
});

Deno.test("describeError() keeps its words short, on one line and without secrets", () => {
  const { message } = describeError(new Error(`a\n  b password=x ${"long ".repeat(200)}`));
  assertStringIncludes(message, "a b password=*** long");
  assertEquals(message.length, 500);
});

Deno.test("SettingsError lists its problems a line each", () => {
  const error = new SettingsError([{ name: "A", rule: "is required" }, {
    name: "B",
    rule: "must be x",
    shown: "1",
  }]);
  assertEquals(error.message, "2 problems in the settings:\n  A: is required\n  B=1: must be x");
});
