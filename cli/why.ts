// `hermes why CODE`: everything about one document in order, and one sentence that says what is the matter and what to do.
import type { Severity, Story } from "../shared/operator/types.ts";
import type { Command } from "./command.ts";
import { awayText, exits } from "./exit.ts";
import { at, clean, type Colour, type Print, short } from "./print.ts";
import { table } from "./table.ts";

export const whyCommand: Command = {
  name: "why",
  summary: "Everything about one document, and what is the matter with it",
  words: { names: "CODE", min: 1, max: 1 },
  options: {},
  examples: [
    [
      "hermes why PN2611220007",
      "Row, entry, deliveries, each answer of the partner, next delivery, dead letter",
    ],
    ["hermes why PN2611220007 --json | jq -r '.stories[0].verdict.vi'", "Only the sentence"],
  ],
  async run({ given, print, operator, settings }) {
    const code = given.words[0] ?? "";
    const answer = await (await operator()).why(code);
    if (print.json) print.value(answer);
    else {
      for (const { service, message } of answer.troubles) {
        print.line(print.colour("red", awayText(service, await settings(), message)));
      }
      for (const story of answer.stories) showStory(story, print);
      if (answer.stories.length === 0) {
        print.words({
          vi: `Không tìm thấy chứng từ ${code}.`,
          en: `Nothing is known of a document ${code}.`,
        });
      }
    }
    if (answer.troubles.length > 0) return exits.away;
    const fine = answer.stories.length > 0 &&
      answer.stories.every(({ verdict }) => verdict.severity !== "error");
    return fine ? exits.fine : exits.trouble;
  },
};

const colours: Record<Severity, Colour> = { ok: "green", note: "grey", warning: "yellow", error: "red" };

function showStory(story: Story, print: Print): void {
  const { type, code, key, shop, row, verdict } = story;
  const state = row?.status ?? "?";
  print.line(print.colour("bold", clean(`${code}  ${type}  ${shop}  row ${key}  ${state}`)));
  print.line(print.colour(colours[verdict.severity], verdict.name.toUpperCase()));
  print.words(verdict, "  ");
  print.line();
  const columns = ["when", "from", "what", "words"].map((title) => ({ title }));
  const rows = story.timeline.map((event) => [
    at(event.atMs),
    event.from,
    print.say(event),
    event.detail ?? "",
  ]);
  for (
    const line of table(columns, rows, {
      width: print.width,
      head: (text) => print.colour("grey", text),
    })
  ) {
    print.line(line);
  }
  showFlight(story, print);
  print.line();
}

function showFlight({ flight, deadLetters, nextDeliveryAtMs }: Story, print: Print): void {
  if (flight) {
    const due = nextDeliveryAtMs === null
      ? ""
      : `, due ${at(nextDeliveryAtMs)} (in ${short(nextDeliveryAtMs - Date.now())})`;
    const by = flight.worker === null ? "" : ` by ${flight.worker}${flight.workerAlive ? "" : " (silent)"}`;
    print.line(`entry ${flight.entryId}: ${flight.state}, ${flight.deliveries} deliveries${by}${due}`);
  }
  for (const { id, reason } of deadLetters) {
    print.line(`dead letter ${id}: ${reason} (hermes dead show ${id})`);
  }
}
