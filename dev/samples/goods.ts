// The goods on the lines of a sample document: a drug, its lot and dates, a quantity and a price. All arithmetic
// is in hundredths, as whole numbers, so that the decimals are exact.
import { type Drug, DRUGS } from "./drugs.ts";
import { between, pick, type Random } from "./random.ts";
import { vietnamDay } from "./vietnam_time.ts";

const DAY_MS = 86_400_000;

/** What any line of any document type says. */
export interface Goods {
  readonly drug: Drug;
  readonly lot_number: string;
  readonly production_date: string | null;
  readonly expiry_date: string;
  readonly quantity: string;
  readonly unit_price: string;
  readonly line_total: string;
}

/** Makes one to eight lines of different drugs. `pack` multiplies quantities: receipts are larger than sales. */
export function makeGoods(random: Random, nowMs: number, pack: number): Goods[] {
  const drugs = new Set(Array.from({ length: between(random, 1, 8) }, () => pick(random, DRUGS)));
  return [...drugs].map((drug) => makeLine(drug, { random, nowMs, pack }));
}

function makeLine(
  drug: Drug,
  { random, nowMs, pack }: { random: Random; nowMs: number; pack: number },
): Goods {
  const producedMs = nowMs - between(random, 60, 500) * DAY_MS;
  const expiresMs = nowMs + between(random, 90, 1000) * DAY_MS;
  const isHalf = random() < 0.05;
  const quantity = between(random, 1, 30) * pack * 100 + (isHalf ? 50 : 0);
  const total = Math.round((quantity * drug.priceHundredths) / 100);
  return {
    drug,
    lot_number: lotNumber(random, producedMs),
    production_date: random() < 0.1 ? null : vietnamDay(producedMs),
    expiry_date: vietnamDay(expiresMs),
    quantity: decimal(quantity),
    unit_price: decimal(drug.priceHundredths),
    line_total: decimal(total),
  };
}

function lotNumber(random: Random, producedMs: number): string {
  const [year = "", month = "", day = ""] = vietnamDay(producedMs).slice(2).split("-");
  return pick(random, [
    `LO${year}${month}${day}`,
    `${between(random, 1, 999)}`.padStart(3, "0") + `0${month}${year}`,
    `${pick(random, ["A", "B", "C", "H"])}${year}-${between(random, 1000, 9999)}`,
  ]);
}

function decimal(hundredths: number): string {
  const digits = String(hundredths).padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
