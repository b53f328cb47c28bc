// Metrics out of the log: work code says what happened, as events; here they are counted on their way to the log, whatever its level.
import { SourceError } from "./errors.ts";
import type { Log } from "./log.ts";
import type { EventName, FieldsOf } from "./log_events.ts";
import type { Metrics } from "./metrics.ts";

type Counts = { readonly [E in EventName]?: (metrics: Metrics, fields: FieldsOf<E>) => void };

/** What an event adds to. */
const counts: Counts = {
  "document.accepted": document("accepted"),
  "document.refused": document("refused"),
  "document.buried": document("dead"),
  "document.retried": document("retried"),
  "document.waiting": document("waited"),
  "document.returned": document("returned"),
  "document.gone": document("gone"),
  "document.already_synced": document("written_before"),
  "entry.unreadable": document("unreadable"),
  "document.replaced": ({ replaced }, { type = "" }) => replaced.inc({ type }),
  "document.lost": ({ lost }) => lost.inc(),

  "scan.finished": ({ scans, scanSeconds, rows }, { type, ms, found, enqueued, invalid = 0 }) => {
    scans.inc({ type, result: "finished" });
    scanSeconds.observe({ type }, ms / 1000);
    rows.inc({ type, result: "found" }, found);
    rows.inc({ type, result: "enqueued" }, enqueued);
    rows.inc({ type, result: "invalid" }, invalid);
  },
  "scan.failed": ({ scans, errors }, { type, error }) => {
    scans.inc({ type, result: "failed" });
    errors.inc({ service: error instanceof SourceError ? "sqlserver" : "redis" });
  },

  "login.succeeded": ({ logins }) => logins.inc({ result: "succeeded" }),
  "login.refused": ({ logins }) => logins.inc({ result: "refused" }),
  "login.failed": ({ logins }) => logins.inc({ result: "failed" }),

  "redis.lost": ({ errors }) => errors.inc({ service: "redis" }),
  "settle.failed": ({ errors }) => errors.inc({ service: "redis" }),
  "source.lost": ({ errors }) => errors.inc({ service: "sqlserver" }),
  "result.unwritable": ({ errors }) => errors.inc({ service: "sqlserver" }),
  "journal.lost": ({ errors, serviceUp }) => {
    errors.inc({ service: "mongodb" });
    serviceUp.set({ service: "mongodb" }, 0);
  },
  "journal.back": ({ serviceUp }) => serviceUp.set({ service: "mongodb" }, 1),
  "journal.dropped": ({ journalDropped }, { count }) => journalDropped.inc(count),
};

/** The same log; what goes through it is counted. */
export function countingLog(log: Log, metrics: Metrics): Log {
  return {
    event(name, ...given) {
      const [fields] = given;
      if (fields) counts[name]?.(metrics, fields);
      log.event(name, ...given);
    },
  };
}

function document(result: string) {
  return ({ documents }: Metrics, { type = "" }: { type?: string | undefined }) =>
    documents.inc({ type, result });
}
