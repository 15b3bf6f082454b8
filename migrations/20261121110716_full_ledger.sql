CREATE TABLE "imports"."aliases" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"name_key" text NOT NULL,
	"item_id" uuid NOT NULL,
	"created_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "aliases_name" CHECK (length("imports"."aliases"."name") between 1 and 120)
);

CREATE TABLE "imports"."till_articles" (
	"import_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"spelling" text NOT NULL,
	"name_key" text NOT NULL,
	"item_id" uuid,
	"outcome" text NOT NULL,
	"lines" integer NOT NULL,
	"loose_key" text NOT NULL,
	CONSTRAINT "till_articles_pkey" PRIMARY KEY("import_id","position"),
	CONSTRAINT "till_articles_outcome" CHECK ("imports"."till_articles"."outcome" in ('created', 'matched', 'alias'))
);

CREATE TABLE "imports"."till_days" (
	"import_id" uuid NOT NULL,
	"business_date" date NOT NULL,
	"tickets" integer DEFAULT 0 NOT NULL,
	"lines" integer DEFAULT 0 NOT NULL,
	"quantity" numeric(24, 6) NOT NULL,
	"total" numeric(24, 4) NOT NULL,
	"return_lines" integer DEFAULT 0 NOT NULL,
	"returned_quantity" numeric(24, 6) NOT NULL,
	"returned_total" numeric(24, 4) NOT NULL,
	CONSTRAINT "till_days_pkey" PRIMARY KEY("import_id","business_date")
);

CREATE TABLE "imports"."till_exports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"site_id" uuid NOT NULL,
	"file_name" text,
	"is_dry_run" boolean NOT NULL,
	"mapping" jsonb,
	"state" text NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"rows_read" integer DEFAULT 0 NOT NULL,
	"bytes_read" bigint DEFAULT 0 NOT NULL,
	"bytes_total" bigint,
	"rows_hash" text,
	"content_hash" text,
	"problem_count" integer DEFAULT 0 NOT NULL,
	"notice_count" integer DEFAULT 0 NOT NULL,
	"lines_taken" integer DEFAULT 0 NOT NULL,
	"lines_recorded" integer DEFAULT 0 NOT NULL,
	"tickets_created" integer DEFAULT 0 NOT NULL,
	"tickets_unchanged" integer DEFAULT 0 NOT NULL,
	"tickets_changed" integer DEFAULT 0 NOT NULL,
	"returns_created" integer DEFAULT 0 NOT NULL,
	"returns_unchanged" integer DEFAULT 0 NOT NULL,
	"returns_matched" integer DEFAULT 0 NOT NULL,
	"failure" jsonb,
	"actor" text NOT NULL,
	"started_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"updated_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"finished_at" timestamptz,
	CONSTRAINT "till_exports_state" CHECK ("imports"."till_exports"."state" in ('waiting', 'reading', 'recording', 'done', 'interrupted', 'failed'))
);

CREATE TABLE "imports"."till_flags" (
	"import_id" uuid NOT NULL,
	"row_number" integer NOT NULL,
	"code" text NOT NULL,
	"column_name" text NOT NULL,
	CONSTRAINT "till_flags_pkey" PRIMARY KEY("import_id","row_number","code","column_name")
);

CREATE TABLE "imports"."till_lines" (
	"import_id" uuid NOT NULL,
	"part" smallint NOT NULL,
	"sort_key" text NOT NULL,
	"row_number" integer NOT NULL,
	"business_date" date NOT NULL,
	"sold_at" timestamptz NOT NULL,
	"lines" text NOT NULL,
	CONSTRAINT "till_lines_pkey" PRIMARY KEY("import_id","part","sort_key","row_number")
);

CREATE TABLE "sales"."refund_lines" (
	"id" uuid PRIMARY KEY NOT NULL,
	"refund_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"line_id" uuid,
	"item_id" uuid NOT NULL,
	"name" text NOT NULL,
	"quantity" numeric(18, 6) NOT NULL,
	"unit" text NOT NULL,
	"unit_price" numeric(18, 6) NOT NULL,
	"disposition" text NOT NULL,
	"gross" numeric(16, 4) NOT NULL,
	"discount" numeric(16, 4) NOT NULL,
	"tax_code" text,
	"tax_rate" numeric(9, 6) NOT NULL,
	"net" numeric(16, 4) NOT NULL,
	"tax" numeric(16, 4) NOT NULL,
	"total" numeric(16, 4) NOT NULL,
	CONSTRAINT "refund_lines_quantity" CHECK ("sales"."refund_lines"."quantity" > 0),
	CONSTRAINT "refund_lines_disposition" CHECK ("sales"."refund_lines"."disposition" in ('waste', 'restock', 'none')),
	CONSTRAINT "refund_lines_amounts" CHECK ("sales"."refund_lines"."gross" >= 0 and "sales"."refund_lines"."discount" >= 0 and "sales"."refund_lines"."net" >= 0 and "sales"."refund_lines"."tax" >= 0
        and "sales"."refund_lines"."net" + "sales"."refund_lines"."tax" = "sales"."refund_lines"."total")
);

