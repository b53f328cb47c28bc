// The control API under /_control: looks into the simulated partner and changes it while it runs.
// The same operations are there for tests in the same process, as `Control`.
import { z } from "zod";
import { checkFaults, type Fault } from "./fault_input.ts";
import type { Faults } from "./faults.ts";
import type { Accounts } from "./login.ts";
import type { Call, PartnerCounters, PartnerDocument, PartnerStats } from "./memory.ts";

export const CONTROL_PATH = "/_control";

/** What may be asked of a running partner. */
export interface Control {
  /** Calls remembered, oldest first. */
  calls(filter?: { since?: number; code?: string; limit?: number }): Call[];
  documents(): PartnerDocument[];
  stats(): PartnerStats;
  /** Two counters, at no cost however many documents there are. */
  counters(): PartnerCounters;
  /** Adds faults, or one; throws an Error that names what is wrong with them. */
  addFaults(faults: Fault | readonly Fault[]): void;
  clearFaults(): void;
  listFaults(): ReturnType<Faults["list"]>;
  /** Replaces all accounts. */
  setAccounts(accounts: Accounts): void;
  /** From now on every token given out before is answered 401. */
  revokeTokens(): void;
  /** Every answer waits so long, in milliseconds. */
  setLatency(ms: number): void;
  /** Forgets calls, documents and faults. Accounts and tokens stay. */
  reset(): void;
  /** Refuses connections, those of the control API too, for so many milliseconds. */
  closeFor(ms: number): Promise<void>;
}

/** One control call. */
export interface ControlRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

/** Its answer, as JSON; `afterwards` runs once it has gone out. */
export interface ControlReply {
  readonly status: number;
  readonly value: unknown;
  readonly afterwards?: () => void;
}

const CALLS_AT_ONCE = 10_000;

const accountsSchema = z.record(
  z.string(),
  z.union([z.string(), z.strictObject({ password: z.string(), facilities: z.array(z.string()).optional() })]),
);
const millisecondsSchema = z.strictObject({ ms: z.number().min(0).max(86_400_000) });

/** Carries out one control call. Bad input is answered 400 with what is wrong; never throws. */
export function handleControl(control: Control, request: ControlRequest): ControlReply {
  const { pathname, searchParams } = new URL(request.url, "http://partner");
  const name = pathname.slice(CONTROL_PATH.length + 1);
  const operation = operations[`${request.method} ${name}`];
  if (operation === undefined) {
    const known = Object.keys(operations).join(", ");
    return {
      status: 404,
      value: { error: `no control call "${request.method} ${name}"; there are: ${known}` },
    };
  }
  try {
    const body = request.body === "" ? undefined : JSON.parse(request.body);
    const value = operation(control, { query: searchParams, body });
    if (typeof value === "function") return { status: 200, value: { done: true }, afterwards: () => value() };
    return { status: 200, value: value ?? { done: true } };
  } catch (error) {
    return { status: 400, value: { error: error instanceof Error ? error.message : String(error) } };
  }
}

/** Returns what to answer, or a function to run once the answer has gone out. */
type Operation = (control: Control, input: { query: URLSearchParams; body: unknown }) => unknown;

const operations: Readonly<Record<string, Operation>> = {
  "GET calls": (control, { query }) => {
    const code = query.get("code");
    const filter = {
      since: wholeNumber(query, "since", 0),
      limit: wholeNumber(query, "limit", CALLS_AT_ONCE),
      ...(code === null ? {} : { code }),
    };
    return { calls: control.calls(filter) };
  },
  "GET documents": (control, { query }) => {
    const documents = control.documents();
    if (query.get("bodies") !== "false") return { documents };
    return { documents: documents.map(({ bodies: _, ...document }) => document) };
  },
  "GET stats": (control) => control.stats(),
  "GET counters": (control) => control.counters(),
  "GET faults": (control) => ({ faults: control.listFaults() }),
  "POST faults": (control, { body }) => control.addFaults(checkFaults(body)),
  "DELETE faults": (control) => control.clearFaults(),
  "POST accounts": (control, { body }) => control.setAccounts(accountsSchema.parse(body)),
  "DELETE tokens": (control) => control.revokeTokens(),
  "POST latency": (control, { body }) => control.setLatency(millisecondsSchema.parse(body).ms),
  "POST reset": (control) => control.reset(),
  "POST close": (control, { body }) => {
    const { ms } = millisecondsSchema.parse(body);
    return () => control.closeFor(ms);
  },
};

function wholeNumber(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name);
  if (text === null) return otherwise;
  if (!/^\d{1,15}$/.test(text)) throw new Error(`${name}: must be a whole number, not "${text}"`);
  return Number(text);
}
