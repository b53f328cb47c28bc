// One sentence about a document: what is the matter, and what to do. Pure; the last word of why.ts.
import type { ScanBeat } from "../beats.ts";
import { causeOf } from "./causes.ts";
import { patternOf, readMessage } from "./failure_words.ts";
import { span } from "./spans.ts";
import type { FlightFacts, RowFacts, Severity, Story, Verdict, VerdictName, Words } from "./types.ts";

/** What is known when the sentence is made. */
export interface VerdictFacts extends Omit<Story, "verdict" | "timeline"> {
  /** Which scheduler scans; null when none does. */
  leader: string | null;
  lastScan: ScanBeat | null;
  nowMs: number;
  /** A service that could not be asked: the sentence says so instead of guessing. */
  sourceAway: boolean;
  redisAway: boolean;
}

/** How long a document may be without lines, ms (design, section 3). */
const linesDueMs = 600_000;

/** The first that holds, from what is over to what is still to come. */
export function verdictOf(facts: VerdictFacts): Verdict {
  const { row } = facts;
  if (facts.sourceAway) return sourceAway(facts);
  if (!row) return rowGone(facts);
  if (row.status === "SYNC_SUCCESS") return synced(row);
  if (row.status === "SYNC_FAILED") return failed(row, facts);
  if (row.status !== "PENDING_SYNC") return otherStatus(row);
  if (facts.redisAway) {
    return verdict("unknown", "error", {
      vi:
        "Chứng từ đang chờ đồng bộ nhưng không hỏi được Redis: kiểm tra Redis (hermes status), chứng từ không mất.",
      en:
        "It wants syncing, but Redis cannot be asked: look after Redis (hermes status); the document is not lost.",
    });
  }
  return facts.flight ? inFlight(facts, facts.flight) : notInFlight(facts, row);
}

function synced({ nationalCode }: RowFacts): Verdict {
  const code = nationalCode
    ? { vi: `, mã quốc gia ${nationalCode}`, en: `; its national code is ${nationalCode}` }
    : {
      vi: ", Dược Quốc gia không trả mã",
      en: "; the partner gave no national code",
    };
  return verdict("synced", "ok", {
    vi: `Đã đồng bộ${code.vi}. Không cần làm gì.`,
    en: `It is synced${code.en}. Nothing is to be done.`,
  });
}

function failed({ message }: RowFacts, { flight, code }: VerdictFacts): Verdict {
  if (flight && flight.state !== "lost") {
    return verdict("failed", "warning", {
      vi:
        "Dòng dữ liệu ghi thất bại nhưng chứng từ còn trong hàng: worker sẽ dọn trong vài phút, rồi hỏi lại.",
      en:
        "The row says failed while its entry is still in the stream: a worker clears it within minutes, then ask again.",
    });
  }
  const words = readMessage(message ?? "");
  const { title, advice } = causeOf(words.kind, patternOf(words));
  const name = words.kind === "other" ? "failed" : words.kind;
  const said = words.words === "" ? "" : ` — “${words.words}”`;
  return verdict(name, "error", {
    vi: `${title.vi}${said}. ${advice.vi} Gửi lại: hermes retry ${code}.`,
    en: `${title.en}${said}. ${advice.en} To send it again: hermes retry ${code}.`,
  });
}

function otherStatus({ status }: RowFacts): Verdict {
  return verdict("other_status", "note", {
    vi:
      `Dòng dữ liệu ở trạng thái ${status}, không phải PENDING_SYNC: Hermes không gửi. Phần mềm nhà thuốc phải đặt PENDING_SYNC.`,
    en:
      `The row's status is ${status}, not PENDING_SYNC, so Hermes does not send it. The pharmacy's software has to set PENDING_SYNC.`,
  });
}

function rowGone({ flight }: VerdictFacts): Verdict {
  const rest = flight
    ? { vi: "; lần gửi tới worker sẽ bỏ nó", en: "; a worker drops it at its next delivery" }
    : { vi: "", en: "" };
  return verdict("row_gone", "note", {
    vi: `Không còn dòng dữ liệu nào của chứng từ này trong SQL Server${rest.vi}; phần trên là nhật ký cũ.`,
    en: `SQL Server has no row of this document any more${rest.en}; what is shown is history.`,
  });
}

function sourceAway({ deadLetters, flight }: VerdictFacts): Verdict {
  const known = flight
    ? { vi: "nó còn trong hàng gửi", en: "it is in the stream" }
    : deadLetters.length > 0
    ? { vi: "nó nằm trong hàng chứng từ lỗi", en: "it is among the dead letters" }
    : { vi: "nó không có trong hàng gửi", en: "it is not in the stream" };
  return verdict("unknown", "error", {
    vi: `Không hỏi được SQL Server nên chưa biết trạng thái; ${known.vi}. Kiểm tra SQL Server rồi hỏi lại.`,
    en:
      `SQL Server cannot be asked, so its status is not known; ${known.en}. Look after SQL Server, then ask again.`,
  });
}

