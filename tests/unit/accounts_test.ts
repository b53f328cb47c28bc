// Which account a shop sends with, how long that is remembered, and what happens while SQL Server cannot be asked.
import { assertEquals, assertRejects } from "@std/assert";
import { Accounts } from "../../shared/accounts.ts";
import { SourceError } from "../../shared/errors.ts";
import type { Account } from "../../shared/source.ts";
import { HandClock } from "../support/clock.ts";

const fallback: Account = { user: "hermes", password: "fallback" };

/** Accounts over a table that counts how often it is read. */
function bundle(otherwise: Account | null = fallback) {
  const table = new Map<string, Account>([["S1", { user: "nt1", password: "one" }]]);
  const source = { reads: 0, away: false };
  const readAccount = (shop: string): Promise<Account | null> => {
    source.reads++;
    if (source.away) {
      return Promise.reject(new SourceError("SQL Server, reading the account of a shop", { cause: null }));
    }
    return Promise.resolve(table.get(shop) ?? null);
  };
  const clock = new HandClock();
  return { table, source, clock, accounts: new Accounts({ readAccount }, otherwise, clock) };
}

Deno.test("a shop sends with its own account, and a shop without one with API_USERNAME", async () => {
  const { accounts } = bundle();
  assertEquals(await accounts.of("S1"), { user: "nt1", password: "one" });
  assertEquals(await accounts.of("S2"), fallback);
});

Deno.test("without API_USERNAME a shop without an account has none", async () => {
  assertEquals(await bundle(null).accounts.of("S2"), null);
});

Deno.test("an account is read once in five minutes, by many at a time too", async () => {
  const { accounts, source, clock } = bundle();
  await Promise.all([accounts.of("S1"), accounts.of("S1"), accounts.of("S1")]);
  await clock.advance(299_999);
  await accounts.of("S1");
  assertEquals(source.reads, 1);
  await clock.advance(1);
  await accounts.of("S1");
  assertEquals(source.reads, 2);
});

Deno.test("an account that is forgotten is read anew: its password may have been corrected", async () => {
  const { accounts, table } = bundle();
  await accounts.of("S1");
  table.set("S1", { user: "nt1", password: "corrected" });
  assertEquals((await accounts.of("S1"))?.password, "one");
  accounts.forget("S1");
  assertEquals((await accounts.of("S1"))?.password, "corrected");
});

Deno.test("an account that is not known and cannot be read is an error, and read again next time", async () => {
  const { accounts, source } = bundle();
  source.away = true;
  await assertRejects(() => accounts.of("S1"), SourceError);
  source.away = false;
  assertEquals((await accounts.of("S1"))?.user, "nt1");
});

Deno.test("while SQL Server is away the account that is known is used on and on", async () => {
  const { accounts, source, clock, table } = bundle();
  await accounts.of("S1");
  await clock.advance(300_000);
  source.away = true;
  for (let i = 0; i < 3; i++) assertEquals((await accounts.of("S1"))?.password, "one");
  source.away = false;
  table.set("S1", { user: "nt1", password: "corrected" });
  assertEquals((await accounts.of("S1"))?.password, "corrected");
});
