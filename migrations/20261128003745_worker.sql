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

CREATE INDEX "runs_ended" ON "verifications"."runs" USING btree ("ended_at");
CREATE INDEX "idempotency_created" ON "platform"."idempotency" USING brin ("created_at");