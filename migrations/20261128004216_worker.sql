CREATE SCHEMA IF NOT EXISTS "reports";

CREATE SCHEMA IF NOT EXISTS "verifications";

CREATE TABLE "platform"."events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"site_id" uuid,
	"business_date" date,
	"subject_id" uuid NOT NULL,
	"payload" jsonb NOT NULL,
	"recorded_at" timestamptz DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE "reports"."days" (
	"site_id" uuid NOT NULL,
	"business_date" date NOT NULL,
	"computed_at" timestamptz NOT NULL,
	"event_id" uuid,
	"sales" integer NOT NULL,
	"refunds" integer NOT NULL,
	"voids" integer NOT NULL,
	"gross" numeric(18, 4) NOT NULL,
	"discount" numeric(18, 4) NOT NULL,
	"net" numeric(18, 4) NOT NULL,
	"tax" numeric(18, 4) NOT NULL,
	"total" numeric(18, 4) NOT NULL,
	"refund_net" numeric(18, 4) NOT NULL,
	"refund_tax" numeric(18, 4) NOT NULL,
	"refund_total" numeric(18, 4) NOT NULL,
	"void_total" numeric(18, 4) NOT NULL,
	"cost" numeric(22, 6),
	"final_net" numeric(22, 6),
	"final_cost" numeric(22, 6),
	"pending_lines" integer NOT NULL,
	"rounding" numeric(18, 4) NOT NULL,
	"waste_value" numeric(22, 6) NOT NULL,
	"stock_value" numeric(22, 6) NOT NULL,
	CONSTRAINT "days_pkey" PRIMARY KEY("site_id","business_date")
);

CREATE TABLE "reports"."hours" (
	"site_id" uuid NOT NULL,
	"business_date" date NOT NULL,
	"hour" smallint NOT NULL,
	"sales" integer NOT NULL,
	"refunds" integer NOT NULL,
	"voids" integer NOT NULL,
	"gross" numeric(18, 4) NOT NULL,
	"discount" numeric(18, 4) NOT NULL,
	"net" numeric(18, 4) NOT NULL,
	"tax" numeric(18, 4) NOT NULL,
	"total" numeric(18, 4) NOT NULL,
	"refund_net" numeric(18, 4) NOT NULL,
	"refund_tax" numeric(18, 4) NOT NULL,
	"refund_total" numeric(18, 4) NOT NULL,
	"void_total" numeric(18, 4) NOT NULL,
	"cost" numeric(22, 6),
	"final_net" numeric(22, 6),
	"final_cost" numeric(22, 6),
	"pending_lines" integer NOT NULL,
	CONSTRAINT "hours_pkey" PRIMARY KEY("site_id","business_date","hour")
);

CREATE TABLE "reports"."marked_days" (
	"site_id" uuid NOT NULL,
	"business_date" date NOT NULL,
	"marked_at" timestamptz NOT NULL,
	"event_id" uuid,
	CONSTRAINT "marked_days_pkey" PRIMARY KEY("site_id","business_date")
);

CREATE TABLE "reports"."payments" (
	"site_id" uuid NOT NULL,
	"business_date" date NOT NULL,
	"method" text NOT NULL,
	"taken" numeric(18, 4) NOT NULL,
	"refunded" numeric(18, 4) NOT NULL,
	CONSTRAINT "payments_pkey" PRIMARY KEY("site_id","business_date","method")
);

CREATE TABLE "reports"."production" (
	"site_id" uuid NOT NULL,
	"business_date" date NOT NULL,
	"item_id" uuid NOT NULL,
	"runs" integer NOT NULL,
	"expected" numeric(20, 6) NOT NULL,
	"made" numeric(20, 6) NOT NULL,
	"lost" numeric(20, 6) NOT NULL,
	"cost" numeric(22, 6) NOT NULL,
	"lost_value" numeric(22, 6) NOT NULL,
	CONSTRAINT "production_pkey" PRIMARY KEY("site_id","business_date","item_id")
);

