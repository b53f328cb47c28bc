// The functions that SQLite calls back: one SQL function x(…, id) over a table of JavaScript functions.
// sql/emit asks for an id by a key that says all there is to know about the function; equal keys share one.
import type { Physical } from "../sql/types.ts";

export type Op = (args: readonly Physical[]) => Physical;

export class Ops {
  readonly #ops: Op[] = [];
  readonly #ids = new Map<string, number>();

  /** SQL text of a call. `make` builds the function when the key is new; a NULL argument gives NULL. */
  call(key: string, args: readonly string[], make: () => Op): string {
    return this.callWithNulls(key, args, () => strict(make()));
  }

  /** Like call, for functions that look at NULLs themselves. */
  callWithNulls(key: string, args: readonly string[], make: () => Op): string {
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#ops.push(make()) - 1;
      this.#ids.set(key, id);
    }
    return `x(${[...args, `${id}.0`].join(",")})`;
  }

  /** Carries out a call; takes the id off the end of its arguments. */
  run(args: Physical[]): Physical {
    const id = Number(args.pop());
    const op = this.#ops[id];
    if (op === undefined) throw new Error(`no function ${id}`);
    return op(args);
  }
}

function strict(op: Op): Op {
  return (args) => args.includes(null) ? null : op(args);
}
