CREATE TABLE "stock"."shortfall_cancellations" (
	"shortfall_id" uuid NOT NULL,
	"source_id" uuid NOT NULL,
	"quantity" numeric(18, 6) NOT NULL,
	"effective_at" timestamptz NOT NULL,
	"recorded_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "shortfall_cancellations_pkey" PRIMARY KEY("shortfall_id","source_id"),
	CONSTRAINT "shortfall_cancellations_quantity" CHECK ("stock"."shortfall_cancellations"."quantity" > 0)
);

ALTER TABLE "stock"."movements" DROP CONSTRAINT "movements_quantity";
ALTER TABLE "stock"."movements" DROP CONSTRAINT "movements_type";
ALTER TABLE "stock"."layers" ADD COLUMN "arrived_at" timestamptz;
ALTER TABLE "stock"."shortfall_cancellations" ADD CONSTRAINT "shortfall_cancellations_shortfall_id_shortfalls_id_fk" FOREIGN KEY ("shortfall_id") REFERENCES "stock"."shortfalls"("id") ON DELETE no action ON UPDATE no action;
INSERT INTO "stock"."shortfall_cancellations" ("shortfall_id", "source_id", "quantity", "effective_at")
  SELECT "id", "source_id", "cancelled_quantity", "cancelled_at" FROM "stock"."shortfalls" WHERE "cancelled_quantity" > 0;
ALTER TABLE "stock"."shortfalls" DROP COLUMN "cancelled_at";
ALTER TABLE "stock"."movements" ADD CONSTRAINT "movements_quantity" CHECK ("stock"."movements"."quantity" <> 0 or "stock"."movements"."type" = 'adjustment');
ALTER TABLE "stock"."movements" ADD CONSTRAINT "movements_type" CHECK ("stock"."movements"."type" in ('receipt', 'consumption', 'output', 'sale', 'settlement', 'waste', 'count',
        'void', 'refund', 'refund_waste', 'transfer_out', 'transfer_in', 'adjustment', 'run_reversal',
        'settlement_reversal', 'receipt_reversal', 'waste_reversal', 'count_reversal'));