CREATE TABLE "audit"."copies" (
	"entry_id" uuid PRIMARY KEY NOT NULL,
	"object" text NOT NULL,
	"bytes" integer NOT NULL,
	"sha256" text NOT NULL,
	"copied_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "copies_object_unique" UNIQUE("object")
);

ALTER TABLE "audit"."copies" ADD CONSTRAINT "copies_entry_id_entries_id_fk" FOREIGN KEY ("entry_id") REFERENCES "audit"."entries"("id") ON DELETE no action ON UPDATE no action;