CREATE TABLE "reports"."sales" (
	"site_id" uuid NOT NULL,
	"business_date" date NOT NULL,
	"item_id" uuid NOT NULL,
	"hour" smallint NOT NULL,
	"quantity" numeric(20, 6) NOT NULL,
	"refund_quantity" numeric(20, 6) NOT NULL,
	"void_quantity" numeric(20, 6) NOT NULL,
	"gross" numeric(18, 4) NOT NULL,
	"discount" numeric(18, 4) NOT NULL,
	"net" numeric(18, 4) NOT NULL,
	"tax" numeric(18, 4) NOT NULL,
	"total" numeric(18, 4) NOT NULL,
	"refund_net" numeric(18, 4) NOT NULL,
	"refund_tax" numeric(18, 4) NOT NULL,
	"refund_total" numeric(18, 4) NOT NULL,
	"void_total" numeric(18, 4) NOT NULL,
	"cost" numeric(22, 6),
	"final_net" numeric(22, 6),
	"final_cost" numeric(22, 6),
	"pending_lines" integer NOT NULL,
	CONSTRAINT "sales_pkey" PRIMARY KEY("site_id","business_date","item_id","hour")
);

CREATE TABLE "reports"."sell_outs" (
	"site_id" uuid NOT NULL,
	"business_date" date NOT NULL,
	"item_id" uuid NOT NULL,
	"sold_out_at" timestamptz NOT NULL,
	CONSTRAINT "sell_outs_pkey" PRIMARY KEY("site_id","business_date","item_id")
);

CREATE TABLE "reports"."stock" (
	"site_id" uuid NOT NULL,
	"business_date" date NOT NULL,
	"item_id" uuid NOT NULL,
	"quantity" numeric(20, 6) NOT NULL,
	"value" numeric(22, 6) NOT NULL,
	"received_quantity" numeric(20, 6) NOT NULL,
	"received_value" numeric(22, 6) NOT NULL,
	"made_quantity" numeric(20, 6) NOT NULL,
	"made_value" numeric(22, 6) NOT NULL,
	"used_quantity" numeric(20, 6) NOT NULL,
	"used_value" numeric(22, 6) NOT NULL,
	"sold_quantity" numeric(20, 6) NOT NULL,
	"sold_value" numeric(22, 6) NOT NULL,
	"ordered_quantity" numeric(20, 6) NOT NULL,
	"ordered_value" numeric(22, 6) NOT NULL,
	"wasted_quantity" numeric(20, 6) NOT NULL,
	"wasted_value" numeric(22, 6) NOT NULL,
	"counted_quantity" numeric(20, 6) NOT NULL,
	"counted_value" numeric(22, 6) NOT NULL,
	"transferred_quantity" numeric(20, 6) NOT NULL,
	"transferred_value" numeric(22, 6) NOT NULL,
	"corrected_value" numeric(22, 6) NOT NULL,
	CONSTRAINT "stock_pkey" PRIMARY KEY("site_id","business_date","item_id")
);

CREATE TABLE "verifications"."runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"is_sound" boolean NOT NULL,
	"certificate" text,
	"problem" text,
	"counts" json NOT NULL,
	"started_at" timestamptz NOT NULL,
	"ended_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "runs_verdict" CHECK ("verifications"."runs"."is_sound" = ("verifications"."runs"."problem" is null))
);

CREATE INDEX "days_date" ON "reports"."days" USING btree ("business_date","site_id");
CREATE INDEX "hours_date" ON "reports"."hours" USING btree ("business_date","site_id","hour");
CREATE INDEX "marked_days_marked" ON "reports"."marked_days" USING btree ("marked_at");
CREATE INDEX "sales_date" ON "reports"."sales" USING btree ("business_date","site_id","item_id");
CREATE INDEX "stock_date" ON "reports"."stock" USING btree ("business_date","site_id","item_id");
CREATE INDEX "runs_ended" ON "verifications"."runs" USING btree ("ended_at");
CREATE INDEX "idempotency_created" ON "platform"."idempotency" USING brin ("created_at");
CREATE INDEX "runs_date" ON "production"."runs" USING btree ("site_id","business_date");