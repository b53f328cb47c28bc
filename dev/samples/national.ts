// How sample documents are written into the tables of profile national. insert.ts runs the statements.
import insertGoodsIssueSlipDetailsSql from "./insert_goods_issue_slip_details.sql" with { type: "text" };
import insertGoodsIssueSlipsSql from "./insert_goods_issue_slips.sql" with { type: "text" };
import insertPurchaseReceiptDetailsSql from "./insert_purchase_receipt_details.sql" with { type: "text" };
import insertPurchaseReceiptsSql from "./insert_purchase_receipts.sql" with { type: "text" };
import insertSalesInvoiceDetailsSql from "./insert_sales_invoice_details.sql" with { type: "text" };
import insertSalesInvoicesSql from "./insert_sales_invoices.sql" with { type: "text" };
import type { SampleLayout } from "./layout.ts";

export const nationalLayout: SampleLayout = {
  statements: {
    hoa_don: { headers: insertSalesInvoicesSql, lines: insertSalesInvoiceDetailsSql },
    phieu_nhap: { headers: insertPurchaseReceiptsSql, lines: insertPurchaseReceiptDetailsSql },
    phieu_xuat: { headers: insertGoodsIssueSlipsSql, lines: insertGoodsIssueSlipDetailsSql },
  },
  rowsOf: ({ header, lines }) => ({ header, lines }),
};
