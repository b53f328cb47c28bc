// What a command handler is given, and what it is. Handlers are synchronous: each command is done whole
// before the next one of any connection begins.

import type { Arguments } from "../arguments.ts";
import type { Store } from "../store.ts";
import type { Doc } from "../values.ts";

/** What a handler works with. */
export interface Context {
  readonly args: Arguments;
  readonly store: Store;
  readonly connectionId: number;
  /** Connections open now and since the start. */
  readonly connections: { readonly current: number; readonly total: number };
  readonly startedAtMs: number;
}

/** Returns the reply without `ok: 1`. @throws CommandFailure */
export type Handler = (context: Context) => Doc;

/** Handlers by the name that the client sends. */
export type Handlers = Readonly<Record<string, Handler>>;