CREATE TABLE "sales"."refund_payments" (
	"refund_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"method" text NOT NULL,
	"amount" numeric(16, 4) NOT NULL,
	CONSTRAINT "refund_payments_pkey" PRIMARY KEY("refund_id","position"),
	CONSTRAINT "refund_payments_method" CHECK ("sales"."refund_payments"."method" in ('cash', 'card', 'voucher'))
);

CREATE TABLE "sales"."refunds" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"site_id" uuid NOT NULL,
	"sale_id" uuid,
	"number" integer,
	"till_id" uuid,
	"foreign_number" text,
	"foreign_key" text,
	"reason" text,
	"business_date" date NOT NULL,
	"refunded_at" timestamptz NOT NULL,
	"recorded_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"actor" text NOT NULL,
	"currency" char(3) NOT NULL,
	"minor_digits" smallint NOT NULL,
	"net" numeric(16, 4) NOT NULL,
	"tax" numeric(16, 4) NOT NULL,
	"total" numeric(16, 4) NOT NULL,
	"rounding" numeric(16, 4) NOT NULL,
	CONSTRAINT "refunds_kind" CHECK ("sales"."refunds"."kind" in ('refund', 'history')),
	CONSTRAINT "refunds_sale" CHECK ("sales"."refunds"."kind" = 'history' or ("sales"."refunds"."sale_id" is not null and "sales"."refunds"."reason" is not null)),
	CONSTRAINT "refunds_history" CHECK (("sales"."refunds"."kind" = 'history') = ("sales"."refunds"."foreign_key" is not null)
        and ("sales"."refunds"."kind" = 'history') = ("sales"."refunds"."number" is null)
        and ("sales"."refunds"."kind" <> 'history' or "sales"."refunds"."till_id" is null))
);

CREATE TABLE "sales"."sale_states" (
	"sale_id" uuid PRIMARY KEY NOT NULL
);

CREATE TABLE "sites"."period_changes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"site_id" uuid NOT NULL,
	"action" text NOT NULL,
	"closed_through" date,
	"closed_before" timestamptz,
	"reason" text,
	"actor" text NOT NULL,
	"recorded_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "period_changes_action" CHECK ("sites"."period_changes"."action" in ('close', 'reopen')),
	CONSTRAINT "period_changes_closed" CHECK (("sites"."period_changes"."closed_before" is null) = ("sites"."period_changes"."closed_through" is null)
        and ("sites"."period_changes"."action" = 'reopen' or "sites"."period_changes"."closed_before" is not null)),
	CONSTRAINT "period_changes_reason" CHECK ("sites"."period_changes"."reason" is not null or "sites"."period_changes"."action" = 'close')
);

CREATE TABLE "stock"."cost_adjustments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"seq" bigint DEFAULT nextval('stock.recording_order') NOT NULL,
	"correction_id" uuid,
	"kind" text NOT NULL,
	"item_id" uuid NOT NULL,
	"site_id" uuid NOT NULL,
	"layer_id" uuid,
	"movement_id" uuid,
	"source_id" uuid NOT NULL,
	"source_line_id" uuid,
	"quantity" numeric(18, 6) NOT NULL,
	"value" numeric(20, 6) NOT NULL,
	"effective_at" timestamptz NOT NULL,
	"recorded_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "cost_adjustments_kind" CHECK ("stock"."cost_adjustments"."kind" in ('sale', 'void', 'waste', 'count', 'return', 'loss')),
	CONSTRAINT "cost_adjustments_value" CHECK ("stock"."cost_adjustments"."value" <> 0)
);

CREATE TABLE "stock"."cost_shares" (
	"source_id" uuid PRIMARY KEY NOT NULL,
	"item_id" uuid NOT NULL,
	"site_id" uuid NOT NULL,
	"layer_id" uuid,
	"good" numeric(18, 6) NOT NULL,
	"lost" numeric(18, 6) NOT NULL,
	CONSTRAINT "cost_shares_weights" CHECK ("stock"."cost_shares"."good" >= 0 and "stock"."cost_shares"."lost" >= 0 and "stock"."cost_shares"."good" + "stock"."cost_shares"."lost" > 0
        and ("stock"."cost_shares"."good" > 0) = ("stock"."cost_shares"."layer_id" is not null))
);

