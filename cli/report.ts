// `hermes report`: what a day came to, as a table, CSV or JSON.
import type { Report, ReportRow } from "../shared/operator/types.ts";
import { type Command, noWords } from "./command.ts";
import { awayText, exits, UsageError } from "./exit.ts";
import { type Print, short } from "./print.ts";
import { type Column, table } from "./table.ts";

export const reportCommand: Command = {
  name: "report",
  summary: "What a day came to, per shop and type: synced, failed, waiting, latency",
  words: noWords,
  options: {
    day: { value: "DAY", help: "yyyy-MM-dd, today or yesterday, by SQL Server's clock (default today)" },
    by: { value: "WHAT", help: "shop (and type), or type alone (default shop)" },
    format: { value: "FORM", help: "table, csv or json (default table)" },
    output: { value: "FILE", help: "Write to a file instead" },
  },
  examples: [
    ["hermes report --day=2026-11-21", "A table"],
    ["hermes report --day=yesterday --format=csv --output=report.csv", "For a spreadsheet"],
  ],
  async run({ given, print, operator, settings }) {
    const day = dayOf(given.text("day"));
    const by = given.choice("by", ["shop", "type"]);
    const format = print.json ? "json" : given.choice("format", ["table", "csv", "json"]) ?? "table";
    const report = await (await operator()).report({
      ...(day === undefined ? {} : { day }),
      ...(by === undefined ? {} : { by }),
    });
    const text = textOf(report, format, print);
    const file = given.text("output");
    if (file === undefined) print.line(text);
    else await Deno.writeTextFile(file, text + "\n");
    if (format === "table") {
      for (const { service, message } of report.troubles) {
        print.line(print.colour("red", awayText(service, await settings(), message)));
      }
    }
    return report.troubles.length > 0 ? exits.away : exits.fine;
  },
};

function dayOf(text: string | undefined): string | undefined {
  if (text === undefined || text === "today") return undefined;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text);
  if (text !== "yesterday" && !isDay) {
    throw new UsageError(`--day=${text}: must be a day as yyyy-MM-dd, today or yesterday`, "report");
  }
  return text;
}

function textOf(report: Report, format: "table" | "csv" | "json", print: Print): string {
  switch (format) {
    case "json":
      return JSON.stringify(report, null, 2);
    case "csv":
      return csvOf(report);
    case "table":
      return tableOf(report, print).join("\n");
  }
}

const titles = ["shop", "type", "synced", "failed", "waiting", "p50", "p95"] as const;

function tableOf(report: Report, print: Print): string[] {
  const columns: Column[] = titles.map((title, at) => ({ title, align: at < 2 ? "left" : "right" }));
  const cells = ({ synced, failed, waiting, p50Ms, p95Ms }: Report["total"]) => [
    String(synced),
    String(failed),
    String(waiting),
    short(p50Ms),
    short(p95Ms),
  ];
  const rows = report.rows.map((row) => [row.shop || "all", row.type, ...cells(row)]);
  const head = (text: string) => print.colour("bold", text);
  return [
    report.day,
    ...table(columns, [...rows, ["total", "", ...cells(report.total)]], { width: print.width, head }),
  ];
}

/** RFC 4180, with the day in each line. A cell that a spreadsheet would take for a formula is quoted by an apostrophe. */
export function csvOf({ day, rows }: Pick<Report, "day" | "rows">): string {
  const lines = rows.map(({ shop, type, synced, failed, waiting, p50Ms, p95Ms }: ReportRow) =>
    [day, shop, type, synced, failed, waiting, p50Ms ?? "", p95Ms ?? ""].map(cellOf).join(",")
  );
  return ["day,shop,type,synced,failed,waiting,p50_ms,p95_ms", ...lines].join("\r\n");
}

function cellOf(value: string | number): string {
  const text = String(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
