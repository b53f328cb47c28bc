// From one request to its reply: finds the handler of the command, and turns whatever it throws into the
// error reply of the real server. Called by `connection.ts`.

import { Arguments } from "./arguments.ts";
import { catalogCommands } from "./commands/catalog.ts";
import type { Context, Handlers } from "./commands/context.ts";
import { handshakeCommands } from "./commands/handshake.ts";
import { indexCommands } from "./commands/indexes.ts";
import { readCommands } from "./commands/read.ts";
import { writeCommands } from "./commands/write.ts";
import { CommandFailure, failureOf, notSupported } from "./errors.ts";
import type { Request } from "./frame.ts";
import type { Doc } from "./values.ts";

const handlers: Handlers = {
  ...handshakeCommands,
  ...readCommands,
  ...writeCommands,
  ...indexCommands,
  ...catalogCommands,
};

/** The name of the command that a request asks for. */
export function commandName(request: Request): string {
  return Object.keys(request.body)[0] ?? "";
}

/** True for what a driver sends of its own accord: the handshake and its heartbeat. */
export function isHandshake(name: string): boolean {
  return name === "hello" || name === "isMaster" || name === "ismaster";
}

/** Carries the request out. Never throws: a failure is a reply with `ok: 0`. */
export function answer(request: Request, context: Omit<Context, "args">): Doc {
  try {
    const name = commandName(request);
    if (request.refusal) throw notSupported(request.refusal);
    if (request.answer === "legacy" && !isHandshake(name)) {
      throw new CommandFailure(
        352,
        `Unsupported OP_QUERY command: ${name}. The client driver may be too old.`,
      );
    }
    const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
    if (!handler) throw new CommandFailure(59, `no such command: '${name}'`);
    return { ...handler({ ...context, args: new Arguments(request.body) }), ok: 1 };
  } catch (error) {
    return failureOf(error).reply();
  }
}
