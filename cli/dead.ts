// `hermes dead list|show|redrive|drop`: documents that are not sent any more.
import type { DeadFilter, RedriveResult } from "../shared/operator/types.ts";
import { type Given, type Options } from "./arguments.ts";
import { type Command, type Context, noWords } from "./command.ts";
import { exits, UsageError } from "./exit.ts";
import { at, clean, type Print } from "./print.ts";
import { progressBar } from "./progress.ts";
import { table } from "./table.ts";

const listLimit = 50;

const filterOptions: Options = {
  type: { value: "TYPE", help: "Only phieu_nhap, phieu_xuat or hoa_don" },
  shop: { value: "SHOP", help: "Only of this shop" },
  reason: { value: "REASON", help: "Only refused, deliveries_used_up or unreadable" },
  code: { value: "CODE", help: "Only of this document" },
  id: { value: "ID", help: "Only this dead letter" },
  "older-than": { value: "SPAN", help: "Only those dead for longer: 90s, 15m, 2h, 3d" },
  "younger-than": { value: "SPAN", help: "Only those dead for less" },
};

const changeOptions: Options = {
  ...filterOptions,
  all: { help: "All of them; needed when no other condition is given" },
  "dry-run": { help: "Only say what would be done" },
};

const list: Command = {
  name: "dead list",
  summary: "Dead letters, newest first",
  words: noWords,
  options: { ...filterOptions, limit: { value: "N", help: `At most N letters (default ${listLimit})` } },
  examples: [
    ["hermes dead list --type=hoa_don --shop=NT001", "Those of one shop"],
    [
      "hermes dead list --reason=deliveries_used_up --younger-than=2h",
      "Those that an error of the partner's buried lately",
    ],
  ],
  async run({ given, print, operator }) {
    const limit = given.count("limit", 1, 1_000_000) ?? listLimit;
    const filter = filterOf(given);
    const found = await (await operator()).dead.list(filter, limit);
    if (print.json) print.value(found);
    else {
      const columns = ["id", "died", "type", "code", "shop", "reason", "deliveries", "words"].map((
        title,
      ) => ({ title }));
      const rows = found.letters.map((letter) => [
        letter.id,
        at(letter.diedAtMs),
        letter.type,
        letter.code,
        letter.shop,
        letter.reason,
        String(letter.deliveries),
        letter.detail,
      ]);
      if (rows.length === 0) {
        print.words({ vi: "Không có chứng từ lỗi nào.", en: "There are no such dead letters." });
      } else for (const line of table(columns, rows, { width: print.width })) print.line(line);
      if (found.more) print.line(`… more than ${limit}; --limit shows more`);
    }
    return exits.fine;
  },
};

const show: Command = {
  name: "dead show",
  summary: "One dead letter with what was sent",
  words: { names: "ID", min: 1, max: 1 },
  options: { type: { value: "TYPE", help: "Look in this type only" } },
  examples: [[
    "hermes dead show 1795349096859-0",
    "The id as `dead list` or `why` gives it; people's names are left out",
  ]],
  async run({ given, print, operator }) {
    const id = given.words[0] ?? "";
    const type = given.type();
    const letter = await (await operator()).dead.show(id, type);
    if (print.json) print.value(letter);
    else if (letter === null) {
      print.words({ vi: `Không có chứng từ lỗi ${id}.`, en: `There is no dead letter ${id}.` });
    } else {
      const { body, ...facts } = letter;
      for (const [name, value] of Object.entries(facts)) {
        const text = name.endsWith("AtMs") && typeof value === "number" ? at(value) : String(value);
        print.line(`${name.replace(/Ms$/, "").padEnd(15)} ${clean(text)}`);
      }
      if (body !== null) print.line(`body            ${clean(body)}`);
    }
    return letter === null ? exits.trouble : exits.fine;
  },
};

