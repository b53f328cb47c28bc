// Shops that cannot log in, for an operator: which, why, and letting one try again at once.
import type { RedisClient } from "../script.ts";
import type { Source } from "../source.ts";
import { refusedLoginsKey } from "../stream_keys.ts";
import type { BlockedShops } from "../token_store.ts";
import { blockedList } from "./status.ts";
import type { RefusedAccount, ShopsAnswer } from "./types.ts";

export interface ShopsParts {
  redis: RedisClient;
  prefix: string;
  blockedShops: BlockedShops;
  source: Pick<Source, "readAccount">;
  /** API_USERNAME: the account of shops without one of their own. */
  commonAccount: string | undefined;
}

/** Throws when Redis cannot be reached. `nowMs` is the Redis clock's. */
export async function readShops(parts: ShopsParts, nowMs: number): Promise<ShopsAnswer> {
  const [blocked, refused] = await Promise.all([
    parts.blockedShops.list(nowMs),
    parts.redis.hgetall(refusedLoginsKey(parts.prefix)),
  ]);
  const accounts = Object.entries(refused).flatMap(([account, text]) => refusalOf(account, text, nowMs));
  return {
    blocked: blockedList(blocked),
    refusedAccounts: accounts.sort((a, b) => a.account.localeCompare(b.account)),
  };
}

/** Forgets the shop's block and its account's refusal. Throws SourceError when the account cannot be read. */
export async function unblock(
  parts: ShopsParts,
  shop: string,
): Promise<{ shop: string; wasBlocked: boolean; account: string | null }> {
  const account = await parts.source.readAccount(shop);
  const user = account?.user ?? parts.commonAccount ?? withoutAccount(shop);
  const forgotten = await parts.redis.hdel(refusedLoginsKey(parts.prefix), user, withoutAccount(shop));
  const wasBlocked = await parts.blockedShops.unblock(shop);
  return { shop, wasBlocked, account: forgotten > 0 ? user : null };
}

/** Under this name a shop without any account is remembered as refused (shared/sessions.ts). */
function withoutAccount(shop: string): string {
  return `shop:${shop}`;
}

function refusalOf(account: string, text: string, nowMs: number): RefusedAccount[] {
  try {
    const { until, why } = JSON.parse(text);
    return typeof until === "number" && until > nowMs ? [{ account, untilMs: until, why: String(why) }] : [];
  } catch {
    return [];
  }
}
