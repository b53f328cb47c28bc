// `hermes status`: how things stand, in one look. What is wrong comes first.
import type { Finding, Status, TypeStatus, WorkerStatus } from "../shared/operator/types.ts";
import { type Command, noWords } from "./command.ts";
import { awayText, exits } from "./exit.ts";
import { at, type Print, short } from "./print.ts";
import { table } from "./table.ts";

export const statusCommand: Command = {
  name: "status",
  summary: "How things stand: what waits, moves and is dead, who works, what is wrong",
  words: noWords,
  options: { workers: { help: "List every worker" } },
  examples: [
    ["hermes status", "The first thing to look at"],
    ["hermes status --workers", "With every worker: alive, what it holds, its breaker"],
    ["hermes status --json | jq '.types[].dead'", "For scripts; exit code 1 when something is wrong"],
  ],
  async run({ given, print, operator, settings }) {
    const status = await (await operator()).status();
    if (print.json) print.value(status);
    else {
      for (const { service, message } of status.troubles) {
        print.line(print.colour("red", awayText(service, await settings(), message)));
      }
      showStatus(status, print, given.flag("workers"));
    }
    if (status.troubles.length > 0) return exits.away;
    return status.findings.some(({ severity }) => severity !== "note") ? exits.trouble : exits.fine;
  },
};

function showStatus(status: Status, print: Print, withWorkers: boolean): void {
  const findings = status.findings.filter(({ name }) => !name.endsWith("_away"));
  for (const finding of findings) showFinding(finding, print);
  if (findings.length > 0) print.line();
  const head = (text: string) => print.colour("bold", text);
  const columns = titles.map((title, index) => ({
    title,
    align: index === 0 ? "left" as const : "right" as const,
  }));
  const rows = status.types.map((type) => rowOf(type, status.atMs));
  for (const line of table(columns, rows, { width: print.width, head })) print.line(line);
  print.line();
  showScans(status, print);
  if (withWorkers) showWorkers(status, print);
  if (findings.length === 0 && status.troubles.length === 0) {
    print.words({ vi: "Mọi thứ bình thường.", en: "Everything is in order." });
  }
}

const titles = [
  "type",
  "pending",
  "in stream",
  "waiting",
  "in call",
  "writing",
  "due later",
  "dead",
  "per min",
  "oldest",
  "workers",
  "breaker",
];

function rowOf(type: TypeStatus, atMs: number): string[] {
  const alive = type.workers.filter((worker) => worker.alive);
  const { pending, paused } = type;
  return [
    paused ? `${type.type} (paused)` : type.type,
    pending === null ? "?" : `${pending.count}${pending.more ? "+" : ""}`,
    number(type.inStream),
    number(type.waiting),
    number(type.inCall),
    number(type.writing),
    number(type.dueLater) + (type.nextDueAtMs === null ? "" : ` (${short(type.nextDueAtMs - atMs)})`),
    number(type.dead),
    number(type.ratePerMinute),
    short(type.oldestWaitingMs),
    String(alive.length),
    breakerOf(alive),
  ];
}

function breakerOf(alive: readonly WorkerStatus[]): string {
  const open = alive.filter(({ breaker }) => breaker !== "closed").length;
  if (alive.length === 0) return "-";
  return open === 0 ? "closed" : `${open}/${alive.length} open`;
}

function number(value: number | null): string {
  return value === null ? "?" : String(value);
}

function showFinding({ severity, ...words }: Finding, print: Print): void {
  const marks = { error: print.colour("red", "✗"), warning: print.colour("yellow", "!"), note: "·", ok: "·" };
  print.line(`${marks[severity]} ${print.say(words)}`);
}

function showScans({ leader, types, atMs }: Status, print: Print): void {
  const scans = types.flatMap(({ lastScan }) => lastScan ?? []);
  if (leader === null && scans.length === 0) return;
  const last = scans.length === 0
    ? "none yet"
    : `${short(atMs - Math.max(...scans.map((scan) => scan.atMs)))} ago`;
  print.line(`scheduler ${leader ?? "none"}, last scan ${last}`);
}

function showWorkers({ types, atMs }: Status, print: Print): void {
  const columns = [
    "type",
    "worker",
    "alive",
    "runs",
    "reads",
    "beat",
    "last result",
    "waiting",
    "calling",
    "writing",
    "breaker",
  ];
  const rows = types.flatMap(({ type, workers }) =>
    workers.map((worker) => [
      type,
      worker.name,
      worker.alive ? "yes" : "no",
      short(worker.lastBeatAtMs - worker.startedAtMs),
      worker.entryVersion === null ? "?" : `v${worker.entryVersion}`,
      `${short(atMs - worker.lastBeatAtMs)} ago`,
      worker.lastResultAtMs === null ? "none yet" : `${short(atMs - worker.lastResultAtMs)} ago`,
      String(worker.waiting),
      String(worker.calling),
      String(worker.writing),
      worker.probeAtMs === null ? worker.breaker : `${worker.breaker} until ${at(worker.probeAtMs)}`,
    ])
  );
  print.line();
  for (const line of table(columns.map((title) => ({ title })), rows, { width: print.width })) {
    print.line(line);
  }
}
