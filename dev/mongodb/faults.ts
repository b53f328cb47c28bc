// Faults on demand: which command is to fail, how, and how often. Set over the control endpoint or by a
// test; `connection.ts` asks before it carries a command out.

import { z } from "zod";

/**
 * One fault. `command`: its name; without it, every command but a driver's handshake. `times`: how often,
 * then it is gone; without it, until the faults are cleared. `delayMs` comes first, then the first of
 * `cutBefore` (connection closed, nothing done), `error` (nothing done), `cutAfter` (done, but never answered).
 */
export const faultSchema = z.strictObject({
  command: z.string().min(1).optional(),
  error: z.strictObject({ code: z.int(), codeName: z.string().optional(), message: z.string() }).optional(),
  times: z.int().min(1).optional(),
  cutBefore: z.boolean().optional(),
  cutAfter: z.boolean().optional(),
  delayMs: z.int().min(0).max(600_000).optional(),
});

export type Fault = z.infer<typeof faultSchema>;

export class Faults {
  #faults: Fault[] = [];

  add(fault: Fault): void {
    this.#faults.push({ ...fault });
  }

  clear(): void {
    this.#faults = [];
  }

  get list(): readonly Fault[] {
    return this.#faults;
  }

  /** The fault that strikes this command, which counts as one of its times. The first that was set wins. */
  strike(command: string, isHandshake: boolean): Fault | undefined {
    const fault = this.#faults.find((each) => each.command ? each.command === command : !isHandshake);
    if (fault?.times === undefined) return fault;
    fault.times--;
    if (fault.times === 0) this.#faults = this.#faults.filter((each) => each !== fault);
    return fault;
  }
}
