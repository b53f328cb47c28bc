// Starts the simulated partner in this process: the national pharmacy API of partner-api, in either dialect,
// with faults on demand. main.ts does the same from the command line.
import type { AcceptedForm } from "./answers.ts";
import type { Control } from "./control.ts";
import { type DialectName, dialects } from "./dialects.ts";
import { checkFaults, type Fault } from "./fault_input.ts";
import { Faults } from "./faults.ts";
import { type Accounts, Gatekeeper, type LoginOptions } from "./login.ts";
import { Memory } from "./memory.ts";
import type { Desk } from "./reception.ts";
import { listen } from "./server.ts";

/** Everything has a default, shown in `startPartner`. */
export interface PartnerOptions extends Partial<LoginOptions> {
  /** 0: any free port. */
  readonly port?: number;
  readonly hostname?: string;
  readonly dialect?: DialectName;
  /** Account → password, or {password, facilities it may send for}. */
  readonly accounts?: Accounts;
  /** Every answer waits so long, in milliseconds, give or take one: timers are no finer. */
  readonly latencyMs?: number;
  /** Seed of the faults that have a `rate`. */
  readonly seed?: number;
  readonly faults?: readonly Fault[];
  /** The form of acceptances: a name, or `cycle` for all in turn. */
  readonly form?: AcceptedForm | "cycle";
  /** How many calls, and how many accepted bodies, are kept at least; twice as many at most. */
  readonly remember?: number;
  /** Milliseconds since 1970; a test may move it by hand. */
  readonly clock?: () => number;
}

/** A running partner. */
export interface Partner extends Control, AsyncDisposable {
  readonly port: number;
  /** What API_BASE_URL is set to. */
  readonly url: string;
  /** Ends every call at once and stops listening. */
  stop(): Promise<void>;
}

/** Starts a partner. Rejects when the port is taken or a fault is not well formed. */
export async function startPartner(options: PartnerOptions = {}): Promise<Partner> {
  const { hostname = "127.0.0.1", port = 0, clock = Date.now } = options;
  const desk: Desk = {
    dialect: dialects[options.dialect ?? "national"],
    gatekeeper: new Gatekeeper(options.accounts ?? { hermes: "hermes" }, {
      tokenShape: options.tokenShape ?? "jwt",
      tokenSeconds: options.tokenSeconds ?? 3600,
      tokenCalls: options.tokenCalls ?? Infinity,
      loginForm: options.loginForm ?? "plain",
      wrongLoginStatus: options.wrongLoginStatus ?? 400,
    }),
    memory: new Memory(options.remember ?? 20_000),
    faults: new Faults(options.seed ?? 1),
    acceptedForm: options.form,
    clock,
    latencyMs: options.latencyMs ?? 0,
    formsUsed: 0,
    existsSaid: 0,
  };
  desk.faults.add(checkFaults(options.faults ?? []), clock());
  const control = controlOf(desk, (ms) => server.closeFor(ms));
  const server = await listen(desk, control, { port, hostname });
  return {
    ...control,
    port: server.port,
    url: `http://${hostname}:${server.port}`,
    stop: () => server.stop(),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

function controlOf(desk: Desk, closeFor: Control["closeFor"]): Control {
  return {
    calls: (filter) => desk.memory.calls(filter),
    documents: () => desk.memory.documents(),
    stats: () => desk.memory.stats(),
    counters: () => desk.memory.counters(),
    addFaults: (faults) => desk.faults.add(checkFaults(faults), desk.clock()),
    clearFaults: () => desk.faults.clear(),
    listFaults: () => desk.faults.list(),
    setAccounts: (accounts) => desk.gatekeeper.setAccounts(accounts),
    revokeTokens: () => desk.gatekeeper.revokeTokens(),
    setLatency(ms) {
      desk.latencyMs = ms;
    },
    reset() {
      desk.memory.reset();
      desk.faults.clear();
    },
    closeFor,
  };
}
