-- The tables of profile `national` as the dev stack and the tests need them (source-schema, "Profile national").
-- A pharmacy's own database has them already: Hermes never changes it. May be run again: what exists is left alone.
-- Usage: sqlcmd -S server -d hermes -i schema.national.sql      (SQL Server 2016 or later; GO separates batches)

-- Sales invoices (hoa_don). The index on status serves the scan: the clustered key follows it, so a page is a seek on (status, id).
IF OBJECT_ID(N'dbo.SalesInvoices', N'U') IS NULL
BEGIN
  CREATE TABLE [dbo].[SalesInvoices] (
    [id] int IDENTITY(1, 1) NOT NULL,
    [local_invoice_id] varchar(50) NOT NULL,
    [pharmacy_code] varchar(50) NOT NULL,
    [shop_pharmacy_code] varchar(50) NOT NULL,
    [national_prescription_id] varchar(50) NULL,
    [sale_date] datetime NOT NULL,
    [seller_name] nvarchar(50) NULL,
    [customer_name] nvarchar(50) NULL,
    [status] varchar(20) NOT NULL,
    [national_invoice_id] varchar(100) NULL,
    [sync_response_message] nvarchar(max) NULL,
    [created_at] datetime NOT NULL CONSTRAINT [DF_SalesInvoices_created_at] DEFAULT (GETDATE()),
    [updated_at] datetime NOT NULL CONSTRAINT [DF_SalesInvoices_updated_at] DEFAULT (GETDATE()),
    CONSTRAINT [PK_SalesInvoices] PRIMARY KEY CLUSTERED ([id])
  );
  CREATE NONCLUSTERED INDEX [IX_SalesInvoices_status] ON [dbo].[SalesInvoices] ([status]) INCLUDE ([shop_pharmacy_code]);
END;
GO

IF OBJECT_ID(N'dbo.SalesInvoiceDetails', N'U') IS NULL
BEGIN
  CREATE TABLE [dbo].[SalesInvoiceDetails] (
    [id] int IDENTITY(1, 1) NOT NULL,
    [sales_invoice_id] int NOT NULL,
    [drug_code] varchar(50) NOT NULL,
    [drug_name] nvarchar(500) NOT NULL,
    [lot_number] varchar(50) NOT NULL,
    [production_date] date NULL,
    [expiry_date] date NOT NULL,
    [unit] nvarchar(50) NOT NULL,
    [concentration] nvarchar(500) NOT NULL,
    [dosage] nvarchar(max) NOT NULL,
    [route_of_administration] nvarchar(200) NULL,
    [registration_number] varchar(50) NULL,
    [quantity] decimal(18, 2) NOT NULL,
    [unit_price] decimal(18, 2) NOT NULL,
    [line_total] decimal(18, 2) NOT NULL,
    [conversion_ratio] decimal(18, 2) NOT NULL,
    CONSTRAINT [PK_SalesInvoiceDetails] PRIMARY KEY CLUSTERED ([id]),
    CONSTRAINT [FK_SalesInvoiceDetails_SalesInvoices] FOREIGN KEY ([sales_invoice_id]) REFERENCES [dbo].[SalesInvoices] ([id])
  );
  CREATE NONCLUSTERED INDEX [IX_SalesInvoiceDetails_sales_invoice_id] ON [dbo].[SalesInvoiceDetails] ([sales_invoice_id]);
END;
GO

-- Purchase receipts (phieu_nhap). The index on status serves the scan: the clustered key follows it, so a page is a seek on (status, id).
IF OBJECT_ID(N'dbo.PurchaseReceipts', N'U') IS NULL
BEGIN
  CREATE TABLE [dbo].[PurchaseReceipts] (
    [id] int IDENTITY(1, 1) NOT NULL,
    [local_receipt_id] varchar(50) NOT NULL,
    [pharmacy_code] varchar(50) NOT NULL,
    [shop_pharmacy_code] varchar(50) NOT NULL,
    [receipt_date] datetime NOT NULL,
    [receipt_type] int NOT NULL,
    [supplier_name] nvarchar(500) NULL,
    [notes] nvarchar(max) NULL,
    [status] varchar(20) NOT NULL,
    [national_receipt_id] varchar(100) NULL,
    [sync_response_message] nvarchar(max) NULL,
    [created_at] datetime NOT NULL CONSTRAINT [DF_PurchaseReceipts_created_at] DEFAULT (GETDATE()),
    [updated_at] datetime NOT NULL CONSTRAINT [DF_PurchaseReceipts_updated_at] DEFAULT (GETDATE()),
    CONSTRAINT [PK_PurchaseReceipts] PRIMARY KEY CLUSTERED ([id])
  );
  CREATE NONCLUSTERED INDEX [IX_PurchaseReceipts_status] ON [dbo].[PurchaseReceipts] ([status]) INCLUDE ([shop_pharmacy_code]);
END;
GO

