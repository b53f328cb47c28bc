// What stands out in a status, as sentences: the first thing that the person called at night reads. Pure. After status.ts has asked everyone.
import type { ScanBeat } from "../beats.ts";
import { span } from "./spans.ts";
import type { Finding, Severity, Status, Trouble, TypeStatus, Words } from "./types.ts";

const order: readonly Severity[] = ["error", "warning", "note", "ok"];
/** A worker whose reading loop has not turned for so long is stuck, ms. */
const loopStuckMs = 60_000;
/** A row pending for so long while nothing is done to any, ms. */
const stalledMs = 300_000;

/** Worst first. */
export function findingsOf(status: Omit<Status, "findings">): Finding[] {
  const found = [
    ...status.troubles.map(awayFinding),
    ...schedulerFindings(status),
    ...status.types.flatMap((type) => typeFindings(type, status)),
    ...status.blockedShops.map(({ shop, why, untilMs }) =>
      finding("warning", "shop_blocked", {
        vi: `Cửa hàng ${shop} đang bị tạm dừng vì không đăng nhập được: ${why}. Thử lại sau ${
          span(untilMs - status.atMs).vi
        }; sửa mật khẩu trong AccountShop rồi chạy hermes shops unblock ${shop}.`,
        en: `Shop ${shop} is blocked, its login is refused: ${why}. Tried again in ${
          span(untilMs - status.atMs).en
        }; correct the password in AccountShop, then hermes shops unblock ${shop}.`,
      })
    ),
  ];
  return found.sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}

const services: Record<Trouble["service"], Words & { severity: Severity }> = {
  sqlserver: {
    severity: "error",
    vi: "Không hỏi được SQL Server: không tìm được chứng từ mới, kết quả chưa ghi lại được (không mất)",
    en:
      "SQL Server cannot be asked: no new documents are found, results wait to be written (nothing is lost)",
  },
  redis: {
    severity: "error",
    vi: "Không hỏi được Redis: không chứng từ nào được gửi (không mất, nguồn là SQL Server)",
    en: "Redis cannot be asked: no document is sent (nothing is lost, SQL Server has them all)",
  },
  mongodb: {
    severity: "warning",
    vi: "Không hỏi được MongoDB: thiếu nhật ký, việc gửi vẫn chạy",
    en: "MongoDB cannot be asked: the journal is missing, delivery goes on",
  },
};

function awayFinding({ service, message }: Trouble): Finding {
  const { severity, vi, en } = services[service];
  return finding(severity, `${service}_away`, { vi: `${vi}: ${message}`, en: `${en}: ${message}` });
}

function schedulerFindings({ leader, types, troubles, atMs }: Omit<Status, "findings">): Finding[] {
  if (troubles.some(({ service }) => service === "redis")) return [];
  if (leader === null) {
    return [finding("error", "no_scheduler", {
      vi: "Không có scheduler nào chạy: chứng từ mới không được đưa vào hàng. Khởi động scheduler.",
      en: "No scheduler runs: new documents are not enqueued. Start the scheduler.",
    })];
  }
  return types.flatMap(({ type, lastScan }) => {
    // While SQL Server is away, that is said once already.
    if (lastScan?.error && troubles.some(({ service }) => service === "sqlserver")) return [];
    if (lastScan?.error) {
      return [finding("error", "scan_failing", {
        vi: `Quét ${type} lỗi: ${lastScan.error}`,
        en: `The scan of ${type} fails: ${lastScan.error}`,
      }, type)];
    }
    if (!isScanLate(lastScan, atMs)) return [];
    const since = lastScan ? span(atMs - lastScan.atMs) : null;
    return [finding("warning", "scan_late", {
      vi: `Chưa quét ${type} ${
        since ? `từ ${since.vi} trước` : "lần nào"
      }; xem nhật ký của scheduler ${leader}.`,
      en: `${type} has not been scanned ${
        since ? `for ${since.en}` : "yet"
      }; look at the log of scheduler ${leader}.`,
    }, type)];
  });
}

function typeFindings(status: TypeStatus, { atMs }: { atMs: number }): Finding[] {
  const { type, paused, dead } = status;
  const found: Finding[] = [...workerFindings(status, atMs), ...newerFindings(status)];
  if (paused) {
    const by = paused.by === "" ? { vi: "", en: "" } : { vi: ` bởi ${paused.by}`, en: ` by ${paused.by}` };
    found.push(finding("warning", "paused", {
      vi: `${type} đang tạm dừng${by.vi}; chạy tiếp bằng hermes resume ${type}.`,
      en: `${type} is paused${by.en}; hermes resume ${type} lets it go on.`,
    }, type));
  }
  if (dead !== null && dead > 0) {
    found.push(finding("note", "dead_letters", {
      vi: `${type}: ${dead} chứng từ không gửi được; xem nguyên nhân bằng hermes failures.`,
      en: `${type}: ${dead} ${
        dead === 1 ? "document" : "documents"
      } could not be sent; hermes failures tells why.`,
    }, type));
  }
  if (found.every(({ severity }) => severity === "note") && isStalled(status)) {
    found.push(finding("warning", "stalled", {
      vi: `${type}: có chứng từ chờ ${
        span(status.oldestWaitingMs ?? 0).vi
      } mà phút qua không chứng từ nào xong; chạy hermes doctor.`,
      en: `${type}: a document has waited ${
        span(status.oldestWaitingMs ?? 0).en
      } and none was done in the last minute; run hermes doctor.`,
    }, type));
  }
  return found;
}