CREATE TABLE "stock"."document_reversals" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"document_id" uuid NOT NULL,
	"reason" text,
	"effective_at" timestamptz NOT NULL,
	"recorded_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"actor" text NOT NULL,
	CONSTRAINT "document_reversals_kind" CHECK ("stock"."document_reversals"."kind" in ('receipt', 'waste', 'count'))
);

CREATE TABLE "stock"."hold_lots" (
	"hold_id" uuid NOT NULL,
	"lot_id" uuid NOT NULL,
	CONSTRAINT "hold_lots_pkey" PRIMARY KEY("hold_id","lot_id")
);

CREATE TABLE "stock"."holds" (
	"id" uuid PRIMARY KEY NOT NULL,
	"lot_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"effective_at" timestamptz NOT NULL,
	"recorded_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"actor" text NOT NULL
);

CREATE TABLE "stock"."layer_holds" (
	"layer_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"is_held" boolean NOT NULL,
	"hold_id" uuid NOT NULL,
	CONSTRAINT "layer_holds_pkey" PRIMARY KEY("layer_id","seq")
);

CREATE TABLE "stock"."price_correction_lines" (
	"id" uuid PRIMARY KEY NOT NULL,
	"correction_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"receipt_line_id" uuid NOT NULL,
	"previous_cost" numeric(16, 4) NOT NULL,
	"total_cost" numeric(16, 4) NOT NULL,
	CONSTRAINT "price_correction_lines_cost" CHECK ("stock"."price_correction_lines"."previous_cost" >= 0 and "stock"."price_correction_lines"."total_cost" >= 0
        and "stock"."price_correction_lines"."previous_cost" <> "stock"."price_correction_lines"."total_cost")
);

CREATE TABLE "stock"."price_corrections" (
	"id" uuid PRIMARY KEY NOT NULL,
	"site_id" uuid NOT NULL,
	"effective_at" timestamptz NOT NULL,
	"recorded_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"actor" text NOT NULL,
	"receipt_id" uuid NOT NULL,
	"reason" text,
	"stock_value" numeric(20, 6) NOT NULL,
	"sale_value" numeric(20, 6) NOT NULL,
	"waste_value" numeric(20, 6) NOT NULL,
	"count_value" numeric(20, 6) NOT NULL,
	"return_value" numeric(20, 6) NOT NULL,
	"loss_value" numeric(20, 6) NOT NULL
);

CREATE TABLE "stock"."receipt_reversal_lines" (
	"reversal_id" uuid NOT NULL,
	"receipt_line_id" uuid NOT NULL,
	"quantity" numeric(18, 6) NOT NULL,
	CONSTRAINT "receipt_reversal_lines_pkey" PRIMARY KEY("receipt_line_id","reversal_id"),
	CONSTRAINT "receipt_reversal_lines_quantity" CHECK ("stock"."receipt_reversal_lines"."quantity" > 0)
);

CREATE TABLE "stock"."releases" (
	"hold_id" uuid PRIMARY KEY NOT NULL,
	"reason" text,
	"effective_at" timestamptz NOT NULL,
	"recorded_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"actor" text NOT NULL
);

CREATE TABLE "stock"."shortfall_cancellations" (
	"shortfall_id" uuid NOT NULL,
	"source_id" uuid NOT NULL,
	"quantity" numeric(18, 6) NOT NULL,
	"effective_at" timestamptz NOT NULL,
	"recorded_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "shortfall_cancellations_pkey" PRIMARY KEY("shortfall_id","source_id"),
	CONSTRAINT "shortfall_cancellations_quantity" CHECK ("stock"."shortfall_cancellations"."quantity" > 0)
);

CREATE TABLE "stock"."transfer_lines" (
	"id" uuid PRIMARY KEY NOT NULL,
	"position" integer NOT NULL,
	"item_id" uuid NOT NULL,
	"quantity_entered" numeric(18, 6) NOT NULL,
	"unit" text NOT NULL,
	"factor_numerator" bigint NOT NULL,
	"factor_denominator" bigint NOT NULL,
	"quantity" numeric(18, 6) NOT NULL,
	"transfer_id" uuid NOT NULL,
	"lot_id" uuid
);

CREATE TABLE "stock"."transfers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"from_site_id" uuid NOT NULL,
	"to_site_id" uuid NOT NULL,
	"effective_at" timestamptz NOT NULL,
	"recorded_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"actor" text NOT NULL,
	"note" text,
	CONSTRAINT "transfers_sites" CHECK ("stock"."transfers"."from_site_id" <> "stock"."transfers"."to_site_id")
);