const redrive: Command = {
  name: "dead redrive",
  summary: "Send dead documents again: rows back to PENDING_SYNC, then the letters go",
  words: noWords,
  options: {
    ...changeOptions,
    group: {
      value: "ID",
      help: "The documents of one group of `hermes failures`, with or without dead letters",
    },
    rate: { value: "N", help: "At most N documents a second" },
  },
  examples: [
    ["hermes dead redrive --shop=NT001 --dry-run", "How many it would be"],
    [
      "hermes dead redrive --group=partner_error-1a2b3c --rate=50",
      "One cause; Ctrl-C stops, the same command goes on",
    ],
    ["hermes dead redrive --all", "Everything; the rows are read afresh, with whatever was corrected"],
  ],
  async run(context) {
    const { given, print, operator } = context;
    const options = {
      ratePerSecond: given.count("rate", 1, 100_000),
      dryRun: given.flag("dry-run"),
      signal: context.signal,
      onProgress: context.progress ? progressBar(context.progress) : undefined,
    };
    const group = given.text("group");
    const filter = group === undefined ? changeFilter(given) : {};
    if (group !== undefined && hasFilter(given)) {
      throw new UsageError("--group takes no other condition", "dead redrive");
    }
    const result = group === undefined
      ? await (await operator()).dead.redrive(filter, options)
      : await (await operator()).redriveGroup(group, options);
    if (result === null) {
      print.words({
        vi: `Không có nhóm ${group} lúc này (hermes failures liệt kê các nhóm).`,
        en: `There is no group ${group} just now (hermes failures lists them).`,
      });
      return exits.trouble;
    }
    if (print.json) print.value(result);
    else showRedrive(result, print);
    return result.stopped || result.left > 0 ? exits.trouble : exits.fine;
  },
};

const drop: Command = {
  name: "dead drop",
  summary: "Remove dead letters for good; the rows stay SYNC_FAILED",
  words: noWords,
  options: changeOptions,
  examples: [
    ["hermes dead drop --older-than=30d --dry-run", "How many it would be"],
    ["hermes dead drop --code=HD2611220053", "A document that is not to be sent any more"],
  ],
  async run({ given, print, operator }) {
    const dryRun = given.flag("dry-run");
    const filter = changeFilter(given, "dead drop");
    const result = await (await operator()).dead.drop(filter, { dryRun });
    if (print.json) print.value(result);
    else if (dryRun) {
      print.words({
        vi: `Sẽ xóa ${result.total} chứng từ lỗi.`,
        en: `${result.total} dead letters would be dropped.`,
      });
    } else {
      print.words({
        vi: `Đã xóa ${result.dropped} chứng từ lỗi.`,
        en: `${result.dropped} dead letters dropped.`,
      });
      showUnrecorded(result, print);
    }
    return exits.fine;
  },
};

export const deadCommands: readonly Command[] = [list, show, redrive, drop];

/** Said where an action could not be put on record. */
export function showUnrecorded({ recorded }: { recorded: boolean }, print: Context["print"]): void {
  if (recorded) return;
  print.words({
    vi: "Không ghi được vào nhật ký thao tác (MongoDB không trả lời).",
    en: "It is not on record: MongoDB does not answer.",
  });
}

function showRedrive(result: RedriveResult, print: Print): void {
  const { total, redriven, already, left, stopped, dryRun } = result;
  const will = dryRun
    ? { vi: "Sẽ đồng bộ lại", en: "would be sent again" }
    : { vi: "Đã cho đồng bộ lại", en: "are sent again" };
  print.words({
    vi: `${will.vi} ${redriven}/${total} chứng từ; ${already} đã chờ hoặc đã đồng bộ; ${left} để nguyên.`,
    en:
      `${redriven} of ${total} documents ${will.en}; ${already} were waiting or synced already; ${left} left alone.`,
  });
  if (stopped) {
    print.words({
      vi: "Đã dừng giữa chừng: chạy lại đúng lệnh này để tiếp tục.",
      en: "Stopped on the way: the same command goes on from there.",
    });
  }
  if (!dryRun) showUnrecorded(result, print);
}

function filterOf(given: Given): DeadFilter {
  return {
    type: given.type(),
    shop: given.text("shop"),
    reason: given.choice("reason", ["refused", "deliveries_used_up", "unreadable"]),
    code: given.text("code"),
    id: given.text("id"),
    olderThanMs: given.spanMs("older-than"),
    youngerThanMs: given.spanMs("younger-than"),
  };
}

/** What changes everything has to be asked for in so many words. */
function changeFilter(given: Given, command = "dead redrive"): DeadFilter {
  if (!hasFilter(given) && !given.flag("all")) {
    throw new UsageError("which dead letters? Give a condition, or --all", command);
  }
  return filterOf(given);
}

function hasFilter(given: Given): boolean {
  return Object.keys(filterOptions).some((name) => given.text(name) !== undefined);
}
