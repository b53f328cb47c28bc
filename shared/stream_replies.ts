// Reads what the Lua scripts return. A stranger may have written to a stream: an entry that cannot be read is told apart.
import type { Claim, Receipt } from "./document.ts";
import { type EntryReaders, entryReaders, readEntry } from "./entry_version.ts";
import type { Enqueued } from "./stream.ts";

/** An entry that is not one of ours: it has no usable fields. It is buried, not sent. */
export interface Unreadable {
  id: string;
  deliveries: number;
  problem: string;
  fields: Record<string, string>;
}

/** What take.lua returned. */
export interface Taken {
  paused: boolean;
  /** Last id that the group delivered: what comes after it is new. */
  lastDeliveredId: string;
  claims: Claim[];
  unreadable: Unreadable[];
  /** How many entries of a newer version were set aside in this take. */
  newer: number;
}

/** A stranger's entry may name a row of ours; sending its body would bring that row a success that is not its own. */
const unrecorded = "it is not in flight by Hermes' own records: it was not enqueued by a scheduler";

/** Throws TypeError when the reply has not the form that take.lua gives. */
export function readTaken(reply: unknown, readers: EntryReaders = entryReaders): Taken {
  const [paused, lastDeliveredId, entries, newer = 0] = list(reply);
  const taken: Taken = {
    paused: paused === 1,
    lastDeliveredId: String(lastDeliveredId),
    claims: [],
    unreadable: [],
    newer: Number(newer),
  };
  for (const item of list(entries)) {
    const [id, deliveries, receipt, flat, recorded] = list(item);
    const fields = fieldsOf(list(flat).map(String));
    const entry = recorded === 0 ? unrecorded : readEntry(String(id), fields, readers);
    if (typeof entry === "string") {
      taken.unreadable.push({ id: String(id), deliveries: Number(deliveries), problem: entry, fields });
    } else {
      taken.claims.push({ entry, deliveries: Number(deliveries), receipt: readReceipt(String(receipt)) });
    }
  }
  return taken;
}

/** What became of each document that was offered to enqueue.lua, in order. */
export function readEnqueued(reply: unknown): Enqueued[] {
  return list(reply).map((id) => {
    if (id === "") return { kind: "known" };
    return id === "full" ? { kind: "full" } : { kind: "added", id: String(id) };
  });
}

/** A receipt that cannot be read counts as none: the document is sent again, and the partner says that it has it. */
function readReceipt(text: string): Receipt | null {
  if (text === "") return null;
  try {
    const { nationalCode, message } = JSON.parse(text);
    const known = (nationalCode === null || typeof nationalCode === "string") && typeof message === "string";
    return known ? { nationalCode, message } : null;
  } catch {
    return null;
  }
}

function fieldsOf(flat: string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) fields[flat[i] ?? ""] = flat[i + 1] ?? "";
  return fields;
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) {
    throw new TypeError(`A Redis script returned ${JSON.stringify(value)} instead of a list`);
  }
  return value;
}
