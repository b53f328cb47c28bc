// The product in a stack: the scheduler and the workers, each a process started as its task in deno.json starts it.
import { fileURLToPath } from "node:url";
import { heapFlag } from "../compile/programs.ts";
import type { DocumentType } from "../../shared/document.ts";
import type { Child } from "./child.ts";
import type { Env } from "./env_file.ts";
import type { Processes } from "./processes.ts";

/** One process of the product. */
export type Role = "scheduler" | "console" | `worker:${DocumentType}`;

/** Which process to start, with its whole environment. */
export interface ProductOptions {
  readonly role: Role;
  /** Names its log file; the role when left out. */
  readonly name?: string;
  readonly env: Env;
  /** Where it looks for `.env` first; the working directory of this process when left out. */
  readonly cwd?: string;
  readonly onLine?: (line: string) => void;
}

/** Starts one. It logs JSON lines, whatever the environment says. */
export function startProduct(processes: Processes, { role, name = role, ...options }: ProductOptions): Child {
  const checkout = fileURLToPath(import.meta.resolve("../../"));
  // The permissions of its task, and its working directory, where its `.env` may be outside the checkout.
  const readable = `${options.cwd ?? Deno.cwd()},${checkout}`;
  return processes.start({
    ...options,
    env: { ...options.env, LOG_FORMAT: "json" },
    name,
    rank: "product",
    command: Deno.execPath(),
    args: ["run", heapFlag, "-P=worker", `--allow-read=${readable}`, `${checkout}${entryOf(role)}`],
  });
}

function entryOf(role: Role): string {
  if (role === "console") return "console/main.ts";
  return role === "scheduler" ? "scheduler.ts" : `workers/${role.slice("worker:".length)}.ts`;
}
