// Every fault by its name, ready to be played. names.ts says what each strikes and how long; driver.ts plays them.
import type { Play } from "../ground.ts";
import type { FaultName } from "./names.ts";
import { changePassword, chokeOnOne, expireTokens, outage, striking } from "./partner.ts";
import { freezeWorker, killAll, killScheduler, killWorker, terminateWorker } from "./processes.ts";
import {
  deleteEntries,
  destroyGroup,
  flushAll,
  freeze,
  killClients,
  restart,
  restartEmpty,
  trim,
} from "./redis.ts";
import { mongoGone, sqlCutAfterUpdate, sqlDeadlock, sqlGone } from "./stores.ts";

/** How each fault is played. */
export const faults: Readonly<Record<FaultName, Play>> = {
  kill9_worker: killWorker,
  kill9_scheduler: killScheduler,
  kill9_all: killAll,
  freeze_worker: freezeWorker,
  sigterm_worker: terminateWorker,
  redis_restart: restart,
  redis_restart_empty: restartEmpty,
  redis_flushall: flushAll,
  redis_group_destroy: destroyGroup,
  redis_xtrim: trim,
  redis_xdel: deleteEntries,
  redis_client_kill: killClients,
  redis_freeze: freeze,
  sql_gone: sqlGone,
  sql_deadlock: sqlDeadlock,
  sql_cut_after_update: sqlCutAfterUpdate,
  mongo_gone: mongoGone,
  partner_outage: outage,
  partner_hang: striking("partner_hang", { kind: "hang", rate: 0.2 }),
  partner_hang_accepted: striking("partner_hang_accepted", { kind: "hang", accepts: true, rate: 0.2 }),
  partner_reset_before: striking("partner_reset_before", { kind: "reset_before", rate: 0.3 }),
  partner_reset_after: striking("partner_reset_after", { kind: "reset_after", rate: 0.3 }),
  partner_500_one_document: chokeOnOne,
  partner_429: striking("partner_429", { kind: "too_many", rate: 0.3, retryAfterSeconds: 2 }),
  partner_503: striking("partner_503", {
    kind: "status",
    status: 503,
    rate: 0.3,
    retryAfterSeconds: 2,
    retryAfterAs: "date",
  }),
  partner_html: striking("partner_html", { kind: "html", rate: 0.5 }),
  partner_token_expired: expireTokens,
  partner_password: changePassword,
  partner_slow: striking("partner_slow", { kind: "slow", delayMs: 2_000 }),
  partner_forms: striking("partner_forms", { kind: "answer", form: "cycle" }),
  partner_truncated: striking("partner_truncated", { kind: "truncated", accepts: true, rate: 0.3 }),
};
