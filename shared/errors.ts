// The few error classes of Hermes, and how any error is told in a log line or a journal record.
// Data goes into fields, the error that caused it into `cause`; the message says what was being done and which rule broke.

import { maskSecrets } from "./log_mask.ts";

const MESSAGE_CHARACTERS_MAX = 500;
const CAUSES_MAX = 5;

/** One thing wrong with one setting. `shown` is its value as it may be printed: secrets are masked. */
export interface SettingProblem {
  name: string;
  rule: string;
  shown?: string;
}

/** The settings cannot be used. Lists everything that is wrong, so that it can be put right in one go. */
export class SettingsError extends Error {
  readonly problems: readonly SettingProblem[];

  constructor(problems: readonly SettingProblem[], options?: ErrorOptions) {
    const lines = problems.map(({ name, rule, shown }) =>
      `  ${name}${shown === undefined ? "" : `=${shown}`}: ${rule}`
    );
    super(`${count(problems.length)} in the settings:\n${lines.join("\n")}`, options);
    this.name = "SettingsError";
    this.problems = problems;
  }
}

// SQL Server's errors that pass by themselves: deadlock victim, lock timeout, snapshot conflict, out of memory or log, failover, login.
const PASSING_SQL_ERRORS = new Set([
  ...[1205, 1222, 3960, 701, 802, 845, 9002, 1105, 4060, 18456, 18401, 17142, 983, 976],
  ...[40197, 40501, 40613, 10928, 10929, 49918, 49919, 49920],
]);

/** A statement could not be run. `number` is SQL Server's, absent when the server could not be asked at all. */
export class SourceError extends Error {
  readonly number?: number;
  /** Whether the same statement may well work later: the server is away, or chose this one as the victim. False when
   * the server or the driver will never take it. */
  readonly passing: boolean;

  constructor(message: string, options: ErrorOptions & { number?: number }) {
    super(message, options);
    this.name = "SourceError";
    if (options.number !== undefined) this.number = options.number;
    const code: unknown = options.cause instanceof Error ? Reflect.get(options.cause, "code") : undefined;
    this.passing = options.number === undefined
      ? code !== "EPARAM" && code !== "EARGS"
      : PASSING_SQL_ERRORS.has(options.number);
  }

  /** What the driver threw while something was being done ("writing results of hoa_don"). */
  static from(doing: string, cause: unknown): SourceError {
    const number: unknown = cause instanceof Error ? Reflect.get(cause, "number") : undefined;
    const known = typeof number === "number" && number > 0 ? { number } : {};
    return new SourceError(`SQL Server, ${doing}`, { cause, ...known });
  }
}

// What ioredis says of a command that it cannot send; it has no class or code for it.
const WITHOUT_REDIS = [
  "Connection is closed.",
  "Stream isn't writeable",
  "Cluster isn't ready",
  "Reached the max retries per request limit",
];

/** Whether a command failed because there is no connection to Redis: shared/redis.ts has told the log that, and why. */
export function isWithoutRedis(error: unknown): boolean {
  return error instanceof Error && WITHOUT_REDIS.some((words) => error.message.startsWith(words));
}

/** An error in a form that can be logged and stored. */
export interface ErrorWords {
  name: string;
  message: string;
  code?: string;
}

/**
 * Tells an error with its causes in one line: `outer: cause: cause of the cause`, at most 500 characters, secrets
 * masked. `code` is the first `code` or `number` along the way (ECONNRESET, 1205).
 */
export function describeError(error: unknown): ErrorWords {
  const chain = causesOf(error);
  const words = chain.map(messageOf).filter((message, index, all) => !all[index - 1]?.includes(message));
  const code = chain.map(codeOf).find((found) => found !== undefined);
  return {
    name: error instanceof Error ? error.name : typeof error,
    message: shorten(maskSecrets(words.join(": "))),
    ...(code === undefined ? {} : { code }),
  };
}

function causesOf(error: unknown): unknown[] {
  const chain: unknown[] = [];
  let current: unknown = error;
  while (current !== undefined && current !== null && chain.length < CAUSES_MAX && !chain.includes(current)) {
    chain.push(current);
    current = nextOf(current);
  }
  return chain.length === 0 ? [error] : chain;
}

/** The cause, or the first of several errors thrown together (a refused connection to two addresses of a host). */
function nextOf(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors[0];
  return error instanceof Error ? error.cause : undefined;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message.replaceAll(/\s+/g, " ").trim() || error.name;
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  for (const field of ["number", "code"]) {
    const value: unknown = Reflect.get(error, field);
    if (typeof value === "number" || (typeof value === "string" && value !== "")) return String(value);
  }
  return undefined;
}

function shorten(text: string): string {
  return text.length <= MESSAGE_CHARACTERS_MAX ? text : `${text.slice(0, MESSAGE_CHARACTERS_MAX - 1)}…`;
}

function count(problems: number): string {
  return problems === 1 ? "1 problem" : `${problems} problems`;
}
