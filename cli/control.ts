// `hermes scan`, `pause`, `resume`, `shops`, `shops unblock`: what an operator turns on, off, or lets go on.
import type { DocumentType } from "../shared/document.ts";
import type { Words } from "../shared/operator/types.ts";
import { documentType } from "./arguments.ts";
import { type Command, type Context, noWords } from "./command.ts";
import { showUnrecorded } from "./dead.ts";
import { exits } from "./exit.ts";
import { at } from "./print.ts";
import { table } from "./table.ts";

const scan: Command = {
  name: "scan",
  summary: "Look for pending documents now, once for each type",
  words: noWords,
  options: {},
  examples: [[
    "hermes scan",
    "Safe beside a running scheduler: a document is enqueued once, whoever finds it",
  ]],
  async run({ print, operator }) {
    const scans = await (await operator()).scan();
    if (print.json) print.value(scans);
    else {
      const columns = ["type", "found", "enqueued", "invalid", "left", "ms", "error"].map((title) => ({
        title,
      }));
      const rows = scans.map(({ type, found, enqueued, invalid, more, ms, error }) =>
        [type, found, enqueued, invalid, more ? "yes" : "no", ms, error ?? ""].map(String)
      );
      for (const line of table(columns, rows, { width: print.width })) print.line(line);
    }
    return scans.some(({ error }) => error !== null) ? exits.trouble : exits.fine;
  },
};

const pause: Command = {
  name: "pause",
  summary: "Let the workers of a type take nothing new",
  words: { names: "TYPE", min: 1, max: 1 },
  options: {},
  examples: [[
    "hermes pause hoa_don",
    "What is in call is finished; documents wait in SQL Server and in the stream",
  ]],
  run: (context) =>
    switchType(context, "pause", (type) => ({
      done: { vi: `${type} đã tạm dừng.`, en: `${type} is paused.` },
      already: { vi: `${type} đang tạm dừng sẵn.`, en: `${type} was paused already.` },
    })),
};

const resume: Command = {
  name: "resume",
  summary: "Let the workers of a paused type go on",
  words: { names: "TYPE", min: 1, max: 1 },
  options: {},
  examples: [["hermes resume hoa_don", "Workers take documents again within a second"]],
  run: (context) =>
    switchType(context, "resume", (type) => ({
      done: { vi: `${type} chạy tiếp.`, en: `${type} goes on.` },
      already: { vi: `${type} không bị tạm dừng.`, en: `${type} was not paused.` },
    })),
};

async function switchType(
  { given, print, operator }: Context,
  action: "pause" | "resume",
  words: (type: DocumentType) => { done: Words; already: Words },
): Promise<number> {
  const type = documentType(given.words[0] ?? "", action);
  const result = await (await operator())[action](type);
  if (print.json) print.value({ type, ...result });
  else {
    print.words(result.changed ? words(type).done : words(type).already);
    showUnrecorded(result, print);
  }
  return exits.fine;
}

const shops: Command = {
  name: "shops",
  summary: "Shops and accounts whose login is refused, and why",
  words: noWords,
  options: {},
  examples: [["hermes shops", "Exit code 1 when one is blocked"]],
  async run({ print, operator }) {
    const answer = await (await operator()).shops();
    const { blocked, refusedAccounts } = answer;
    if (print.json) print.value(answer);
    else {
      const rows = [
        ...blocked.map(({ shop, untilMs, why }) => ["shop", shop, at(untilMs), why]),
        ...refusedAccounts.map(({ account, untilMs, why }) => ["account", account, at(untilMs), why]),
      ];
      const columns = ["what", "name", "tried again", "why"].map((title) => ({ title }));
      if (rows.length === 0) print.words({ vi: "Không cửa hàng nào bị chặn.", en: "No shop is blocked." });
      else for (const line of table(columns, rows, { width: print.width })) print.line(line);
    }
    return blocked.length + refusedAccounts.length > 0 ? exits.trouble : exits.fine;
  },
};

const unblock: Command = {
  name: "shops unblock",
  summary: "Let a blocked shop log in again at once, when its password is corrected",
  words: { names: "SHOP", min: 1, max: 1 },
  options: {},
  examples: [["hermes shops unblock NT004", "Forgets the block and the refused login of its account"]],
  async run({ given, print, operator }) {
    const shop = given.words[0] ?? "";
    const answer = await (await operator()).unblock(shop);
    if (print.json) print.value(answer);
    else {
      print.words(
        answer.wasBlocked || answer.account !== null
          ? {
            vi: `Đã bỏ chặn ${shop}; lần quét tới sẽ gửi và đăng nhập lại.`,
            en: `${shop} is unblocked; the next scan takes its documents, and a login is tried.`,
          }
          : { vi: `${shop} không bị chặn.`, en: `${shop} was not blocked.` },
      );
      showUnrecorded(answer, print);
    }
    return exits.fine;
  },
};

export const controlCommands: readonly Command[] = [scan, pause, resume, shops, unblock];
