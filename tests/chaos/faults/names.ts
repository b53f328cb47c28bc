// The faults by name: what each strikes and how long it lasts. plan.ts chooses among them; mod.ts plays them.

/** What a fault strikes. Two faults on one thing never overlap: a server that is down cannot be frozen. */
export type Subject = "processes" | "redis" | "sqlserver" | "mongodb" | "partner";

interface About {
  readonly subject: Subject;
  /** About how long it lasts, ms. */
  readonly ms: number;
}

const abouts = {
  kill9_worker: { subject: "processes", ms: 8_000 },
  kill9_scheduler: { subject: "processes", ms: 12_000 },
  kill9_all: { subject: "processes", ms: 1_000 },
  freeze_worker: { subject: "processes", ms: 9_000 },
  sigterm_worker: { subject: "processes", ms: 4_000 },
  redis_restart: { subject: "redis", ms: 2_000 },
  redis_restart_empty: { subject: "redis", ms: 2_000 },
  redis_flushall: { subject: "redis", ms: 500 },
  redis_group_destroy: { subject: "redis", ms: 1_000 },
  redis_xtrim: { subject: "redis", ms: 2_500 },
  redis_xdel: { subject: "redis", ms: 2_500 },
  redis_client_kill: { subject: "redis", ms: 500 },
  redis_freeze: { subject: "redis", ms: 15_000 },
  sql_gone: { subject: "sqlserver", ms: 20_000 },
  sql_deadlock: { subject: "sqlserver", ms: 3_000 },
  sql_cut_after_update: { subject: "sqlserver", ms: 3_000 },
  mongo_gone: { subject: "mongodb", ms: 15_000 },
  partner_outage: { subject: "partner", ms: 15_000 },
  partner_hang: { subject: "partner", ms: 8_000 },
  partner_hang_accepted: { subject: "partner", ms: 6_000 },
  partner_reset_before: { subject: "partner", ms: 6_000 },
  partner_reset_after: { subject: "partner", ms: 6_000 },
  partner_500_one_document: { subject: "partner", ms: 15_000 },
  partner_429: { subject: "partner", ms: 5_000 },
  partner_503: { subject: "partner", ms: 5_000 },
  partner_html: { subject: "partner", ms: 6_000 },
  partner_token_expired: { subject: "partner", ms: 1_000 },
  partner_password: { subject: "partner", ms: 10_000 },
  partner_slow: { subject: "partner", ms: 10_000 },
  partner_forms: { subject: "partner", ms: 8_000 },
  partner_truncated: { subject: "partner", ms: 5_000 },
} as const satisfies Record<string, About>;

/** A fault's name. */
export type FaultName = keyof typeof abouts;

/** Every fault. */
export const faultNames: readonly FaultName[] = Object.keys(abouts).filter(isFaultName);

/** Whether this is the name of a fault. */
export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(abouts, name);
}

/** What a fault strikes, and how long it lasts. */
export function aboutFault(name: FaultName): About {
  return abouts[name];
}
