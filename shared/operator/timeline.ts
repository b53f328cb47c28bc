// A document's story in order: its row, its entries, each delivery and answer, its dead letters, what comes next. Pure; why.ts gathers the facts.
import type { FailureRecordRead, TaskRecordRead } from "./journal_reader.ts";
import { span } from "./spans.ts";
import type { DeadLetter, FlightFacts, RowFacts, ServiceName, TimelineEvent, Words } from "./types.ts";

export interface TimelineFacts {
  row: RowFacts | null;
  flight: FlightFacts | null;
  deadLetters: readonly DeadLetter[];
  tasks: readonly TaskRecordRead[];
  failures: readonly FailureRecordRead[];
  nowMs: number;
}

/** Oldest first; what is still to come stands at the end. */
export function timelineOf(facts: TimelineFacts): TimelineEvent[] {
  const events = [
    ...rowEvents(facts.row),
    ...facts.tasks.flatMap((task) => taskEvents(task, facts.failures)),
    ...facts.failures.map(failureEvent),
    ...facts.deadLetters.map((letter) => deadEvent(letter, facts.failures)),
    ...flightEvents(facts),
  ];
  // What happened in the same ms stays in this order.
  return events.map((event, at) => ({ event, at }))
    .sort((a, b) => a.event.atMs - b.event.atMs || a.at - b.at).map(({ event }) => event);
}

function rowEvents(row: RowFacts | null): TimelineEvent[] {
  if (!row) return [];
  const events: TimelineEvent[] = [];
  if (row.createdAtMs !== null) {
    const words = { vi: "Dòng dữ liệu được tạo", en: "The row was created" };
    events.push(entry(row.createdAtMs, "row_created", "sqlserver", words));
  }
  if (row.updatedAtMs !== null && row.updatedAtMs !== row.createdAtMs) {
    const words = { vi: `Dòng dữ liệu ở trạng thái ${row.status}`, en: `The row became ${row.status}` };
    events.push(entry(row.updatedAtMs, "row_changed", "sqlserver", words, row.message));
  }
  return events;
}

const taskWords: Record<string, Words> = {
  enqueued: { vi: "Đưa vào hàng gửi", en: "Put into the stream" },
  accepted: { vi: "Dược Quốc gia nhận", en: "The partner accepted it" },
  retry: { vi: "Gửi không thành công, sẽ gửi lại", en: "A delivery failed and will be repeated" },
  returned: { vi: "Trả về: không đăng nhập được", en: "Given back: the login is refused" },
  buried: { vi: "Ngừng gửi, thành chứng từ lỗi", en: "Given up, a dead letter" },
};

/** The record's last error belongs to its last event that can have one. A burial is told by its failure record, which knows more. */
function taskEvents(task: TaskRecordRead, failures: readonly FailureRecordRead[]): TimelineEvent[] {
  const isTold = failures.some(({ task_id }) => task_id === task.task_id);
  const lastWithWords = task.events.findLastIndex(({ event }) =>
    event !== "enqueued" && event !== "accepted"
  );
  return task.events.flatMap(({ at, event, detail }, index) => {
    if (event === "buried" && isTold) return [];
    const words = taskWords[event] ?? { vi: event, en: event };
    const error = index === lastWithWords ? task.error : undefined;
    const national = event === "accepted" ? task.national_id : undefined;
    const said = [detail, error, national].filter((part) => part && !detail?.includes(`: ${part}`));
    return { ...entry(at.getTime(), event, "mongodb", words, said.join(": ")), entryId: task.task_id };
  });
}

function failureEvent({ task_id, error, deliveries, failed_at }: FailureRecordRead): TimelineEvent {
  const status = error.status === null ? "" : ` (${error.status})`;
  const words = error.kind === "invalid"
    ? { vi: "Không gửi: vi phạm quy định", en: "Not sent: it breaks a rule" }
    : {
      vi: `Ngừng gửi sau ${deliveries} lần${status}`,
      en: `Given up after ${deliveries} ${deliveries === 1 ? "delivery" : "deliveries"}${status}`,
    };
  return { ...entry(failed_at.getTime(), "failed", "mongodb", words, error.message), entryId: task_id };
}

function deadEvent(
  { entryId, reason, detail, diedAtMs }: DeadLetter,
  failures: readonly FailureRecordRead[],
): TimelineEvent {
  const isTold = failures.some(({ task_id }) => task_id === entryId);
  const words = {
    vi: `Nằm trong hàng chứng từ lỗi (${reason})`,
    en: `In the dead-letter stream (${reason})`,
  };
  return { ...entry(diedAtMs, "dead_letter", "redis", words, isTold ? null : detail), entryId };
}

function flightEvents({ flight, tasks, nowMs }: TimelineFacts): TimelineEvent[] {
  if (!flight) return [];
  const { entryId, worker, deliveries, dueAtMs, state } = flight;
  const events: TimelineEvent[] = [];
  // Without a journal, the entry itself still tells when it was enqueued.
  if (!tasks.some(({ task_id }) => task_id === entryId)) {
    events.push(entry(flight.enqueuedAtMs, "enqueued", "redis", taskWords.enqueued ?? { vi: "", en: "" }));
  }
  if (state === "held") {
    events.push(entry(nowMs, "held", "redis", {
      vi: `Worker ${worker} đang giữ, lần gửi thứ ${deliveries}`,
      en: `Worker ${worker} has it, delivery ${deliveries}`,
    }));
  } else if (dueAtMs !== null && state !== "lost") {
    const left = span(dueAtMs - nowMs);
    events.push(entry(dueAtMs, "next_delivery", "redis", {
      vi: state === "due" ? "Đến hạn gửi lại" : `Gửi lại sau ${left.vi} (đã gửi ${deliveries} lần)`,
      en: state === "due"
        ? "Due to be delivered again"
        : `Next delivery in ${left.en} (${deliveries} so far)`,
    }));
  }
  return events.map((event) => ({ ...event, entryId }));
}

function entry(
  atMs: number,
  event: string,
  from: ServiceName,
  words: Words,
  detail?: string | null,
): TimelineEvent {
  return { atMs, event, from, ...words, ...(detail ? { detail } : {}) };
}
