// The rows of one sample document of each type, without any flaw. samples.ts decides what is made; flaws.ts spoils
// some of it afterwards.
import { SAMPLE_SHOPS, type SampleShop } from "./accounts.ts";
import { type Goods, makeGoods } from "./goods.ts";
import { between, pick, type Random } from "./random.ts";
import type { Sample, SampleRows } from "./rows.ts";
import { vietnamMoment } from "./vietnam_time.ts";
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

/** What one document is made from. */
export interface Making {
  readonly code: string;
  readonly random: Random;
  readonly nowMs: number;
}

/** Makes the rows of one document that keeps every rule. */
export function makeRows(type: Sample["type"], making: Making): SampleRows {
  switch (type) {
    case "hoa_don":
      return salesInvoice(making);
    case "phieu_nhap":
      return purchaseReceipt(making);
    case "phieu_xuat":
      return goodsIssueSlip(making);
  }
}

function salesInvoice({ code, random, nowMs }: Making): SampleRows {
  return {
    type: "hoa_don",
    header: {
      ...commonHeader(random),
      local_invoice_id: code,
      national_prescription_id: random() < 0.3 ? `${between(random, 1e11, 9e11).toString(36)}-c` : null,
      sale_date: vietnamMoment(nowMs - between(random, 0, 86_400) * 1000),
      seller_name: random() < 0.9 ? pick(random, SELLERS) : null,
      customer_name: random() < 0.7 ? personName(random) : null,
    },
    lines: makeGoods(random, nowMs, 1).map((goods) => ({
      ...lineOf(goods),
      unit_price: goods.unit_price,
      concentration: goods.drug.strength,
      dosage: goods.drug.dosage,
      route_of_administration: goods.drug.route,
      registration_number: goods.drug.registration,
      line_total: goods.line_total,
      conversion_ratio: "1.00",
    })),
  };
}

function purchaseReceipt({ code, random, nowMs }: Making): SampleRows {
  const type = pick(random, [1, 1, 1, 1, 2, 3]);
  return {
    type: "phieu_nhap",
    header: {
      ...commonHeader(random),
      local_receipt_id: code,
      receipt_date: vietnamMoment(nowMs - between(random, 0, 3 * 86_400) * 1000),
      receipt_type: type,
      supplier_name: type === 1 ? pick(random, SUPPLIERS) : null,
      notes: random() < 0.6 ? pick(random, RECEIPT_NOTES) : null,
    },
    lines: makeGoods(random, nowMs, 10).map((goods) => ({
      ...lineOf(goods),
      unit_price: type === 3 && random() < 0.5 ? null : goods.unit_price,
      registration_number: goods.drug.registration,
    })),
  };
}

function goodsIssueSlip({ code, random, nowMs }: Making): SampleRows {
  const isReturn = random() < 0.6;
  return {
    type: "phieu_xuat",
    header: {
      ...commonHeader(random),
      local_slip_id: code,
      issue_date: vietnamMoment(nowMs - between(random, 0, 3 * 86_400) * 1000),
      issue_type: isReturn ? 2 : 3,
      recipient_name: isReturn ? pick(random, SUPPLIERS) : null,
      notes: pick(random, isReturn ? RETURN_NOTES : DESTRUCTION_NOTES),
    },
    lines: makeGoods(random, nowMs, 2).map((goods) => ({
      ...lineOf(goods),
      unit_price: goods.unit_price,
      registration_number: goods.drug.registration,
    })),
  };
}

function commonHeader(random: Random) {
  const { pharmacy_code, shop_pharmacy_code } = pick(random, weightedShops);
  return { pharmacy_code, shop_pharmacy_code, status: "PENDING_SYNC", created_minutes_ago: 0 } as const;
}

const weightedShops: readonly SampleShop[] = SAMPLE_SHOPS.flatMap((shop) => Array(shop.weight).fill(shop));

function lineOf(goods: Goods) {
  const { drug, lot_number, production_date, expiry_date, quantity } = goods;
  return {
    drug_code: drug.code,
    drug_name: drug.name,
    lot_number,
    production_date,
    expiry_date,
    quantity,
    unit: drug.unit,
  };
}

function personName(random: Random): string {
  return `${pick(random, FAMILY_NAMES)} ${pick(random, MIDDLE_NAMES)} ${pick(random, GIVEN_NAMES)}`;
}
