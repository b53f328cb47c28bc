// Every event of Hermes, once: its level, its words, and the fields it takes. Work code names an event and gives the
// fields; `log.ts` writes it. A new event is one line in the table; a new field, one line in `FieldTypes`.
// There is no field for a customer's, seller's or supplier's name, nor for a body: these are never logged.

/** How urgent an event is. */
export type Level = "debug" | "info" | "warn" | "error";

/** The fields there are. `code` is the pharmacy's document code, `key` the row's, `entry` the stream entry's id. */
export interface FieldTypes {
  type: string;
  code: string;
  key: string;
  entry: string;
  shop: string;
  account: string;
  worker: string;
  national_code: string;
  delivery: number;
  deliveries: number;
  deliveries_max: number;
  ms: number;
  delay_ms: number;
  for_ms: number;
  found: number;
  enqueued: number;
  invalid: number;
  count: number;
  status: number;
  field: string;
  rule: string;
  reason: string;
  answer: string;
  version: string;
  exit_code: number;
  text: string;
  error: unknown;
}

type FieldName = keyof FieldTypes;

/** The names in braces of an event's words. */
type InWords<W extends string> = W extends `${string}{${infer Name}}${infer Rest}` ? Name | InWords<Rest>
  : never;

/** An event: the fields that its words name are required, the others it takes may be left out. */
export interface EventSpec<Required extends FieldName = FieldName, Optional extends FieldName = FieldName> {
  level: Level;
  /** Below its level when this field is 0: nothing happened that is worth a line. */
  debugWithout?: Optional | Required;
  words: string;
  /** The words cut at their fields: words and names of fields, alternating. */
  parts: readonly string[];
  /** The names of all fields that it takes. */
  fields: readonly string[];
  /** Only for the types: the fields that the words name, and the others. */
  required?: Required;
  optional?: Optional;
}

function event(level: Level) {
  return <const W extends string, const F extends FieldName = never>(
    words: InWords<W> extends FieldName ? W : never,
    ...also: F[]
  ): EventSpec<InWords<W> & FieldName, F> => {
    const parts = words.split(/\{(\w+)\}/);
    const named = parts.filter((_, index) => index % 2 === 1);
    return { level, words, parts, fields: [...new Set([...named, ...also])] };
  };
}

const debug = event("debug");
const info = event("info");
const warn = event("warn");
const error = event("error");

/** What can happen. */
export const EVENTS = {
  "settings.loaded": debug("settings: {text}"),
  "process.started": info("started", "version", "worker", "type"),
  "process.stopping": info("stopping: {reason}"),
  "process.stopped": info("stopped after {ms} ms", "exit_code"),

  "scan.started": debug("scan of {type} started"),
  "scan.finished": {
    ...info("scan of {type} found {found} and enqueued {enqueued} in {ms} ms", "invalid"),
    debugWithout: "found",
  },
  "scan.failed": error("scan of {type} failed: {error}", "ms"),
  "scan.lead_taken": info("this scheduler scans now"),
  "scan.lead_lost": warn("another scheduler scans now: {reason}"),

  "document.enqueued": debug("{code} enqueued as {entry}", "type", "key", "shop"),
  "document.invalid": warn("{code} cannot be sent: {field} {rule}", "type", "key", "shop"),
  "document.accepted": info(
    "{code} accepted as {national_code} on delivery {delivery} in {ms} ms",
    "type",
    "entry",
    "shop",
  ),
  "document.replaced": info(
    "{code} was known to the partner and is replaced, on delivery {delivery}",
    "type",
    "entry",
    "shop",
  ),
  "document.refused": warn(
    "{code} refused with status {status}: {answer}",
    "type",
    "entry",
    "shop",
    "delivery",
  ),
  "document.retried": warn(
    "{code} failed on delivery {delivery}, next in {delay_ms} ms: {reason}",
    "type",
    "entry",
    "shop",
    "status",
    "deliveries_max",
    "error",
  ),
  "document.waiting": info("{code} waits {delay_ms} ms: {reason}", "type", "entry", "shop", "status"),
  "document.returned": warn("{code} returned: {reason}", "type", "entry", "shop", "account"),
  "document.buried": error(
    "{code} buried after {deliveries} deliveries: {reason}",
    "type",
    "entry",
    "shop",
    "status",
    "error",
  ),
  "document.settled": debug("{code} settled", "type", "entry", "shop", "reason"),
  "document.lost": warn("{entry} belongs to another worker now", "type", "code", "shop"),
  "document.already_synced": info("{code} was written back before and is settled", "type", "entry", "shop"),

  "document.known": debug("{code} is in hand under another entry, {entry} waits", "type", "shop"),
  "document.gone": warn("{code} is not sent: its row {reason}", "type", "entry", "shop"),
  "entry.unreadable": error("entry {entry} of {type} is no document and is buried: {reason}"),
  "entry.newer": warn(
    "{count} entries of {type} are of a newer version and are left to a newer worker: this one knows version {version}",
  ),
  "result.unwritable": error("the result of {code} cannot be written: {error}", "type", "entry", "shop"),
  "settle.failed": warn("{count} results are written but not settled: {error}", "type"),

  "shop.blocked": warn("shop {shop} blocked for {for_ms} ms: {reason}", "account"),
  "shop.unblocked": info("shop {shop} unblocked", "account", "reason"),
  "login.succeeded": info("account {account} logged in", "ms", "shop"),
  "login.refused": error("login of account {account} refused: {answer}", "shop"),
  "login.failed": warn("account {account} could not log in: {reason}", "shop", "ms"),
  "breaker.opened": error("partner in trouble, next probe in {for_ms} ms: {reason}", "type"),
  "breaker.half_open": info("probing the partner", "type"),
  "breaker.closed": info("partner answers again", "type", "ms"),
  "account.paused": warn("account {account} paused for {for_ms} ms: {reason}", "type", "status"),

  "redis.lost": warn("Redis lost: {error}", "count"),
  "redis.back": info("Redis back after {ms} ms"),
  "redis.changed": warn(
    "the stream of {type} is held by another Redis, or by one started anew: a pause of {for_ms} ms, then rows are checked first",
  ),
  "stream.recreated": warn("stream of {type} made anew: {reason}"),
  "source.lost": error("SQL Server lost: {error}"),
  "source.back": info("SQL Server back after {ms} ms"),
  "journal.lost": warn("journal lost: {error}"),
  "journal.back": info("journal back after {ms} ms", "count"),
  "journal.dropped": warn("{count} journal records dropped: {reason}"),
  "health.listening": info("health page on {text}"),
  "health.failed": error("no health page on {text}, the rest goes on: {error}"),
  "consumer.removed": info("silent worker {worker} of {type} removed"),
  "inflight.repaired": warn("{count} in-flight records of {type} without an entry removed"),

  "console.listening": info("console at {text}"),
  "console.entered": info("{text} logged in"),
  "console.refused": warn("wrong password from {text}"),
  "console.failed": error("{text} could not be answered: {error}"),
} satisfies Record<string, EventSpec>;

/** The name of an event. */
export type EventName = keyof typeof EVENTS;

/** The fields of an event. */
export type FieldsOf<E extends EventName> = (typeof EVENTS)[E] extends
  EventSpec<infer Required, infer Optional>
  ? Pick<FieldTypes, Required> & { [K in Optional]?: FieldTypes[K] | undefined }
  : never;

/** Fields of some event, by name. */
export type AnyFields = { [K in FieldName]?: unknown };

/** An event as the table has it. */
export function specOf(name: EventName): EventSpec {
  return EVENTS[name];
}