IF OBJECT_ID(N'dbo.PurchaseReceiptDetails', N'U') IS NULL
BEGIN
  CREATE TABLE [dbo].[PurchaseReceiptDetails] (
    [id] int IDENTITY(1, 1) NOT NULL,
    [purchase_receipt_id] int NOT NULL,
    [drug_code] varchar(50) NOT NULL,
    [drug_name] nvarchar(500) NOT NULL,
    [lot_number] varchar(50) NOT NULL,
    [production_date] date NULL,
    [expiry_date] date NOT NULL,
    [registration_number] varchar(50) NOT NULL,
    [unit] nvarchar(200) NOT NULL,
    [quantity] decimal(18, 2) NOT NULL,
    [unit_price] decimal(18, 2) NULL,
    CONSTRAINT [PK_PurchaseReceiptDetails] PRIMARY KEY CLUSTERED ([id]),
    CONSTRAINT [FK_PurchaseReceiptDetails_PurchaseReceipts] FOREIGN KEY ([purchase_receipt_id]) REFERENCES [dbo].[PurchaseReceipts] ([id])
  );
  CREATE NONCLUSTERED INDEX [IX_PurchaseReceiptDetails_purchase_receipt_id] ON [dbo].[PurchaseReceiptDetails] ([purchase_receipt_id]);
END;
GO

-- Goods issue slips (phieu_xuat). The index on status serves the scan: the clustered key follows it, so a page is a seek on (status, id).
IF OBJECT_ID(N'dbo.GoodsIssueSlips', N'U') IS NULL
BEGIN
  CREATE TABLE [dbo].[GoodsIssueSlips] (
    [id] int IDENTITY(1, 1) NOT NULL,
    [local_slip_id] varchar(50) NOT NULL,
    [pharmacy_code] varchar(50) NOT NULL,
    [shop_pharmacy_code] varchar(50) NOT NULL,
    [issue_date] datetime NOT NULL,
    [issue_type] int NOT NULL,
    [recipient_name] nvarchar(500) NULL,
    [notes] nvarchar(max) NOT NULL,
    [status] varchar(20) NOT NULL,
    [national_slip_id] varchar(100) NULL,
    [sync_response_message] nvarchar(max) NULL,
    [created_at] datetime NOT NULL CONSTRAINT [DF_GoodsIssueSlips_created_at] DEFAULT (GETDATE()),
    [updated_at] datetime NOT NULL CONSTRAINT [DF_GoodsIssueSlips_updated_at] DEFAULT (GETDATE()),
    CONSTRAINT [PK_GoodsIssueSlips] PRIMARY KEY CLUSTERED ([id])
  );
  CREATE NONCLUSTERED INDEX [IX_GoodsIssueSlips_status] ON [dbo].[GoodsIssueSlips] ([status]) INCLUDE ([shop_pharmacy_code]);
END;
GO

IF OBJECT_ID(N'dbo.GoodsIssueSlipDetails', N'U') IS NULL
BEGIN
  CREATE TABLE [dbo].[GoodsIssueSlipDetails] (
    [id] int IDENTITY(1, 1) NOT NULL,
    [goods_issue_slip_id] int NOT NULL,
    [drug_code] varchar(50) NOT NULL,
    [drug_name] nvarchar(500) NOT NULL,
    [lot_number] varchar(50) NOT NULL,
    [production_date] date NULL,
    [expiry_date] date NOT NULL,
    [registration_number] varchar(50) NOT NULL,
    [unit] nvarchar(200) NOT NULL,
    [quantity] decimal(18, 2) NOT NULL,
    [unit_price] decimal(18, 2) NOT NULL,
    CONSTRAINT [PK_GoodsIssueSlipDetails] PRIMARY KEY CLUSTERED ([id]),
    CONSTRAINT [FK_GoodsIssueSlipDetails_GoodsIssueSlips] FOREIGN KEY ([goods_issue_slip_id]) REFERENCES [dbo].[GoodsIssueSlips] ([id])
  );
  CREATE NONCLUSTERED INDEX [IX_GoodsIssueSlipDetails_goods_issue_slip_id] ON [dbo].[GoodsIssueSlipDetails] ([goods_issue_slip_id]);
END;
GO

-- Which account a shop sends with; status 1 is active.
IF OBJECT_ID(N'dbo.AccountShop', N'U') IS NULL
BEGIN
  CREATE TABLE [dbo].[AccountShop] (
    [shop_pharmacy_code] varchar(50) NOT NULL,
    [pharmacy_code] varchar(50) NOT NULL,
    [account] varchar(50) NOT NULL,
    [password] nvarchar(50) NOT NULL,
    [shop_name] nvarchar(255) NULL,
    [address] nvarchar(500) NULL,
    [phone_number] varchar(20) NULL,
    [email] varchar(100) NULL,
    [status] int NOT NULL CONSTRAINT [DF_AccountShop_status] DEFAULT (1),
    [created_at] datetime NOT NULL CONSTRAINT [DF_AccountShop_created_at] DEFAULT (GETDATE()),
    [updated_at] datetime NOT NULL CONSTRAINT [DF_AccountShop_updated_at] DEFAULT (GETDATE()),
    CONSTRAINT [PK_AccountShop] PRIMARY KEY CLUSTERED ([shop_pharmacy_code], [pharmacy_code], [account])
  );
END;
GO
