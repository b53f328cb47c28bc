// Makes believable sample documents of a pharmacy chain, the same for the same seed. insert.ts writes them.
// One in twenty breaks a rule on our side, one in twenty is refused by the simulated partner.
import { makeRows } from "./documents.ts";
import { spoil } from "./flaws.ts";
import { pick, seededRandom } from "./random.ts";
import type { Flaw, Sample } from "./rows.ts";
import { vietnamDay } from "./vietnam_time.ts";

export interface SampleOptions {
  readonly count: number;
  /** Any integer. */
  readonly seed: number;
  /** Number of the first document, from 0; the number is part of the code, and decides what is wrong with it. */
  readonly startNumber: number;
  /** The moment the documents are made; their dates lie in the days before it. */
  readonly now: Date;
}

/** Makes `count` documents. Document number n is the same whatever `count` and `startNumber` are. */
export function makeSamples({ count, seed, startNumber, now }: SampleOptions): Sample[] {
  return Array.from({ length: count }, (_, at) => makeSample(startNumber + at, seed, now.getTime()));
}

/** Every twentieth document breaks a rule, every twentieth is refused; these are their numbers modulo 20. */
const PERIOD = 20;
const BROKEN_AT = 7;
const REFUSED_AT = 13;

/** The flaws that our own rules find, in turn, and the type each needs (null: any). */
const OWN_FLAWS: readonly (readonly [Flaw, Sample["type"] | null])[] = [
  ["supplier_missing", "phieu_nhap"],
  ["notes_empty", "phieu_xuat"],
  ["drug_name_blank", "hoa_don"],
  ["note_too_long", "phieu_nhap"],
  ["issue_type_1", "phieu_xuat"],
  ["no_lines", null],
];

const USUAL_TYPES = ["hoa_don", "hoa_don", "hoa_don", "phieu_nhap", "phieu_nhap", "phieu_xuat"] as const;
const CODE_PREFIXES = { hoa_don: "HD", phieu_nhap: "PN", phieu_xuat: "PX" } as const;

function makeSample(number: number, seed: number, nowMs: number): Sample {
  const random = seededRandom(seed ^ Math.imul(number + 1, 0x9e3779b1));
  const { flaw, needs } = flawOf(number);
  const type = needs ?? pick(random, USUAL_TYPES);
  const day = vietnamDay(nowMs).replaceAll("-", "").slice(2);
  const code = CODE_PREFIXES[type] + day + String(number).padStart(4, "0");
  const rows = makeRows(type, { code, random, nowMs });
  if (flaw === null) return { ...rows, code, flaw, expected: "SYNC_SUCCESS" };
  return { ...spoil(rows, flaw), code, flaw, expected: "SYNC_FAILED" };
}

function flawOf(number: number): { flaw: Flaw | null; needs: Sample["type"] | null } {
  if (number % PERIOD === REFUSED_AT) return { flaw: "unknown_drug", needs: null };
  const own = OWN_FLAWS[Math.floor(number / PERIOD) % OWN_FLAWS.length];
  if (number % PERIOD !== BROKEN_AT || own === undefined) return { flaw: null, needs: null };
  return { flaw: own[0], needs: own[1] };
}
