CREATE TABLE "accounts"."known_addresses" (
	"person_id" uuid NOT NULL,
	"address" text NOT NULL,
	"last_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "known_addresses_person_id_address_pk" PRIMARY KEY("person_id","address")
);

ALTER TABLE "accounts"."known_addresses" ADD CONSTRAINT "known_addresses_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "accounts"."people"("id") ON DELETE no action ON UPDATE no action;