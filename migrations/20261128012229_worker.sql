CREATE SCHEMA IF NOT EXISTS "alerts";

CREATE SCHEMA IF NOT EXISTS "reports";

CREATE SCHEMA IF NOT EXISTS "verifications";

CREATE SCHEMA IF NOT EXISTS "webhooks";

CREATE TABLE "platform"."event_counts" (
	"type" text NOT NULL,
	"day" date NOT NULL,
	"count" bigint NOT NULL,
	CONSTRAINT "event_counts_pkey" PRIMARY KEY("type","day")
);

CREATE TABLE "platform"."events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"site_id" uuid,
	"business_date" date,
	"subject_id" uuid NOT NULL,
	"payload" jsonb NOT NULL,
	"recorded_at" timestamptz DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE "platform"."outgoing" (
	"position" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "platform"."outgoing_position_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"id" uuid NOT NULL,
	"type" text NOT NULL,
	"site_id" uuid,
	"business_date" date,
	"subject_id" uuid NOT NULL,
	"payload" jsonb NOT NULL,
	"recorded_at" timestamptz NOT NULL
);

CREATE TABLE "alerts"."alerts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"cause" text NOT NULL,
	"site_id" uuid,
	"item_id" uuid,
	"lot_id" uuid,
	"quantity" numeric(18, 6),
	"reorder_level" numeric(18, 6),
	"expires_on" date,
	"since" timestamptz,
	"opened_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"acknowledged_at" timestamptz,
	"acknowledged_by" text,
	"closed_at" timestamptz,
	CONSTRAINT "alerts_kind" CHECK ("alerts"."alerts"."kind" in ('low_stock', 'lot_expiring', 'lot_expired', 'shortfall_open',
        'worker_lag', 'verify_failed')),
	CONSTRAINT "alerts_acknowledged" CHECK (("alerts"."alerts"."acknowledged_at" is null) = ("alerts"."alerts"."acknowledged_by" is null))
);

CREATE TABLE "alerts"."notices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"channel" text NOT NULL,
	"alert_ids" uuid[] NOT NULL,
	"created_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"claimed_until" timestamptz,
	"sent_at" timestamptz,
	CONSTRAINT "notices_channel" CHECK ("alerts"."notices"."channel" in ('log', 'slack', 'email')),
	CONSTRAINT "notices_alerts" CHECK (cardinality("alerts"."notices"."alert_ids") > 0)
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

CREATE TABLE "webhooks"."deliveries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"webhook_id" uuid NOT NULL,
	"message_id" text NOT NULL,
	"kind" text NOT NULL,
	"body" text NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_try_at" timestamptz DEFAULT now(),
	"claimed_until" timestamptz,
	"last_status" integer,
	"last_problem" text,
	"created_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"delivered_at" timestamptz,
	CONSTRAINT "deliveries_state" CHECK ("webhooks"."deliveries"."state" in ('waiting', 'delivered', 'dead')),
	CONSTRAINT "deliveries_next" CHECK (("webhooks"."deliveries"."state" = 'waiting') = ("webhooks"."deliveries"."next_try_at" is not null))
);

CREATE TABLE "webhooks"."webhooks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"url" text NOT NULL,
	"kinds" text[] NOT NULL,
	"site_ids" uuid[],
	"secret" text,
	"previous_secret" text,
	"previous_until" timestamptz,
	"created_by" text NOT NULL,
	"created_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"failing_since" timestamptz,
	"disabled_at" timestamptz,
	"disabled_reason" text,
	"removed_at" timestamptz,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "webhooks_url" CHECK (length("webhooks"."webhooks"."url") between 1 and 2000),
	CONSTRAINT "webhooks_kinds" CHECK (cardinality("webhooks"."webhooks"."kinds") > 0),
	CONSTRAINT "webhooks_site_ids" CHECK (cardinality("webhooks"."webhooks"."site_ids") > 0),
	CONSTRAINT "webhooks_reason" CHECK ("webhooks"."webhooks"."disabled_reason" in ('off', 'failing', 'gone')),
	CONSTRAINT "webhooks_disabled" CHECK (("webhooks"."webhooks"."disabled_at" is null) = ("webhooks"."webhooks"."disabled_reason" is null)),
	CONSTRAINT "webhooks_secret" CHECK (("webhooks"."webhooks"."secret" is null) = ("webhooks"."webhooks"."removed_at" is not null)),
	CONSTRAINT "webhooks_version" CHECK ("webhooks"."webhooks"."version" > 0)
);

ALTER TABLE "alerts"."alerts" ADD CONSTRAINT "alerts_site_id_sites_id_fk" FOREIGN KEY ("site_id") REFERENCES "sites"."sites"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "alerts"."alerts" ADD CONSTRAINT "alerts_item_id_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "catalog"."items"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "webhooks"."deliveries" ADD CONSTRAINT "deliveries_webhook_id_webhooks_id_fk" FOREIGN KEY ("webhook_id") REFERENCES "webhooks"."webhooks"("id") ON DELETE no action ON UPDATE no action;
CREATE UNIQUE INDEX "alerts_open" ON "alerts"."alerts" USING btree ("cause") WHERE closed_at is null;
CREATE INDEX "alerts_site" ON "alerts"."alerts" USING btree ("site_id","id");
CREATE INDEX "alerts_open_site" ON "alerts"."alerts" USING btree ("site_id") WHERE closed_at is null;
CREATE INDEX "days_date" ON "reports"."days" USING btree ("business_date","site_id");
CREATE INDEX "hours_date" ON "reports"."hours" USING btree ("business_date","site_id","hour");
CREATE INDEX "marked_days_marked" ON "reports"."marked_days" USING btree ("marked_at");
CREATE INDEX "sales_date" ON "reports"."sales" USING btree ("business_date","site_id","item_id");
CREATE INDEX "stock_date" ON "reports"."stock" USING btree ("business_date","site_id","item_id");
CREATE INDEX "runs_ended" ON "verifications"."runs" USING btree ("ended_at");
CREATE UNIQUE INDEX "deliveries_message" ON "webhooks"."deliveries" USING btree ("webhook_id","message_id");
CREATE INDEX "deliveries_webhook" ON "webhooks"."deliveries" USING btree ("webhook_id","id");
CREATE INDEX "deliveries_waiting" ON "webhooks"."deliveries" USING btree ("next_try_at") WHERE state = 'waiting';
CREATE INDEX "deliveries_created" ON "webhooks"."deliveries" USING brin ("created_at");
CREATE INDEX "idempotency_created" ON "platform"."idempotency" USING brin ("created_at");
CREATE INDEX "runs_date" ON "production"."runs" USING btree ("site_id","business_date");