/** It wants syncing and has an entry. */
function inFlight(facts: VerdictFacts, flight: FlightFacts): Verdict {
  if (flight.state === "lost") {
    return verdict("lost_entry", "warning", {
      vi:
        "Mục trong hàng gửi đã bị xóa bằng tay; scheduler tự sửa trong 5 phút và đưa vào lại. Không cần làm gì.",
      en:
        "Its entry was deleted by hand; the scheduler repairs that within 5 min and enqueues it again. Nothing is to be done.",
    });
  }
  if (flight.worker?.startsWith("newer:")) {
    return verdict("needs_newer_worker", "warning", {
      vi:
        "Do phiên bản Hermes mới hơn đưa vào hàng; các worker đã thấy nó quá cũ nên để nguyên. Nâng cấp worker, chứng từ không mất.",
      en:
        "A newer Hermes enqueued it, and the workers that met it are too old and left it alone. Upgrade the workers; the document is not lost.",
    });
  }
  if (flight.receipt) {
    return verdict("written_soon", "ok", {
      vi: "Dược Quốc gia đã nhận; kết quả đang được ghi vào SQL Server. Không cần làm gì.",
      en: "The partner has accepted it; the result is on its way to SQL Server. Nothing is to be done.",
    });
  }
  if (flight.state === "held" && flight.workerAlive) {
    return verdict("in_hand", "ok", {
      vi: `Worker ${flight.worker} đang gửi (lần ${flight.deliveries}). Chờ vài giây rồi hỏi lại.`,
      en:
        `Worker ${flight.worker} is sending it (delivery ${flight.deliveries}). Ask again in a few seconds.`,
    });
  }
  return waitingInStream(facts, flight);
}

function waitingInStream(facts: VerdictFacts, flight: FlightFacts): Verdict {
  const { type, paused, workersAlive, breakerOpen, nowMs } = facts;
  if (paused) return pausedVerdict(facts);
  if (workersAlive === 0) {
    const name = flight.state === "fresh" ? "queued_no_worker" : "due_no_worker";
    return verdict(name, "error", {
      vi: `Nằm trong hàng nhưng không có worker ${type} nào chạy: khởi động worker:${type}.`,
      en: `It is in the stream, but no worker of ${type} runs: start worker:${type}.`,
    });
  }
  const left = flight.dueAtMs === null ? span(0) : span(flight.dueAtMs - nowMs);
  if (breakerOpen) {
    return verdict("breaker_open", "warning", {
      vi: `Dược Quốc gia không trả lời; chứng từ chờ, không mất${
        flight.state === "later" ? `, thử lại sau ${left.vi}` : ""
      }. Không cần làm gì.`,
      en: `The partner does not answer; the document waits and is not lost${
        flight.state === "later" ? `, next delivery in ${left.en}` : ""
      }. Nothing is to be done.`,
    });
  }
  if (flight.state === "later") {
    const said = facts.lastFailure ? ` — “${facts.lastFailure.message}”` : "";
    return verdict("retry_later", "warning", {
      vi:
        `Lần gửi thứ ${flight.deliveries} không thành công${said}; gửi lại sau ${left.vi}. Muốn gửi ngay: hermes retry ${facts.code}.`,
      en:
        `Delivery ${flight.deliveries} failed${said}; the next is in ${left.en}. To send it now: hermes retry ${facts.code}.`,
    });
  }
  const since = span(nowMs - flight.enqueuedAtMs);
  return verdict("queued", "ok", {
    vi: `Nằm trong hàng từ ${since.vi} trước, đến lượt sẽ gửi. Nếu lâu, xem tốc độ bằng hermes status.`,
    en:
      `It has been in the stream for ${since.en} and is sent in its turn. If that takes long, hermes status shows the rate.`,
  });
}

/** It wants syncing and is not in Redis. */
function notInFlight(facts: VerdictFacts, row: RowFacts): Verdict {
  const { blocked, leader, lastScan, paused, nowMs, shop } = facts;
  if (blocked) {
    const left = span(blocked.untilMs - nowMs);
    return verdict("shop_blocked", "error", {
      vi:
        `Cửa hàng ${shop} không đăng nhập được (${blocked.why}), thử lại sau ${left.vi}: sửa mật khẩu trong AccountShop rồi chạy hermes shops unblock ${shop}.`,
      en:
        `The login of shop ${shop} is refused (${blocked.why}), tried again in ${left.en}: correct the password in AccountShop, then hermes shops unblock ${shop}.`,
    });
  }
  if (leader === null) {
    return verdict("no_scheduler", "error", {
      vi: "Đang chờ đồng bộ nhưng không có scheduler nào chạy: khởi động scheduler (hoặc chạy hermes scan).",
      en: "It wants syncing, but no scheduler runs: start the scheduler (or run hermes scan).",
    });
  }
  if (lastScan?.error) {
    return verdict("not_scanned", "error", {
      vi: `Đang chờ đồng bộ nhưng scheduler quét lỗi: ${lastScan.error}.`,
      en: `It wants syncing, but the scheduler's scan fails: ${lastScan.error}.`,
    });
  }
  if (row.lines === 0 && nowMs - (row.createdAtMs ?? 0) < linesDueMs) {
    return verdict("waiting_for_lines", "note", {
      vi: "Chưa có dòng hàng nào; Hermes chờ dòng hàng đến 10 phút sau khi chứng từ được tạo.",
      en: "It has no lines yet; Hermes waits for them until 10 min after the document was created.",
    });
  }
  if (paused) return pausedVerdict(facts);
  return verdict("not_scanned", "ok", {
    vi: "Đang chờ lần quét tới (vài giây); nếu hàng gửi đầy thì chờ đến lượt. Muốn quét ngay: hermes scan.",
    en: "It waits for the next scan (seconds), or for room in the stream. To scan now: hermes scan.",
  });
}

function pausedVerdict({ type, paused }: VerdictFacts): Verdict {
  const by = paused?.by ? { vi: ` bởi ${paused.by}`, en: ` by ${paused.by}` } : { vi: "", en: "" };
  return verdict("paused", "warning", {
    vi: `${type} đang bị tạm dừng${by.vi}: chạy hermes resume ${type} để gửi tiếp.`,
    en: `${type} is paused${by.en}: hermes resume ${type} lets it go on.`,
  });
}

function verdict(name: VerdictName, severity: Severity, words: Words): Verdict {
  return { name, severity, ...words };
}
