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
	"bytes" bigint,
	"sha256" text,
	"created_at" timestamptz DEFAULT now() NOT NULL,
	"finished_at" timestamptz,
	"expires_at" timestamptz DEFAULT now() + interval '7 days' NOT NULL,
	CONSTRAINT "exports_status" CHECK ("reports"."exports"."status" in ('waiting', 'running', 'done', 'failed', 'expired')),
	CONSTRAINT "exports_done" CHECK (("reports"."exports"."status" <> 'done') or "reports"."exports"."object" is not null)
);

ALTER TABLE "audit"."copies" ADD CONSTRAINT "copies_entry_id_entries_id_fk" FOREIGN KEY ("entry_id") REFERENCES "audit"."entries"("id") ON DELETE no action ON UPDATE no action;
CREATE INDEX "exports_actor" ON "reports"."exports" USING btree ("actor_id","id");
CREATE INDEX "exports_expiry" ON "reports"."exports" USING btree ("expires_at") WHERE status <> 'expired';