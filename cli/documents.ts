// `hermes pending` and `hermes retry CODE`: documents on their way, and one sent again at once.
import type { PendingDocument, RetryAnswer, Words } from "../shared/operator/types.ts";
import { documentType } from "./arguments.ts";
import type { Command } from "./command.ts";
import { showUnrecorded } from "./dead.ts";
import { awayText, exits } from "./exit.ts";
import { at, short } from "./print.ts";
import { table } from "./table.ts";

const pendingLimit = 20;

const pending: Command = {
  name: "pending",
  summary: "Documents that want syncing, longest waiting first, and where each of them is",
  words: { names: "[TYPE]", min: 0, max: 1 },
  options: { limit: { value: "N", help: `At most N documents (default ${pendingLimit})` } },
  examples: [
    ["hermes pending", "The twenty that have waited longest"],
    ["hermes pending hoa_don --limit=200 --json", "Of one type, for scripts"],
  ],
  async run({ given, print, operator, settings }) {
    const [word] = given.words;
    const type = word === undefined ? undefined : documentType(word, "pending");
    const limit = given.count("limit", 1, 10_000) ?? pendingLimit;
    const answer = await (await operator()).pending(type, limit);
    if (print.json) print.value(answer);
    else {
      for (const { service, message } of answer.troubles) {
        print.line(print.colour("red", awayText(service, await settings(), message)));
      }
      const columns = ["waiting", "type", "code", "shop", "where", "deliveries", "due"].map((title) => ({
        title,
      }));
      const rows = answer.documents.map((document) => [
        short(document.waitingMs),
        document.type,
        document.code,
        document.shop,
        whereOf(document),
        String(document.deliveries),
        at(document.dueAtMs),
      ]);
      if (rows.length === 0) print.words({ vi: "Không có chứng từ nào chờ.", en: "Nothing is pending." });
      else for (const line of table(columns, rows, { width: print.width })) print.line(line);
      if (answer.more) print.line(`… more than ${limit}; --limit shows more`);
    }
    return answer.troubles.length > 0 ? exits.away : exits.fine;
  },
};

function whereOf({ flight, blocked }: PendingDocument): string {
  if (blocked && flight === null) return "shop blocked";
  const words = {
    fresh: "in stream",
    held: "in a worker's hands",
    later: "due later",
    due: "due",
    lost: "entry lost",
  };
  return flight === null ? "not in Redis yet" : words[flight];
}

const retry: Command = {
  name: "retry",
  summary: "Send one document again as soon as can be",
  words: { names: "CODE", min: 1, max: 1 },
  options: {},
  examples: [[
    "hermes retry PN2611220007",
    "A failed row goes back to PENDING_SYNC; a postponed delivery is made now",
  ]],
  async run({ given, print, operator }) {
    const code = given.words[0] ?? "";
    const answer = await (await operator()).retry(code);
    if (print.json) print.value(answer);
    else {
      for (const { type, outcome } of answer.documents) {
        print.line(`${code}  ${type}  ${outcome}`);
        print.words(retryWords[outcome], "  ");
      }
      if (answer.documents.length === 0) {
        print.words({ vi: `Không tìm thấy chứng từ ${code}.`, en: `No row has the code ${code}.` });
      }
      showUnrecorded(answer, print);
    }
    return answer.documents.length > 0 ? exits.fine : exits.trouble;
  },
};

const retryWords: Record<RetryAnswer["documents"][number]["outcome"], Words> = {
  redriven: {
    vi: "Đã đặt lại PENDING_SYNC; lần quét tới sẽ gửi.",
    en: "Set back to PENDING_SYNC; the next scan sends it.",
  },
  hastened: { vi: "Sẽ gửi ngay bây giờ.", en: "Its next delivery is due now." },
  in_hand: { vi: "Worker đang giữ, không cần làm gì.", en: "A worker has it just now." },
  queued: { vi: "Đang trong hàng, đến lượt sẽ gửi.", en: "It is in the stream and comes in its turn." },
  pending: {
    vi: "Đang chờ lần quét tới (hermes scan để quét ngay).",
    en: "It waits for the next scan (hermes scan does one now).",
  },
  synced: { vi: "Đã đồng bộ rồi.", en: "It is synced already." },
  left: {
    vi: "Trạng thái của phần mềm nhà thuốc, Hermes không đổi.",
    en: "It has a status of the pharmacy's own and is left alone.",
  },
};

export const documentCommands: readonly Command[] = [pending, retry];
