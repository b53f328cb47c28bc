// The log: work code says what happened, as a named event with ids; here it gets its words and level from
// `log_events.ts`, loses its secrets, and becomes one line: JSON for machines, or coloured words for a terminal.

import { compareLogLevel, getAnsiColorFormatter, type LogLevel, type TextFormatter } from "@logtape/logtape";
import { describeError } from "./errors.ts";
import { type AnyFields, type EventName, type FieldsOf, type Level, specOf } from "./log_events.ts";
import { createMask } from "./log_mask.ts";

const TEXT_CHARACTERS_MAX = 2000;

/** What work code sees of the log. */
export interface Log {
  /** Says that something happened. Never throws. Fields that the event does not take are left out. */
  event<E extends EventName>(name: E, ...fields: FieldsArgument<E>): void;
}

type FieldsArgument<E extends EventName> = Record<never, never> extends FieldsOf<E> ? [fields?: FieldsOf<E>]
  : [fields: FieldsOf<E>];

/** How a log is made. */
export interface LogOptions {
  level: Level;
  format: "json" | "pretty";
  /** Which process this is, e.g. `scheduler`, `worker:phieu_nhap`. */
  process: string;
  /** Values to mask wherever they appear: `secretsOf(settings)`. */
  secrets?: readonly string[];
  /** Takes each line, without its end, and whether it must not wait (a warning, an error); standard output when left out. */
  write?: (line: string, urgent: boolean) => void;
  /** The time in ms since 1970. */
  now?: () => number;
}

/** Makes a log. Nothing about it is global: two logs of one process do not meet. */
export function createLog(options: LogOptions): Log {
  const { level, process, secrets = [], write = toStandardOutput, now = Date.now } = options;
  const mask = createMask(secrets);
  const render = options.format === "json" ? renderJson : renderPretty;
  const lowest = LOGTAPE_LEVELS[level];
  return {
    event(name, ...[fields = {}]) {
      const eventLevel = levelOf(name, fields);
      if (compareLogLevel(eventLevel, lowest) < 0) return;
      const clean = cleanFields(name, fields, mask);
      const line = render({ event: name, level: eventLevel, fields: clean, process, atMs: now() });
      write(line, compareLogLevel(eventLevel, "warning") >= 0);
    },
  };
}

function toStandardOutput(line: string): void {
  console.log(line);
}

const LOGTAPE_LEVELS: Record<Level, LogLevel> = {
  debug: "debug",
  info: "info",
  warn: "warning",
  error: "error",
};

function levelOf(name: EventName, fields: AnyFields): LogLevel {
  const { level, debugWithout } = specOf(name);
  return debugWithout !== undefined && fields[debugWithout] === 0 ? "debug" : LOGTAPE_LEVELS[level];
}

/** The fields that the event takes, as plain values without secrets; an error becomes its message and code. */
function cleanFields(
  name: EventName,
  fields: AnyFields,
  mask: (text: string) => string,
): Record<string, string | number | boolean> {
  const clean: Record<string, string | number | boolean> = {};
  for (const field of specOf(name).fields) {
    const value: unknown = Reflect.get(fields, field);
    if (value === undefined || value === null) continue;
    if (field === "error") Object.assign(clean, errorFields(value, mask));
    else if (typeof value === "number" || typeof value === "boolean") clean[field] = value;
    else clean[field] = mask(String(value)).slice(0, TEXT_CHARACTERS_MAX);
  }
  return clean;
}

function errorFields(error: unknown, mask: (text: string) => string): Record<string, string> {
  const { name, message, code } = describeError(error);
  return { error: mask(message), error_name: name, ...(code === undefined ? {} : { error_code: code }) };
}

/** What happened, ready to be written. */
interface Happening {
  event: EventName;
  level: LogLevel;
  fields: Record<string, string | number | boolean>;
  process: string;
  atMs: number;
}

/** The event's words, cut at their fields, with the values between. */
function messageOf(event: EventName, fields: Happening["fields"]): (string | number | boolean)[] {
  return specOf(event).parts.map((part, index) => index % 2 === 0 ? part : fields[part] ?? "?");
}

/** One JSON object: time, level, process, event, message, then the event's fields. */
function renderJson({ event, level, fields, process, atMs }: Happening): string {
  return JSON.stringify({
    time: new Date(atMs).toISOString(),
    level: level === "warning" ? "warn" : level,
    process,
    event,
    message: messageOf(event, fields).join(""),
    ...fields,
  });
}

/** One coloured line for a terminal; control characters in values cannot reach it. */
function renderPretty({ event, level, fields, process, atMs }: Happening): string {
  return pretty({
    category: [process],
    level,
    message: messageOf(event, fields),
    rawMessage: specOf(event).words,
    timestamp: atMs,
    properties: fields,
  }).trimEnd();
}

const pretty: TextFormatter = getAnsiColorFormatter({
  timestamp: "time",
  value: "bare",
  format: ({ timestamp, level, category, message }) => `${timestamp} ${level} ${category} ${message}`,
});
