// What the server remembers of one connection: its options, its transaction, the values of its @@ globals.
import type { SqlError } from "./errors.ts";
import type { SessionValue } from "./sql/emit/context.ts";
import { encodeDecimal } from "./engine/decimal.ts";
import { instantFromUnixMs } from "./engine/temporal.ts";
import type { Physical } from "./sql/types.ts";
import type { Store } from "./store/store.ts";
import { Transaction } from "./exec/transaction.ts";

let sessions = 50;

export class Session {
  readonly id = ++sessions;
  readonly store: Store;
  readonly login: string;
  readonly transaction: Transaction;
  noCount = false;
  xactAbort = false;
  /** Milliseconds, -1 without end: SET LOCK_TIMEOUT. */
  lockTimeoutMs: number;
  readonly #defaultLockTimeoutMs: number;
  /** Lower-case name of the table with IDENTITY_INSERT ON. */
  identityInsert: string | null = null;
  rowCount = 0n;
  /** @@IDENTITY: the last one of the session, and SCOPE_IDENTITY(): of the present sp_executesql or batch. */
  lastIdentity: bigint | null = null;
  scopeIdentity: bigint | null = null;
  lastErrorNumber = 0;
  /** The error a CATCH block handles. */
  caught: SqlError | null = null;

  constructor(store: Store, options: { login: string; lockTimeoutMs: number }) {
    this.store = store;
    this.login = options.login;
    this.lockTimeoutMs = options.lockTimeoutMs;
    this.#defaultLockTimeoutMs = options.lockTimeoutMs;
    this.transaction = new Transaction(this);
  }

  /** sp_reset_connection: what a pool does before it lends the connection out again. */
  reset(): void {
    this.transaction.rollback();
    this.transaction.isolation = "read committed";
    this.noCount = false;
    this.xactAbort = false;
    this.lockTimeoutMs = this.#defaultLockTimeoutMs;
    this.identityInsert = null;
    this.rowCount = 0n;
    this.lastIdentity = null;
    this.scopeIdentity = null;
    this.lastErrorNumber = 0;
    this.caught = null;
  }

  close(): void {
    this.transaction.rollback();
  }

  /** A value that a statement binds; identities are DECIMAL(38,0), times are DATETIME2(7). The server's clock runs in UTC. */
  value(name: SessionValue, nowMs: number): Physical {
    switch (name) {
      case "now":
      case "utc_now":
        return instantFromUnixMs(nowMs);
      case "rowcount":
        return this.rowCount;
      case "trancount":
        return BigInt(this.transaction.depth);
      case "identity":
        return identityValue(this.lastIdentity);
      case "scope_identity":
        return identityValue(this.scopeIdentity);
      case "spid":
        return BigInt(this.id);
      case "login":
        return this.login;
      case "xact_state":
        return this.transaction.depth > 0 ? 1n : 0n;
      case "error":
        return BigInt(this.lastErrorNumber);
      default:
        return this.#caughtValue(name);
    }
  }

  #caughtValue(name: SessionValue): Physical {
    const error = this.caught;
    if (error === null) return null;
    if (name === "error_message") return error.message;
    const fields = {
      error_number: error.number,
      error_severity: error.severity,
      error_state: error.state,
      error_line: error.line,
    };
    return name in fields ? BigInt(fields[name as keyof typeof fields]) : null;
  }
}

/** DECIMAL(38,0) */
function identityValue(value: bigint | null): Physical {
  return value === null ? null : encodeDecimal(value, 38);
}
