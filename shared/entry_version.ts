// Versions of stream entries: which one the scheduler writes, and a reader for each that a worker understands. Between enqueue and take.
//
// The scheduler writes `entryVersion`; workers understand it and the one before. What is newer than a worker knows, take.lua sets
// aside for a newer worker. So an upgrade goes through a running system: workers first, the scheduler last (docs/upgrades.md).
// A new version is one more reader, another number here, and other fields in enqueue.lua. The field `v` is in every version.
import type { Entry } from "./document.ts";

/** An entry's fields as a document; a sentence that names the problem where they are not what its version says. */
export type EntryReader = (id: string, fields: Record<string, string>) => Entry | string;

/** By version: the current one, and the one before. */
export type EntryReaders = ReadonlyMap<number, EntryReader>;

/** What the scheduler writes. */
export const entryVersion = 1;

/** What this program understands. There is nothing before version 1. */
export const entryReaders: EntryReaders = new Map([[1, readVersion1]]);

/** The versions that some readers know, from oldest to newest. */
export function versionsOf(readers: EntryReaders): { oldest: number; newest: number } {
  const versions = [...readers.keys()];
  return { oldest: Math.min(...versions), newest: Math.max(...versions) };
}

/** Reads an entry by its version; a sentence that names the problem where that cannot be done. */
export function readEntry(id: string, fields: Record<string, string>, readers: EntryReaders): Entry | string {
  const { v = "" } = fields;
  if (v === "") return `the entry has no field "v", its version`;
  const read = /^[1-9]\d{0,2}$/.test(v) ? readers.get(Number(v)) : undefined;
  if (read) return read(id, fields);
  return `the entry's version is "${v.slice(0, 20)}", and versions ${
    [...readers.keys()].join(", ")
  } are known`;
}

function readVersion1(id: string, fields: Record<string, string>): Entry | string {
  const { key, code, shop, body, scanned_at, traceparent } = fields;
  for (const name of ["key", "code", "shop", "body", "scanned_at"]) {
    if (!fields[name]) return `the entry has no field "${name}"`;
  }
  const scannedAtMs = Number(scanned_at);
  if (!Number.isFinite(scannedAtMs)) return `the entry's scanned_at is not a time: "${scanned_at}"`;
  return {
    id,
    key: key ?? "",
    code: code ?? "",
    shop: shop ?? "",
    body: body ?? "",
    scannedAtMs,
    traceparent,
  };
}
