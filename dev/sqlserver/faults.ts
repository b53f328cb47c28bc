// Faults on demand: an error, a delay or a lost connection for the statements whose text matches.
import { SqlError } from "./errors.ts";

/** As `POST /faults` takes it. */
export interface FaultRequest {
  /** Regular expression on the statement's text, case ignored; every statement when missing. */
  readonly match?: string;
  readonly error?: { readonly number: number; readonly message?: string; readonly severity?: number };
  /** How many statements it strikes; 1 when missing. */
  readonly times?: number;
  /** Drops the connection before the statement is run. */
  readonly cutBefore?: boolean;
  /** Runs the statement, then drops the connection instead of answering. */
  readonly cutAfter?: boolean;
  readonly delayMs?: number;
}

interface Fault {
  readonly pattern: RegExp;
  readonly request: FaultRequest;
  left: number;
}

const messages: Record<number, { message: string; severity: number }> = {
  1205: {
    message:
      "Transaction (Process ID 51) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.",
    severity: 13,
  },
  1222: { message: "Lock request time out period exceeded.", severity: 16 },
};

export class Faults {
  readonly #faults: Fault[] = [];

  /** Adds a fault; throws a TypeError that names what is wrong with it. */
  add(request: FaultRequest): void {
    this.#faults.push({ pattern: new RegExp(request.match ?? "", "i"), request, left: request.times ?? 1 });
  }

  clear(): void {
    this.#faults.length = 0;
  }

  /** The fault that strikes this statement, if any; it is used up by one. */
  strike(text: string): FaultRequest | null {
    const index = this.#faults.findIndex((fault) => fault.pattern.test(text));
    const fault = this.#faults[index];
    if (fault === undefined) return null;
    if (--fault.left <= 0) this.#faults.splice(index, 1);
    return fault.request;
  }
}

export function faultError(error: NonNullable<FaultRequest["error"]>): SqlError {
  const usual = messages[error.number];
  const message = error.message ?? usual?.message ?? `Error ${error.number} was asked for.`;
  return new SqlError(error.number, message, { severity: error.severity ?? usual?.severity ?? 16, line: 1 });
}

/** Checks the body of `POST /faults`; throws a TypeError that names the field, the rule and the value. */
export function readFault(body: unknown): FaultRequest {
  if (body === null || typeof body !== "object") throw new TypeError("a fault is a JSON object");
  const rules: Record<string, (value: unknown) => boolean> = {
    match: isRegExp,
    error: isErrorSpec,
    times: (value) => Number.isInteger(value) && Number(value) > 0,
    cutBefore: (value) => typeof value === "boolean",
    cutAfter: (value) => typeof value === "boolean",
    delayMs: (value) => typeof value === "number" && value >= 0,
  };
  for (const [name, value] of Object.entries(body)) {
    if (rules[name]?.(value) !== true) {
      throw new TypeError(`fault field ${name}: ${JSON.stringify(value)} is not taken`);
    }
  }
  return body;
}

function isRegExp(value: unknown): boolean {
  if (typeof value !== "string") return false;
  try {
    return new RegExp(value).source !== "";
  } catch {
    return false;
  }
}

function isErrorSpec(value: unknown): boolean {
  if (value === null || typeof value !== "object" || !("number" in value)) return false;
  return Number.isInteger(value.number);
}
