// The product in a stack: the scheduler and the workers, each a process started as its task in deno.json starts it.
import { fileURLToPath } from "node:url";
import type { DocumentType } from "../../shared/document.ts";
import type { Child } from "./child.ts";
import type { Env } from "./env_file.ts";
import type { Processes } from "./processes.ts";

/** One process of the product. */
export type Role = "scheduler" | `worker:${DocumentType}`;

/** Which process to start, with its whole environment. */
export interface ProductOptions {
  readonly role: Role;
  /** Names its log file; the role when left out. */
  readonly name?: string;
  readonly env: Env;
  readonly onLine?: (line: string) => void;
}

/** Starts one. It logs JSON lines, whatever the environment says. */
export function startProduct(processes: Processes, { role, name, env, onLine }: ProductOptions): Child {
  const entry = fileURLToPath(import.meta.resolve(`../../${entryOf(role)}`));
  return processes.start({
    name: name ?? role,
    rank: "product",
    command: Deno.execPath(),
    args: ["run", "-P=worker", entry],
    env: { ...env, LOG_FORMAT: "json" },
    ...(onLine === undefined ? {} : { onLine }),
  });
}

function entryOf(role: Role): string {
  return role === "scheduler" ? "scheduler.ts" : `workers/${role.slice("worker:".length)}.ts`;
}
