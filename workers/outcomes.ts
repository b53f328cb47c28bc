// What a decision means in words and rows: the log line, the row's result, the dead letter, the journal's records.
// Between decide and write-back. Pure but for the log.
import type { Clock } from "../shared/clock.ts";
import type { Claim, DocumentType, RowResult } from "../shared/document.ts";
import type { JournalRecord } from "../shared/journal_records.ts";
import type { Log } from "../shared/log.ts";
import { withoutNames } from "../shared/personal.ts";
import type { Burial } from "../shared/stream.ts";
import type { Decision } from "./decide.ts";
import { failureRecord, type RecordContext, taskRecord } from "./records.ts";

type Of<Kind extends Decision["kind"]> = Extract<Decision, { kind: Kind }>;

/** What write-back needs besides the claim. */
export interface ResultParts {
  row: RowResult;
  burial: Burial | null;
  records: JournalRecord[];
}

export class Outcomes {
  readonly #type: DocumentType;
  readonly #queue: string;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(parts: { type: DocumentType; queue: string; clock: Clock; log: Log }) {
    this.#type = parts.type;
    this.#queue = parts.queue;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  accepted(claim: Claim, decision: Of<"accepted">): ResultParts {
    const { nationalCode, message } = decision;
    const row = { key: claim.entry.key, status: "SYNC_SUCCESS" as const, nationalCode, message };
    const event = { status: "SUCCESS" as const, event: "accepted", nationalCode };
    return { row, burial: null, records: [taskRecord(claim, this.#context(), event)] };
  }

  refused(claim: Claim, decision: Of<"refused">): ResultParts {
    const { reason, status, message: detail } = decision;
    const message = messageFor(claim, decision);
    const error = { kind: reason, status, message: detail };
    return {
      row: { key: claim.entry.key, status: "SYNC_FAILED", nationalCode: null, message },
      burial: { entry: claim.entry, reason, detail, deliveries: claim.deliveries },
      records: [
        taskRecord(claim, this.#context(), {
          status: "FAILED",
          event: "buried",
          detail: reason,
          error: detail,
        }),
        failureRecord(claim, this.#context(), error),
      ],
    };
  }

  retried(claim: Claim, decision: Of<"retry">): JournalRecord[] {
    const detail = `again in ${decision.delayMs} ms: ${decision.message}`;
    return [
      taskRecord(claim, this.#context(), {
        status: "RETRYING",
        event: "retry",
        detail,
        error: decision.message,
      }),
    ];
  }

  returned(claim: Claim, decision: Of<"return">): JournalRecord[] {
    return [
      taskRecord(claim, this.#context(), { status: "RETURNED", event: "returned", error: decision.message }),
    ];
  }

  /** What an earlier delivery, or the pharmacy, ended: that delivery may have died before it told the journal. */
  ended(claim: Claim, decision: Of<"synced" | "failed" | "gone">): JournalRecord[] {
    const status = { synced: "SUCCESS", failed: "FAILED", gone: "RETURNED" } as const;
    const detail = decision.kind === "gone" ? decision.reason : "written back by an earlier delivery";
    return [
      taskRecord(claim, this.#context(), { status: status[decision.kind], event: decision.kind, detail }),
    ];
  }

  /** For a document whose failure an earlier delivery wrote back, and died before it buried. */
  burialAgain(claim: Claim): Burial {
    const detail = "refused on an earlier delivery; the row's message has the partner's words";
    return { entry: claim.entry, reason: "refused", detail, deliveries: claim.deliveries };
  }

  logReplaced(claim: Claim): void {
    const { id: entry, code, shop } = claim.entry;
    this.#log.event("document.replaced", { type: this.#type, entry, code, shop, delivery: claim.deliveries });
  }

  log(claim: Claim, decision: Decision, ms: number): void {
    const { id: entry, code, shop } = claim.entry;
    const ids = { type: this.#type, entry, code, shop };
    const delivery = claim.deliveries;
    // Only where it is shown: it takes as long as the rest of a delivery together.
    const isShown = decision.kind !== "accepted" && "message" in decision;
    const reason = isShown ? withoutNames(this.#type, claim.entry.body, decision.message) : "";
    const status = "status" in decision ? decision.status ?? undefined : undefined;
    switch (decision.kind) {
      case "accepted":
        return this.#log.event("document.accepted", {
          ...ids,
          delivery,
          ms,
          national_code: decision.nationalCode ?? "-",
        });
      case "refused":
        return decision.reason === "refused"
          ? this.#log.event("document.refused", {
            ...ids,
            delivery,
            status: decision.status ?? 0,
            answer: reason,
          })
          : this.#log.event("document.buried", { ...ids, status, deliveries: delivery, reason });
      case "retry":
        return this.#log.event("document.retried", {
          ...ids,
          delivery,
          status,
          delay_ms: decision.delayMs,
          reason,
        });
      case "wait":
        return this.#log.event("document.waiting", { ...ids, delay_ms: decision.delayMs, reason });
      case "return":
        return this.#log.event("document.returned", { ...ids, account: decision.account, reason });
      case "synced":
      case "failed":
        return this.#log.event("document.already_synced", ids);
      case "gone":
        return this.#log.event("document.gone", { ...ids, reason: decision.reason });
    }
  }

  #context(): RecordContext {
    return { type: this.#type, queue: this.#queue, nowMs: this.#clock.now() };
  }
}

/** What the pharmacist reads in the row: the partner's own words, or that the partner could not be reached. */
function messageFor(claim: Claim, decision: Of<"refused">): string {
  const status = decision.status === null ? "" : ` (${decision.status})`;
  if (decision.reason === "refused") return `Dược Quốc gia từ chối${status}: ${decision.message}`;
  return `Gửi ${claim.deliveries} lần không thành công${status}: ${decision.message}. Kiểm tra rồi đồng bộ lại.`;
}
