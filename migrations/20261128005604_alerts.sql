CREATE SCHEMA IF NOT EXISTS "alerts";

CREATE SCHEMA IF NOT EXISTS "webhooks";

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
CREATE UNIQUE INDEX "deliveries_message" ON "webhooks"."deliveries" USING btree ("webhook_id","message_id");
CREATE INDEX "deliveries_webhook" ON "webhooks"."deliveries" USING btree ("webhook_id","id");
CREATE INDEX "deliveries_waiting" ON "webhooks"."deliveries" USING btree ("next_try_at") WHERE state = 'waiting';
CREATE INDEX "deliveries_created" ON "webhooks"."deliveries" USING brin ("created_at");