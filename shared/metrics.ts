// Every metric of Hermes, once: its name, what it says, its labels. Prometheus' text format; shared/health.ts serves it.
// What is counted as it happens comes from metrics_log.ts (events) and observation.ts (times); what stands at the moment
// of asking from metrics_state.ts. No label has more values than there are types, results and services: no shop, no code.
import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** From an answer at once to the longest API_TIMEOUT_SECONDS, s. */
const callBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
/** An UPDATE of a batch takes some 10 ms; while SQL Server is away, as long as that takes, s. */
const writeBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 120, 600];
const scanBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const batchBuckets = [1, 2, 5, 10, 20, 50, 75, 100];

/** What is read when the metrics are asked for may take so long, ms: a server that is frozen shall not keep the rest back. */
const readWithinMs = 2_000;

/** All metrics of one process. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #readers: (() => void | Promise<void>)[] = [];

  readonly documents = this.#counter(
    "hermes_documents_total",
    "Deliveries that came to an end, by what came of the document",
    ["type", "result"],
  );
  readonly replaced = this.#counter(
    "hermes_documents_replaced_total",
    "Documents that the partner had already, sent again with PUT",
    ["type"],
  );
  readonly lost = this.#counter(
    "hermes_claims_lost_total",
    "Entries that went to another worker while this one held them: it was frozen or cut off from Redis",
  );
  readonly calls = this.#histogram(
    "hermes_call_seconds",
    "Time from a request to the partner to its answer, by what the answer was",
    ["type", "method", "outcome"],
    callBuckets,
  );
  readonly writeBackSeconds = this.#histogram(
    "hermes_write_back_seconds",
    "Time to write a batch of results to SQL Server, with all tries",
    ["type"],
    writeBuckets,
  );
  readonly writeBackDocuments = this.#histogram(
    "hermes_write_back_documents",
    "Results in a batch",
    ["type"],
    batchBuckets,
  );
  readonly scans = this.#counter("hermes_scans_total", "Sweeps and refills, by whether they went well", [
    "type",
    "result",
  ]);
  readonly scanSeconds = this.#histogram(
    "hermes_scan_seconds",
    "Time of a sweep or refill",
    ["type"],
    scanBuckets,
  );
  readonly rows = this.#counter(
    "hermes_rows_total",
    "Rows that scans found wanting to be sent, enqueued, or refused as invalid",
    ["type", "result"],
  );
  readonly logins = this.#counter("hermes_logins_total", "Logins at the partner, by what came of them", [
    "result",
  ]);
  readonly journalDropped = this.#counter(
    "hermes_journal_dropped_total",
    "Journal records given up because MongoDB was away too long",
  );
  readonly errors = this.#counter(
    "hermes_service_errors_total",
    "Failures of a service as the log tells them: lost connections, failed scans and writes",
    ["service"],
  );

  readonly serviceUp = this.#gauge(
    "hermes_service_up",
    "1 while the service answered at the last look, else 0",
    ["service"],
  );
  readonly turned = this.#gauge(
    "hermes_loop_turned_timestamp_seconds",
    "When the reading or scan loop last turned, seconds since 1970",
  );
  readonly breaker = this.#gauge("hermes_breaker_state", "1 for the state that this worker's breaker is in", [
    "type",
    "state",
  ]);
  readonly inHand = this.#gauge(
    "hermes_documents_in_hand",
    "Documents that this worker holds, by their step",
    [
      "type",
      "step",
    ],
  );
  readonly lastResult = this.#gauge(
    "hermes_last_result_timestamp_seconds",
    "When this worker last brought documents to their end, seconds since 1970",
    ["type"],
  );
  readonly leads = this.#gauge(
    "hermes_scheduler_leads",
    "1 while this scheduler is the one that scans, else 0",
  );
  readonly pendingRows = this.#gauge(
    "hermes_pending_rows",
    "Rows in SQL Server that want syncing, counted once a minute and no further than 100,000",
    ["type"],
  );
  readonly oldestPending = this.#gauge(
    "hermes_oldest_pending_seconds",
    "How long the oldest of the first pending rows has waited, looked at once a minute; 0 without any",
    ["type"],
  );
  readonly backlog = this.#gauge("hermes_backlog", "Entries in the stream: documents in flight", ["type"]);
  readonly dueLater = this.#gauge(
    "hermes_due_later",
    "Entries that no worker holds and that wait for their next delivery",
    ["type"],
  );
  readonly oldest = this.#gauge("hermes_oldest_entry_age_seconds", "Age of the oldest entry; 0 without any", [
    "type",
  ]);
  readonly dead = this.#gauge("hermes_dead_letters", "Dead letters that nobody has looked after yet", [
    "type",
  ]);
  readonly workers = this.#gauge("hermes_workers_alive", "Workers that gave a sign of life just now", [
    "type",
  ]);
  readonly paused = this.#gauge("hermes_paused", "1 while an operator has paused the type, else 0", ["type"]);
  readonly shopsBlocked = this.#gauge(
    "hermes_shops_blocked",
    "Shops whose documents wait because their login is refused",
  );

  readonly cpu = this.#counter("process_cpu_seconds_total", "CPU time of this process, user and system");
  readonly memory = this.#gauge("process_resident_memory_bytes", "Resident memory of this process");
  readonly heap = this.#gauge("process_heap_bytes", "JavaScript heap in use");
  readonly started = this.#gauge(
    "process_start_time_seconds",
    "When this process started, seconds since 1970",
  );
  readonly loopDelay = this.#gauge(
    "process_event_loop_delay_seconds",
    "How late the timers of this process were at worst since the last look",
  );

  /** Adds something to be read whenever the metrics are asked for. What it throws, or gives too late, is left out. */
  onRead(read: () => void | Promise<void>): void {
    this.#readers.push(read);
  }

  /** All metrics as text. */
  async text(): Promise<string> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, readWithinMs);
    await Promise.race([Promise.allSettled(this.#readers.map(async (read) => await read())), late.promise]);
    clearTimeout(timer);
    return await this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  #counter<T extends string>(name: string, help: string, labelNames: T[] = []): Counter<T> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge<T extends string>(name: string, help: string, labelNames: T[] = []): Gauge<T> {
    const gauge = new Gauge({ name, help, labelNames, registers: [this.#registry] });
    // Not there until it is set: a worker says nothing of what only the scheduler knows.
    if (labelNames.length === 0) gauge.remove();
    return gauge;
  }

  #histogram<T extends string>(name: string, help: string, labelNames: T[], buckets: number[]): Histogram<T> {
    return new Histogram({ name, help, labelNames, buckets, registers: [this.#registry] });
  }
}
