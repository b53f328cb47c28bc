// Folds failures into groups of one cause: five thousand failures are some twenty causes. Pure. After failure_words.ts; causes.ts says what to do.
import { createHash } from "node:crypto";
import { type Cause, causeOf } from "./causes.ts";
import { hole, patternOf, readMessage } from "./failure_words.ts";
import { messageWithoutPeople } from "./people.ts";
import type { Failure, FailureGroup, FailureKind } from "./types.ts";

/** So many patterns that differ only in some words are one: the words are a value (a drug's name), not a cause. */
const variantsMin = 5;
/** Share of the words at both ends that such patterns have in common. */
const alikeMin = 0.6;

interface Bucket {
  kind: FailureKind;
  pattern: string;
  status: number | null;
  failures: Failure[];
}

/** Failures by cause, most first. The same failures in any order give the same groups. */
export function groupFailures(failures: readonly Failure[]): FailureGroup[] {
  const buckets = new Map<string, Bucket>();
  for (const failure of failures) {
    const words = readMessage(failure.message);
    const pattern = patternOf(words);
    const id = `${words.kind}\n${pattern.toLowerCase()}`;
    const bucket = buckets.get(id);
    if (bucket) bucket.failures.push(failure);
    else buckets.set(id, { kind: words.kind, pattern, status: words.status, failures: [failure] });
  }
  const folded = foldVariants([...buckets.values()].sort((a, b) => a.pattern < b.pattern ? -1 : 1));
  return folded.map(groupOf).sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1));
}

/** Joins buckets whose patterns differ in free words only. Our own rules quote what varies and are left alone. */
function foldVariants(buckets: Bucket[]): Bucket[] {
  const result = buckets.filter(({ kind }) => kind === "invalid");
  let rest = buckets.filter(({ kind }) => kind !== "invalid");
  while (rest.length > 0) {
    const [head, ...others] = rest;
    if (!head) break;
    const alike = others.filter((other) => other.kind === head.kind && isAlike(head.pattern, other.pattern));
    if (alike.length + 1 < variantsMin) {
      result.push(head);
      rest = others;
      continue;
    }
    result.push(joined([head, ...alike]));
    rest = others.filter((other) => !alike.includes(other));
  }
  return result;
}

function isAlike(a: string, b: string): boolean {
  const [left, right] = [a.split(" "), b.split(" ")];
  const { prefix, suffix } = commonEnds(left, right);
  const differing = [
    ...left.slice(prefix, left.length - suffix),
    ...right.slice(prefix, right.length - suffix),
  ];
  // A field's name is a cause of its own: `so_lo` missing is not `so_luong` missing.
  if (differing.some((word) => /[_[\]]/.test(word))) return false;
  return (prefix + suffix) / Math.max(left.length, right.length) >= alikeMin;
}

function commonEnds(left: string[], right: string[]): { prefix: number; suffix: number } {
  const shorter = Math.min(left.length, right.length);
  let prefix = 0;
  while (prefix < shorter && left[prefix] === right[prefix]) prefix++;
  let suffix = 0;
  while (suffix < shorter - prefix && left.at(-1 - suffix) === right.at(-1 - suffix)) suffix++;
  return { prefix, suffix };
}

function joined(buckets: Bucket[]): Bucket {
  const all = buckets.map(({ pattern }) => pattern.split(" "));
  const head = all[0] ?? [];
  const ends = all.map((words) => commonEnds(head, words));
  const prefix = Math.min(...ends.map((end) => end.prefix));
  const suffix = Math.min(...ends.slice(1).map((end) => end.suffix));
  const pattern = [...head.slice(0, prefix), hole, ...head.slice(head.length - suffix)].join(" ");
  const { kind = "other", status = null } = buckets[0] ?? {};
  return { kind, status, pattern, failures: buckets.flatMap(({ failures }) => failures) };
}

function groupOf({ kind, pattern, status, failures }: Bucket): FailureGroup {
  const cause = causeOf(kind, pattern);
  const byTime = [...failures].sort((a, b) => b.atMs - a.atMs || (a.key < b.key ? -1 : 1));
  const example = byTime[0];
  if (!example) throw new RangeError("A group has at least one failure");
  return {
    id: idOf(cause, pattern),
    kind,
    status,
    pattern,
    count: failures.length,
    shops: new Set(failures.map(({ shop }) => shop)).size,
    types: [...new Set(failures.map(({ type }) => type))].sort(),
    firstSeenMs: byTime.at(-1)?.atMs ?? example.atMs,
    lastSeenMs: example.atMs,
    example: { ...example, message: messageWithoutPeople(example.message) },
    title: cause.title,
    advice: cause.advice,
    redriveHelps: cause.redriveHelps === true,
    members: byTime.map(({ type, key, code, shop }) => ({ type, key, code, shop })),
  };
}

function idOf(cause: Cause, pattern: string): string {
  const digest = createHash("sha1").update(`${cause.kind}\n${pattern.toLowerCase()}`).digest("hex");
  return `${cause.name}-${digest.slice(0, 6)}`;
}
