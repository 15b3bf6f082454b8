CREATE SCHEMA IF NOT EXISTS "uploads";

CREATE TABLE "audit"."copies" (
	"entry_id" uuid PRIMARY KEY NOT NULL,
	"object" text NOT NULL,
	"bytes" integer NOT NULL,
	"sha256" text NOT NULL,
	"copied_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "copies_object_unique" UNIQUE("object")
);

CREATE TABLE "reports"."exports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"report" text NOT NULL,
	"format" text NOT NULL,
	"filters" jsonb NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"grants" jsonb NOT NULL,
	"status" text DEFAULT 'waiting' NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"rows" integer DEFAULT 0 NOT NULL,
	"error_code" text,
	"file_name" text NOT NULL,
	"object" text,
	"bytes" integer,
	"sha256" text,
	"created_at" timestamptz DEFAULT now() NOT NULL,
	"finished_at" timestamptz,
	"expires_at" timestamptz DEFAULT now() + interval '7 days' NOT NULL,
	CONSTRAINT "exports_status" CHECK ("reports"."exports"."status" in ('waiting', 'running', 'done', 'failed', 'expired')),
	CONSTRAINT "exports_done" CHECK (("reports"."exports"."status" <> 'done') or "reports"."exports"."object" is not null)
);

CREATE TABLE "uploads"."uploads" (
	"id" uuid PRIMARY KEY NOT NULL,
	"purpose" text NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"file_name" text NOT NULL,
	"said_type" text NOT NULL,
	"said_bytes" bigint NOT NULL,
	"item_id" uuid,
	"receipt_id" uuid,
	"site_id" uuid,
	"import_options" jsonb,
	"import_id" uuid,
	"import_state" text,
	"import_problem" text,
	"import_message" text,
	"object_name" text NOT NULL,
	"thumbnail_name" text,
	"found_type" text,
	"bytes" bigint,
	"sha256" text,
	"width" integer,
	"height" integer,
	"duplicate_of" uuid,
	"refusal" text,
	"failures" integer DEFAULT 0 NOT NULL,
	"created_by" text NOT NULL,
	"creator_kind" text NOT NULL,
	"created_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"received_at" timestamptz,
	"decided_at" timestamptz,
	"deleted_at" timestamptz,
	CONSTRAINT "uploads_object_name_unique" UNIQUE("object_name"),
	CONSTRAINT "uploads_purpose" CHECK (case "uploads"."uploads"."purpose"
        when 'product_picture' then "uploads"."uploads"."item_id" is not null and "uploads"."uploads"."site_id" is null
        when 'supplier_invoice' then "uploads"."uploads"."receipt_id" is not null and "uploads"."uploads"."site_id" is not null
        when 'import' then "uploads"."uploads"."import_options" is not null and "uploads"."uploads"."site_id" is not null
        else false end),
	CONSTRAINT "uploads_state" CHECK ("uploads"."uploads"."state" in ('waiting', 'received', 'accepted', 'refused', 'deleted')),
	CONSTRAINT "uploads_refusal" CHECK ("uploads"."uploads"."state" <> 'refused' or "uploads"."uploads"."refusal" is not null),
	CONSTRAINT "uploads_accepted" CHECK ("uploads"."uploads"."state" <> 'accepted' or "uploads"."uploads"."sha256" is not null),
	CONSTRAINT "uploads_import_state" CHECK ("uploads"."uploads"."import_state" in ('waiting', 'running', 'done', 'failed')),
	CONSTRAINT "uploads_said_bytes" CHECK ("uploads"."uploads"."said_bytes" > 0),
	CONSTRAINT "uploads_file_name" CHECK (length("uploads"."uploads"."file_name") between 1 and 200)
);

ALTER TABLE "uploads"."uploads" ADD CONSTRAINT "uploads_item_id_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "catalog"."items"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "uploads"."uploads" ADD CONSTRAINT "uploads_receipt_id_receipts_id_fk" FOREIGN KEY ("receipt_id") REFERENCES "stock"."receipts"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "uploads"."uploads" ADD CONSTRAINT "uploads_site_id_sites_id_fk" FOREIGN KEY ("site_id") REFERENCES "sites"."sites"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "uploads"."uploads" ADD CONSTRAINT "uploads_duplicate_of_uploads_id_fk" FOREIGN KEY ("duplicate_of") REFERENCES "uploads"."uploads"("id") ON DELETE no action ON UPDATE no action;
CREATE INDEX "exports_actor" ON "reports"."exports" USING btree ("actor_id","id");
CREATE INDEX "exports_expiry" ON "reports"."exports" USING btree ("expires_at") WHERE status <> 'expired';
CREATE INDEX "uploads_item" ON "uploads"."uploads" USING btree ("item_id","id");
CREATE INDEX "uploads_receipt" ON "uploads"."uploads" USING btree ("receipt_id","id");
CREATE INDEX "uploads_site" ON "uploads"."uploads" USING btree ("site_id","id");
CREATE INDEX "uploads_content" ON "uploads"."uploads" USING btree ("sha256");
CREATE INDEX "uploads_unfinished" ON "uploads"."uploads" USING btree ("created_by") WHERE state in ('waiting', 'received');
CREATE INDEX "uploads_importing" ON "uploads"."uploads" USING btree ("id") WHERE import_state in ('waiting', 'running');