function workerFindings({ type, workers, pending, inStream }: TypeStatus, atMs: number): Finding[] {
  if (inStream === null) return [];
  const alive = workers.filter((worker) => worker.alive);
  const silent = workers.filter((worker) => !worker.alive).map(({ name, lastBeatAtMs }) =>
    finding("note", "worker_silent", {
      vi: `Worker ${name} (${type}) im lặng từ ${
        span(atMs - lastBeatAtMs).vi
      } trước; chứng từ của nó đã chuyển cho worker khác.`,
      en: `Worker ${name} (${type}) was last heard of ${
        span(atMs - lastBeatAtMs).en
      } ago; its documents move to others.`,
    }, type)
  );
  if (alive.length === 0) {
    const waiting = inStream > 0 || (pending?.count ?? 0) > 0;
    return [
      finding(waiting ? "error" : "warning", "no_worker", {
        vi: `Không có worker ${type} nào chạy: không chứng từ nào được gửi. Khởi động worker:${type}.`,
        en: `No worker of ${type} runs: none of its documents is sent. Start worker:${type}.`,
      }, type),
      ...silent,
    ];
  }
  return [...breakerFindings(type, alive, atMs), ...stuckFindings(type, alive, atMs), ...silent];
}

function breakerFindings(
  type: TypeStatus["type"],
  alive: TypeStatus["workers"],
  atMs: number,
): Finding[] {
  const open = alive.filter(({ breaker }) => breaker !== "closed");
  if (open.length === 0) return [];
  const probes = open.flatMap(({ probeAtMs }) => probeAtMs ?? []);
  const left = span(probes.length === 0 ? 0 : Math.min(...probes) - atMs);
  return [finding("error", "breaker_open", {
    vi:
      `Dược Quốc gia không trả lời ${type} (${open.length}/${alive.length} worker): không cần làm gì, thử lại sau ${left.vi}, không chứng từ nào mất.`,
    en:
      `The partner does not answer for ${type} (${open.length} of ${alive.length} workers): nothing is to be done, next probe in ${left.en}, nothing is lost.`,
  }, type)];
}

/** During an upgrade some workers are older than some entries; that is worth a word only while nobody else sends these. */
function newerFindings({ type, workers, newer, newerVersion }: TypeStatus): Finding[] {
  const alive = workers.filter((worker) => worker.alive);
  if (!newer || newerVersion === null || alive.length === 0) return [];
  const older = alive.filter(({ entryVersion }) => (entryVersion ?? 1) < newerVersion);
  if (older.length === 0) return [];
  const names = older.map(({ name }) => name).join(", ");
  return [finding(older.length === alive.length ? "error" : "note", "entries_newer", {
    vi:
      `${type}: ${newer} chứng từ do phiên bản Hermes mới hơn đưa vào hàng, worker ${names} quá cũ để gửi; nâng cấp các worker đó (không chứng từ nào mất).`,
    en: `${type}: ${newer} ${
      newer === 1 ? "document was" : "documents were"
    } enqueued by a newer Hermes, and worker ${names} is too old for that; upgrade it (nothing is lost).`,
  }, type)];
}

function stuckFindings(type: TypeStatus["type"], alive: TypeStatus["workers"], atMs: number): Finding[] {
  // A worker that has just begun has not turned yet.
  const since = alive.map(({ name, turnedAtMs, startedAtMs }) => ({
    name,
    turnedAtMs: Math.max(turnedAtMs, startedAtMs),
  }));
  return since.filter(({ turnedAtMs }) => atMs - turnedAtMs > loopStuckMs).map(({ name, turnedAtMs }) =>
    finding("error", "worker_stuck", {
      vi: `Worker ${name} (${type}) còn sống nhưng không lấy chứng từ từ ${
        span(atMs - turnedAtMs).vi
      } trước; khởi động lại nó.`,
      en: `Worker ${name} (${type}) is alive but has taken nothing for ${
        span(atMs - turnedAtMs).en
      }; restart it.`,
    }, type)
  );
}

function isStalled({ oldestWaitingMs, ratePerMinute, dueLater }: TypeStatus): boolean {
  return (oldestWaitingMs ?? 0) > stalledMs && ratePerMinute === 0 && dueLater === 0;
}

function finding(severity: Severity, name: string, words: Words, type?: TypeStatus["type"]): Finding {
  return { severity, name, ...words, ...(type === undefined ? {} : { type }) };
}

/** A scan is late when it is older than this, ms: a scheduler sweeps every few seconds, a minute at most. */
const scanLateMs = 90_000;

/** Whether a type's rows are being looked for. */
function isScanLate(scan: ScanBeat | null, nowMs: number): boolean {
  return scan === null || nowMs - scan.atMs > scanLateMs;
}
