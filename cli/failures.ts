// `hermes failures`: failed documents by cause, with what to do.
import type { FailureGroup, FailuresAnswer } from "../shared/operator/types.ts";
import { type Command, noWords } from "./command.ts";
import { awayText, exits } from "./exit.ts";
import { at, clean, type Print } from "./print.ts";

export const failuresCommand: Command = {
  name: "failures",
  summary: "Failed documents by cause: how many, since when, an example, what to do",
  words: noWords,
  options: {
    since: { value: "SPAN", help: "Only failures of the last 2h, 3d, …" },
    type: { value: "TYPE", help: "Only phieu_nhap, phieu_xuat or hoa_don" },
    members: { help: "With --json: every document of each group" },
  },
  examples: [
    ["hermes failures --since=1d", "What failed since yesterday, most frequent cause first"],
    ["hermes dead redrive --group=ID", "Sends the documents of one group again"],
  ],
  async run({ given, print, operator, settings }) {
    const spanMs = given.spanMs("since");
    const type = given.type();
    const filter = {
      ...(spanMs === undefined ? {} : { sinceMs: Date.now() - spanMs }),
      ...(type === undefined ? {} : { type }),
    };
    const answer = await (await operator()).failures(filter);
    if (print.json) print.value(given.flag("members") ? answer : withoutMembers(answer));
    else {
      for (const { service, message } of answer.troubles) {
        print.line(print.colour("red", awayText(service, await settings(), message)));
      }
      showFailures(answer, print);
    }
    return answer.troubles.length > 0 ? exits.away : exits.fine;
  },
};

function showFailures({ groups, total, from }: FailuresAnswer, print: Print): void {
  if (from === "mongodb") {
    print.words({
      vi: "Theo nhật ký, vì không hỏi được SQL Server: có thể một số đã được xử lý.",
      en: "By the journal, since SQL Server cannot be asked: some may be mended by now.",
    });
  }
  for (const group of groups) showGroup(group, print);
  const count = `${total.count}${total.more ? "+" : ""}`;
  print.words({
    vi: `${count} chứng từ thất bại, ${groups.length} nguyên nhân.`,
    en: `${count} failed documents, ${groups.length} causes.`,
  });
}

function showGroup(group: FailureGroup, print: Print): void {
  const { count, shops, types, firstSeenMs, lastSeenMs, example, pattern, status } = group;
  const shopsText = shops === 1 ? "1 shop" : `${shops} shops`;
  print.line(
    `${print.colour("bold", `${count} ×`)} ${print.say(group.title)}  ${print.colour("grey", group.id)}`,
  );
  print.line(`    “${clean(pattern)}”${status === null ? "" : ` (${status})`}`);
  print.line(
    `    ${types.join(", ")}; ${shopsText}; ${at(firstSeenMs)} to ${at(lastSeenMs)}; e.g. ${
      clean(example.code)
    }`,
  );
  print.words(group.advice, "    ");
  print.line();
}

/** Five thousand members are not what is asked for. */
function withoutMembers(answer: FailuresAnswer) {
  return { ...answer, groups: answer.groups.map(({ members: _, ...group }) => group) };
}
