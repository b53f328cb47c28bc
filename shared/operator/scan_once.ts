// One sweep of a type in this process, for an operator who does not want to wait: enqueueing is atomic, so it is safe beside a scheduler.
import { dialects } from "../dialects.ts";
import type { DocumentType } from "../document.ts";
import { EnqueuedRecords } from "../enqueued_records.ts";
import { describeError } from "../errors.ts";
import { Scan } from "../scan.ts";
import { RedisStream } from "../stream.ts";
import { RedisBlockedShops } from "../token_store.ts";
import type { OperatorParts } from "./operator.ts";
import type { ScanAnswer } from "./types.ts";

/** Never throws: what went wrong is in `error`. */
export async function scanOnce(parts: OperatorParts, type: DocumentType): Promise<ScanAnswer> {
  const { settings, redis, source, journal, log, clock } = parts;
  const prefix = settings.redis.keyPrefix;
  const stream = new RedisStream(redis, { prefix, type });
  const enqueued = new EnqueuedRecords({ stream, journal, clock });
  const scan = new Scan({
    type,
    queue: stream.keys.stream,
    source,
    stream,
    blockedShops: new RedisBlockedShops(redis, prefix),
    enqueued,
    journal,
    log,
    clock,
    backlogMax: settings.scan.backlogMax,
    bodyMaxBytes: settings.partner.maxBodyBytes,
    dialect: dialects[settings.partner.dialect],
  });
  const beganMs = clock.now();
  try {
    return { type, ...await scan.sweep(), ms: clock.now() - beganMs, error: null };
  } catch (error) {
    const none = { found: 0, enqueued: 0, invalid: 0, more: false };
    return { type, ...none, ms: clock.now() - beganMs, error: describeError(error).message };
  } finally {
    await enqueued.finish();
  }
}
