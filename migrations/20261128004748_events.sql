CREATE TABLE "platform"."event_counts" (
	"type" text NOT NULL,
	"day" date NOT NULL,
	"count" bigint NOT NULL,
	CONSTRAINT "event_counts_pkey" PRIMARY KEY("type","day")
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
