// Makes believable sample documents of a pharmacy chain, the same for the same seed. insert.ts writes them.
// One in twenty breaks a rule on our side, one in twenty is refused by the simulated partner.
import { SAMPLE_SHOPS, type SampleShop } from "./accounts.ts";
import { flawed } from "./flaws.ts";
import { makeGoods } from "./goods.ts";
import { between, pick, type Random, seededRandom } from "./random.ts";
import type { Flaw, Sample, SampleRows } from "./rows.ts";
import {
  DESTRUCTION_NOTES,
  FAMILY_NAMES,
  GIVEN_NAMES,
  MIDDLE_NAMES,
  RECEIPT_NOTES,
  RETURN_NOTES,
  SELLERS,
  SUPPLIERS,
} from "./words.ts";

export interface SampleOptions {
  readonly count: number;
  /** Any integer. */
  readonly seed: number;
  /** Number of the first document, from 0; the number is part of the code, and decides what is wrong with it. */
  readonly startNumber: number;
  /** The moment the documents are made; dates lie a few days before it, in Vietnam's time. */
  readonly now: Date;
}

/** Makes `count` documents. Document number n is the same whatever `count` and `startNumber` are. */
export function makeSamples({ count, seed, startNumber, now }: SampleOptions): Sample[] {
  return Array.from({ length: count }, (_, at) => makeSample(startNumber + at, seed, now));
}

/** Every twentieth document breaks a rule, every twentieth is refused; these are their numbers modulo 20. */
const PERIOD = 20;
const BROKEN_AT = 7;
const REFUSED_AT = 13;

const OWN_FLAWS: readonly Flaw[] = [
  "supplier_missing",
  "notes_empty",
  "drug_name_blank",
  "note_too_long",
  "issue_type_1",
  "no_lines",
];

const TYPE_OF_FLAW: Readonly<Partial<Record<Flaw, Sample["type"]>>> = {
  supplier_missing: "phieu_nhap",
  notes_empty: "phieu_xuat",
  note_too_long: "phieu_nhap",
  issue_type_1: "phieu_xuat",
};

function makeSample(number: number, seed: number, now: Date): Sample {
  const random = seededRandom(seed ^ Math.imul(number + 1, 0x9e3779b1));
  const flaw = flawOf(number);
  const usualType = pick(random, ["hoa_don", "hoa_don", "hoa_don", "phieu_nhap", "phieu_nhap", "phieu_xuat"]);
  const type = (flaw === null ? undefined : TYPE_OF_FLAW[flaw]) ?? usualType;
  const rows = makeRows(type, { number, random, nowMs: now.getTime() });
  const expected = flaw === null ? "SYNC_SUCCESS" : "SYNC_FAILED";
  return { ...(flaw === null ? rows : flawed(rows, flaw)), code: codeOf(type, number, now), flaw, expected };
}

function flawOf(number: number): Flaw | null {
  if (number % PERIOD === REFUSED_AT) return "unknown_drug";
  if (number % PERIOD !== BROKEN_AT) return null;
  return OWN_FLAWS[Math.floor(number / PERIOD) % OWN_FLAWS.length] ?? null;
}

interface Making {
  readonly number: number;
  readonly random: Random;
  readonly nowMs: number;
}

type SampleType = Sample["type"];

function makeRows(type: SampleType, making: Making): SampleRows {
  const shop = pickShop(making.random);
  const common = {
    pharmacy_code: shop.pharmacy_code,
    shop_pharmacy_code: shop.shop_pharmacy_code,
    status: "PENDING_SYNC",
    created_minutes_ago: 0,
  } as const;
  switch (type) {
    case "hoa_don":
      return salesInvoice(common, making);
    case "phieu_nhap":
      return purchaseReceipt(common, making);
    case "phieu_xuat":
      return goodsIssueSlip(common, making);
  }
}