ALTER TABLE "stock"."movements" DROP CONSTRAINT "movements_quantity";
ALTER TABLE "stock"."movements" DROP CONSTRAINT "movements_type";
DROP INDEX "stock"."genealogy_produced";
ALTER TABLE "catalog"."suppliers" ADD COLUMN "email" text;
ALTER TABLE "catalog"."suppliers" ADD COLUMN "phone" text;
ALTER TABLE "settings"."settings" ADD COLUMN "currency_locked" boolean DEFAULT false NOT NULL;
ALTER TABLE "sites"."sites" ADD COLUMN "closed_before" timestamptz;
ALTER TABLE "sites"."sites" ADD COLUMN "closed_through" date;
ALTER TABLE "stock"."layers" ADD COLUMN "arrived_at" timestamptz;
ALTER TABLE "imports"."aliases" ADD CONSTRAINT "aliases_item_id_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "catalog"."items"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "imports"."till_exports" ADD CONSTRAINT "till_exports_site_id_sites_id_fk" FOREIGN KEY ("site_id") REFERENCES "sites"."sites"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "sales"."refund_lines" ADD CONSTRAINT "refund_lines_refund_id_refunds_id_fk" FOREIGN KEY ("refund_id") REFERENCES "sales"."refunds"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "sales"."refund_payments" ADD CONSTRAINT "refund_payments_refund_id_refunds_id_fk" FOREIGN KEY ("refund_id") REFERENCES "sales"."refunds"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "sales"."refunds" ADD CONSTRAINT "refunds_sale_id_sales_id_fk" FOREIGN KEY ("sale_id") REFERENCES "sales"."sales"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "sales"."sale_states" ADD CONSTRAINT "sale_states_sale_id_sales_id_fk" FOREIGN KEY ("sale_id") REFERENCES "sales"."sales"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "sites"."period_changes" ADD CONSTRAINT "period_changes_site_id_sites_id_fk" FOREIGN KEY ("site_id") REFERENCES "sites"."sites"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."hold_lots" ADD CONSTRAINT "hold_lots_hold_id_holds_id_fk" FOREIGN KEY ("hold_id") REFERENCES "stock"."holds"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."holds" ADD CONSTRAINT "holds_lot_id_lots_id_fk" FOREIGN KEY ("lot_id") REFERENCES "stock"."lots"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."layer_holds" ADD CONSTRAINT "layer_holds_hold_id_holds_id_fk" FOREIGN KEY ("hold_id") REFERENCES "stock"."holds"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."price_correction_lines" ADD CONSTRAINT "price_correction_lines_correction_id_price_corrections_id_fk" FOREIGN KEY ("correction_id") REFERENCES "stock"."price_corrections"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."price_correction_lines" ADD CONSTRAINT "price_correction_lines_receipt_line_id_receipt_lines_id_fk" FOREIGN KEY ("receipt_line_id") REFERENCES "stock"."receipt_lines"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."price_corrections" ADD CONSTRAINT "price_corrections_site_id_sites_id_fk" FOREIGN KEY ("site_id") REFERENCES "sites"."sites"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."price_corrections" ADD CONSTRAINT "price_corrections_receipt_id_receipts_id_fk" FOREIGN KEY ("receipt_id") REFERENCES "stock"."receipts"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."receipt_reversal_lines" ADD CONSTRAINT "receipt_reversal_lines_reversal_id_document_reversals_id_fk" FOREIGN KEY ("reversal_id") REFERENCES "stock"."document_reversals"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."receipt_reversal_lines" ADD CONSTRAINT "receipt_reversal_lines_receipt_line_id_receipt_lines_id_fk" FOREIGN KEY ("receipt_line_id") REFERENCES "stock"."receipt_lines"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."releases" ADD CONSTRAINT "releases_hold_id_holds_id_fk" FOREIGN KEY ("hold_id") REFERENCES "stock"."holds"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."shortfall_cancellations" ADD CONSTRAINT "shortfall_cancellations_shortfall_id_shortfalls_id_fk" FOREIGN KEY ("shortfall_id") REFERENCES "stock"."shortfalls"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."transfer_lines" ADD CONSTRAINT "transfer_lines_item_id_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "catalog"."items"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."transfer_lines" ADD CONSTRAINT "transfer_lines_transfer_id_transfers_id_fk" FOREIGN KEY ("transfer_id") REFERENCES "stock"."transfers"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."transfers" ADD CONSTRAINT "transfers_from_site_id_sites_id_fk" FOREIGN KEY ("from_site_id") REFERENCES "sites"."sites"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."transfers" ADD CONSTRAINT "transfers_to_site_id_sites_id_fk" FOREIGN KEY ("to_site_id") REFERENCES "sites"."sites"("id") ON DELETE no action ON UPDATE no action;
CREATE UNIQUE INDEX "aliases_name_key" ON "imports"."aliases" USING btree ("name_key");
CREATE INDEX "till_exports_site" ON "imports"."till_exports" USING btree ("site_id","id");
CREATE UNIQUE INDEX "refund_lines_position" ON "sales"."refund_lines" USING btree ("refund_id","position");
CREATE UNIQUE INDEX "refunds_foreign_key" ON "sales"."refunds" USING btree ("site_id","foreign_key") WHERE foreign_key is not null;
CREATE UNIQUE INDEX "refunds_sale" ON "sales"."refunds" USING btree ("sale_id","number") WHERE sale_id is not null;
CREATE INDEX "refunds_date" ON "sales"."refunds" USING btree ("business_date","id");
CREATE INDEX "refunds_site" ON "sales"."refunds" USING btree ("site_id","business_date","id");
CREATE INDEX "period_changes_site" ON "sites"."period_changes" USING btree ("site_id","id");
CREATE INDEX "cost_adjustments_correction" ON "stock"."cost_adjustments" USING btree ("correction_id","id");
CREATE INDEX "cost_adjustments_source" ON "stock"."cost_adjustments" USING btree ("source_id");
CREATE INDEX "cost_adjustments_layer" ON "stock"."cost_adjustments" USING btree ("layer_id");
CREATE INDEX "document_reversals_document" ON "stock"."document_reversals" USING btree ("document_id","id");
CREATE UNIQUE INDEX "document_reversals_once" ON "stock"."document_reversals" USING btree ("document_id") WHERE kind <> 'receipt';
CREATE INDEX "hold_lots_lot" ON "stock"."hold_lots" USING btree ("lot_id");
CREATE INDEX "holds_lot" ON "stock"."holds" USING btree ("lot_id");
CREATE UNIQUE INDEX "price_correction_lines_position" ON "stock"."price_correction_lines" USING btree ("correction_id","position");
CREATE INDEX "price_correction_lines_line" ON "stock"."price_correction_lines" USING btree ("receipt_line_id");
CREATE INDEX "price_corrections_site" ON "stock"."price_corrections" USING btree ("site_id","id");
CREATE INDEX "price_corrections_receipt" ON "stock"."price_corrections" USING btree ("receipt_id","id");
CREATE UNIQUE INDEX "transfer_lines_position" ON "stock"."transfer_lines" USING btree ("transfer_id","position");
CREATE INDEX "transfers_from" ON "stock"."transfers" USING btree ("from_site_id","id");
CREATE INDEX "transfers_to" ON "stock"."transfers" USING btree ("to_site_id","id");
CREATE INDEX "sales_date" ON "sales"."sales" USING btree ("business_date","id");
CREATE INDEX "layers_held" ON "stock"."layers" USING btree ("item_id","site_id") WHERE is_held;
CREATE INDEX "movements_refund" ON "stock"."movements" USING btree ("source_line_id") WHERE type = 'refund';
CREATE INDEX "genealogy_produced" ON "stock"."genealogy" USING btree ("produced_layer_id","consumed_layer_id","movement_id");
INSERT INTO "stock"."shortfall_cancellations" ("shortfall_id", "source_id", "quantity", "effective_at")
  SELECT "id", "source_id", "cancelled_quantity", "cancelled_at" FROM "stock"."shortfalls" WHERE "cancelled_quantity" > 0;
ALTER TABLE "stock"."shortfalls" DROP COLUMN "cancelled_at";
ALTER TABLE "sites"."sites" ADD CONSTRAINT "sites_closed" CHECK (("sites"."sites"."closed_before" is null) = ("sites"."sites"."closed_through" is null));
ALTER TABLE "stock"."movements" ADD CONSTRAINT "movements_quantity" CHECK ("stock"."movements"."quantity" <> 0 or "stock"."movements"."type" = 'adjustment');
ALTER TABLE "stock"."movements" ADD CONSTRAINT "movements_type" CHECK ("stock"."movements"."type" in ('receipt', 'consumption', 'output', 'sale', 'settlement', 'waste', 'count',
        'void', 'refund', 'refund_waste', 'transfer_out', 'transfer_in', 'adjustment', 'run_reversal',
        'settlement_reversal', 'receipt_reversal', 'waste_reversal', 'count_reversal'));