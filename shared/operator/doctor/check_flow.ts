// How documents flow: what the status shows to stand out, with the command that cures it, and groups, dead letters and old documents besides. Pure,
// over the facts of read_flow.ts.
import { span } from "../spans.ts";
import type { Finding, TypeStatus } from "../types.ts";
import { counted, type DoctorFinding, sayer, type Severity } from "./finding.ts";
import { deadCountMax, type FlowFacts, type StreamFacts } from "./read_flow.ts";

const say = sayer("flow");

/** A document that has waited so long is worth a word, ms: an outage is bridged in silence no longer than this. */
const oldMs = 3_600_000;

export function checkFlow({ status, streams }: FlowFacts): DoctorFinding[] {
  const found = [
    ...status.findings.filter(({ name }) => isOurs(name)).map(fromStatus),
    ...streams.flatMap(checkStream),
    ...status.types.flatMap(oldestWaiting),
    ...status.troubles.map(({ service, message }) =>
      say("info", "not_checked", {
        subject: service,
        en: `The flow was examined without ${service}: ${message}`,
        vi: `Kiểm tra luồng chứng từ mà không hỏi được ${service}`,
      })
    ),
  ];
  return found.length > 0 ? found : [allWell(status.types)];
}

/** A service that is away has a finding of its own, and dead letters are told below in more detail. */
function isOurs(name: string): boolean {
  return !name.endsWith("_away") && name !== "dead_letters";
}

const severities: Record<Finding["severity"], Severity> = {
  ok: "ok",
  note: "info",
  warning: "warning",
  error: "error",
};

function fromStatus({ severity, name, type, en, vi }: Finding): DoctorFinding {
  const cure = cures[name]?.(type ?? "TYPE");
  return say(severities[severity], name, { ...(type ? { subject: type } : {}), en, vi, ...cure });
}

const cures: Record<string, (type: string) => { cure: string; run?: string }> = {
  no_scheduler: () => ({ cure: "Start the scheduler.", run: "deno task scheduler" }),
  scan_failing: () => ({
    cure: "Put right what the error names; the next scan comes by itself.",
    run: "hermes scan",
  }),
  scan_late: () => ({ cure: "Look at the scheduler's log; restart it.", run: "hermes scan" }),
  no_worker: (type) => ({ cure: "Start a worker of the type.", run: `deno task worker:${type}` }),
  worker_stuck: (type) => ({
    cure: "Restart the worker: others take its documents.",
    run: `deno task worker:${type}`,
  }),
  entries_newer: () => ({
    cure:
      "Put the new version in place for the workers too: workers first, the scheduler last (docs/upgrades.md).",
    run: "hermes status --workers",
  }),
  paused: (type) => ({ cure: "Let the type go on when the reason is gone.", run: `hermes resume ${type}` }),
  shop_blocked: () => ({
    cure: "Correct the shop's password in AccountShop, then unblock it.",
    run: "hermes shops",
  }),
  breaker_open: () => ({ cure: "Wait: the partner is tried again by itself.", run: "hermes status" }),
  stalled: (type) => ({ cure: "Look at one of them.", run: `hermes pending ${type}` }),
};

function checkStream({ type, entries, hasGroup, deadLastHour }: StreamFacts): DoctorFinding[] {
  const found: DoctorFinding[] = [];
  if (entries > 0 && !hasGroup) {
    found.push(say("error", "group_missing", {
      subject: type,
      en: `The stream of ${type} has ${
        counted(entries, "entry", "entries")
      } and no consumer group: none is delivered until a worker makes it anew`,
      vi: `Hàng đợi ${type} có ${entries} chứng từ nhưng không có consumer group nên chưa gửi được`,
      cure: "Start a worker of the type: it makes the group at the beginning of the stream.",
      run: `deno task worker:${type}`,
    }));
  }
  if (deadLastHour > 0) {
    const count = deadLastHour >= deadCountMax ? `${deadCountMax} or more` : String(deadLastHour);
    const letters = deadLastHour === 1 ? "dead letter" : "dead letters";
    found.push(say("warning", "dead_growing", {
      subject: type,
      en: `${type}: ${count} ${letters} in the last hour`,
      vi: `${type}: ${count} chứng từ không gửi được trong một giờ qua`,
      cure: "See the causes, correct the data, and redrive.",
      run: "hermes failures",
    }));
  }
  return found;
}

function oldestWaiting({ type, oldestWaitingMs, dead }: TypeStatus): DoctorFinding[] {
  const found: DoctorFinding[] = [];
  if (oldestWaitingMs !== null && oldestWaitingMs > oldMs) {
    const since = span(oldestWaitingMs);
    found.push(say("warning", "pending_old", {
      subject: type,
      en: `${type}: the oldest pending document has waited ${since.en}`,
      vi: `${type}: chứng từ chờ lâu nhất đã ${since.vi}`,
      cure: "Look why.",
      run: `hermes pending ${type}`,
    }));
  }
  if (dead !== null && dead > 0) {
    found.push(say("info", "dead_letters", {
      subject: type,
      en: `${type}: ${counted(dead, "dead letter")} ${
        dead === 1 ? "waits" : "wait"
      } for a decision (hermes dead list)`,
      vi: `${type}: ${dead} chứng từ đang nằm trong hàng lỗi`,
    }));
  }
  return found;
}

function allWell(types: readonly TypeStatus[]): DoctorFinding {
  const alive = types.reduce((sum, { workers }) => sum + workers.filter((worker) => worker.alive).length, 0);
  return say("ok", "flow", {
    en: `Documents flow: ${counted(alive, "worker")} alive, scans on time`,
    vi: `Chứng từ đang chạy bình thường, ${alive} worker hoạt động`,
  });
}
