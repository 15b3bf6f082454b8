CREATE SCHEMA IF NOT EXISTS "uploads";

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
CREATE INDEX "uploads_item" ON "uploads"."uploads" USING btree ("item_id","id");
CREATE INDEX "uploads_receipt" ON "uploads"."uploads" USING btree ("receipt_id","id");
CREATE INDEX "uploads_site" ON "uploads"."uploads" USING btree ("site_id","id");
CREATE INDEX "uploads_content" ON "uploads"."uploads" USING btree ("sha256");
CREATE INDEX "uploads_unfinished" ON "uploads"."uploads" USING btree ("created_by") WHERE state in ('waiting', 'received');