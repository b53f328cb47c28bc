// `hermes settings`: the settings in use, checked, with secrets masked.
import { describeSettings } from "../shared/settings_print.ts";
import { type Command, noWords } from "./command.ts";
import { exits } from "./exit.ts";

export const settingsCommand: Command = {
  name: "settings",
  summary: "The settings in use, checked, with secrets masked",
  words: noWords,
  options: {},
  examples: [["hermes settings", "Says everything that is wrong with them in one go; exit code 2 then"]],
  async run({ print, settings }) {
    const text = describeSettings(await settings());
    if (print.json) {
      print.value(Object.fromEntries(text.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2))));
    } else print.line(text);
    return exits.fine;
  },
};
