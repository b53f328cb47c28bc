// Random inputs for everything that comes from outside: settings, rows, partner answers, stream entries. Each target says what must
// hold whatever comes in; a wrong success, a crash or a hang is a bug. tests/unit/fuzz_test.ts runs a few, `deno task fuzz` many.
import { assert } from "@std/assert";
import fc from "fast-check";
import { frameTargets } from "./frames.ts";
import { type FuzzTarget, target } from "./target.ts";
import { classify } from "../../shared/answers.ts";
import { compose } from "../../shared/compose.ts";
import { documentTypes } from "../../shared/document.ts";
import { documentSpecs } from "../../shared/documents/mod.ts";
import { SettingsError } from "../../shared/errors.ts";
import { readLogin } from "../../shared/login_answers.ts";
import { readSettings } from "../../shared/settings.ts";
import { settingsTable } from "../../shared/settings_table.ts";
import { readTaken } from "../../shared/stream_replies.ts";

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constantFrom(
    "",
    " ",
    "\u0000",
    "';DROP TABLE x;--",
    "</script>",
    "\ud800",
    "1e999",
    "-0",
    "12.50",
    "2026-02-30",
    "true",
    "null",
  ),
);

const settingNames = [...Object.keys(settingsTable.shape), "MSSQL_SERVR", "REDIS_HOSTT", "PATH"];
const environment = fc.dictionary(fc.constantFrom(...settingNames), text, { maxKeys: 20 });

const values = (names: string[]) =>
  fc.record(Object.fromEntries(names.map((name) => [name, fc.option(text, { nil: null })])));
const row = fc.constantFrom(...documentTypes).chain((type) => {
  const spec = documentSpecs[type];
  return fc.record({
    type: fc.constant(type),
    key: text,
    shop: text,
    linesDue: fc.boolean(),
    header: values(Object.keys(spec.header)),
    lines: fc.array(values(Object.keys(spec.lines.fields)), { maxLength: 3 }),
  });
});

const json = fc.json({ maxDepth: 3 });
const answerText = fc.oneof(
  text,
  json,
  fc.constantFrom(
    "<html><body>502</body></html>",
    '{"code":200',
    '{"code":"2 00"}',
    '{"status":"success"',
    "[]",
    "null",
    '"',
    "{}",
  ),
  fc.record({ code: fc.anything(), status: fc.anything(), mess: fc.anything(), ma_hoa_don: fc.anything() })
    .map((value) => {
      try {
        return JSON.stringify(value) ?? "";
      } catch {
        return "";
      }
    }),
);
const answer = fc.record({
  status: fc.oneof(fc.integer({ min: 100, max: 599 }), fc.constantFrom(200, 201, 400, 401, 429, 503)),
  retryAfter: fc.option(text, { nil: null }),
  text: answerText,
});

const entryFields = fc.array(
  fc.oneof(text, fc.constantFrom("key", "code", "shop", "body", "scanned_at", "v")),
  { maxLength: 16 },
);
const takeReply = fc.tuple(
  fc.constantFrom(0, 1),
  fc.constant("1-1"),
  fc.array(fc.tuple(fc.constant("1-1"), fc.integer(), fc.oneof(text, json), entryFields), { maxLength: 4 }),
);

export const fuzzTargets: FuzzTarget[] = [
  target("settings: read whole, or a report that names each problem", environment, (env) => {
    try {
      readSettings(env);
    } catch (error) {
      assert(error instanceof SettingsError, `${error}`);
      assert(
        error.problems.length > 0 && error.problems.every(({ name, rule }) => name !== "" && rule !== ""),
      );
    }
  }),
  target("rows: composed to JSON that parses, or refused with a reason, or early", row, (document) => {
    const composed = compose(documentSpecs[document.type], document, 1_000_000);
    if (composed.kind === "ready") JSON.parse(composed.document.body);
    if (composed.kind === "invalid") assert(composed.problems.every(({ message }) => message !== ""));
  }),
  target("answers: never accepted unless HTTP and body say yes", answer, (one) => {
    const outcome = classify(one, 1_700_000_000_000);
    if (outcome.kind !== "accepted") return;
    assert(one.status === 200 || one.status === 201, `${one.status} was accepted`);
    assert(!one.text.includes("<html"), "a page was accepted");
    assert(
      !/"code":\s*"?[4-5]\d\d"?\s*[,}]/.test(one.text.split('"mess"')[0] ?? ""),
      `accepted: ${one.text}`,
    );
  }),
  target("logins: a token only from a yes", answer, (one) => {
    const outcome = readLogin(one, null);
    if (outcome.kind === "token") assert(one.status === 200 || one.status === 201);
  }),
  target("stream entries of a stranger: told apart, and whole where they are taken", takeReply, (reply) => {
    const taken = readTaken(reply);
    for (const { entry } of taken.claims) {
      assert(entry.key !== "" && entry.code !== "" && entry.shop !== "" && entry.body !== "");
      assert(Number.isFinite(entry.scannedAtMs));
    }
    assert(taken.claims.length + taken.unreadable.length === reply[2].length);
  }),
  ...frameTargets,
];
