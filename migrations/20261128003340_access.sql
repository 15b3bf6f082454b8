CREATE SCHEMA IF NOT EXISTS "accounts";

CREATE SCHEMA IF NOT EXISTS "audit";

CREATE SCHEMA IF NOT EXISTS "devices";

CREATE SCHEMA IF NOT EXISTS "keys";

CREATE SEQUENCE "audit"."entry_order" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;
CREATE TABLE "accounts"."credentials" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"provider_id" text NOT NULL,
	"account_id" text NOT NULL,
	"access_token" text,
	"refresh_token" text,
	"id_token" text,
	"access_token_expires_at" timestamp with time zone,
	"refresh_token_expires_at" timestamp with time zone,
	"scope" text,
	"password" text,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "credentials_account_key" UNIQUE("provider_id","account_id")
);

CREATE TABLE "accounts"."failures" (
	"subject" text PRIMARY KEY NOT NULL,
	"count" integer NOT NULL,
	"last_at" timestamptz NOT NULL,
	"locked_until" timestamptz
);

CREATE TABLE "accounts"."invitations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email" text,
	"memberships" json NOT NULL,
	"token_hash" text NOT NULL,
	"invited_by" text NOT NULL,
	"created_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"expires_at" timestamptz NOT NULL,
	"accepted_at" timestamptz,
	"revoked_at" timestamptz,
	"person_id" uuid,
	CONSTRAINT "invitations_email" CHECK ("accounts"."invitations"."email" = lower("accounts"."invitations"."email")),
	CONSTRAINT "invitations_accepted" CHECK (("accounts"."invitations"."accepted_at" is null) = ("accounts"."invitations"."person_id" is null)
        and not ("accounts"."invitations"."accepted_at" is not null and "accounts"."invitations"."revoked_at" is not null))
);

CREATE TABLE "accounts"."known_addresses" (
	"person_id" uuid NOT NULL,
	"address" text NOT NULL,
	"last_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "known_addresses_person_id_address_pk" PRIMARY KEY("person_id","address")
);

CREATE TABLE "accounts"."memberships" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"role" text NOT NULL,
	"site_id" uuid,
	"created_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "memberships_person_site_key" UNIQUE NULLS NOT DISTINCT("person_id","site_id"),
	CONSTRAINT "memberships_role" CHECK (role in ('owner', 'manager', 'baker', 'cashier', 'accountant', 'auditor'))
);

CREATE TABLE "accounts"."people" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"email_verified" boolean DEFAULT false NOT NULL,
	"image" text,
	"two_factor_enabled" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"archived_at" timestamptz,
	"erased_at" timestamptz,
	CONSTRAINT "people_name" CHECK (length("accounts"."people"."name") between 1 and 120),
	CONSTRAINT "people_email" CHECK ("accounts"."people"."email" = lower("accounts"."people"."email")),
	CONSTRAINT "people_version" CHECK ("accounts"."people"."version" > 0)
);

CREATE TABLE "accounts"."second_factors" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"secret" text NOT NULL,
	"backup_codes" text NOT NULL,
	"verified" boolean DEFAULT true NOT NULL,
	"failed_verification_count" integer DEFAULT 0 NOT NULL,
	"locked_until" timestamp with time zone
);

CREATE TABLE "accounts"."sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"token" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"ip_address" text,
	"user_agent" text,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE "accounts"."verifications" (
	"id" uuid PRIMARY KEY NOT NULL,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE "audit"."entries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"seq" bigint DEFAULT nextval('audit.entry_order') NOT NULL,
	"action" text NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_id" text NOT NULL,
	"site_id" uuid,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"credential_id" uuid,
	"network" text,
	"trace_id" text NOT NULL,
	"before" json,
	"after" json,
	"recorded_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "entries_action_form" CHECK ("audit"."entries"."action" ~ '^[a-z_]+[.][a-z_]+$')
);

CREATE TABLE "audit"."seals" (
	"number" integer PRIMARY KEY NOT NULL,
	"from_seq" bigint NOT NULL,
	"to_seq" bigint NOT NULL,
	"count" integer NOT NULL,
	"hash" text NOT NULL,
	"previous" text NOT NULL,
	"sealed_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "seals_range" CHECK ("audit"."seals"."from_seq" <= "audit"."seals"."to_seq" and "audit"."seals"."count" > 0),
	CONSTRAINT "seals_number" CHECK ("audit"."seals"."number" > 0)
);

CREATE TABLE "devices"."approvals" (
	"id" uuid PRIMARY KEY NOT NULL,
	"device_id" uuid NOT NULL,
	"approver_id" uuid NOT NULL,
	"permission" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"created_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"expires_at" timestamptz NOT NULL,
	"used_at" timestamptz
);

CREATE TABLE "devices"."devices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"till_id" uuid NOT NULL,
	"site_id" uuid NOT NULL,
	"name" text NOT NULL,
	"hash" text NOT NULL,
	"paired_by" text NOT NULL,
	"created_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"revoked_at" timestamptz,
	"last_used_at" timestamptz,
	"staff_id" uuid,
	"staff_since" timestamptz,
	"staff_seen_at" timestamptz,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "devices_name" CHECK (length("devices"."devices"."name") between 1 and 120),
	CONSTRAINT "devices_staff" CHECK (("devices"."devices"."staff_id" is null) = ("devices"."devices"."staff_since" is null))
);

CREATE TABLE "devices"."pairings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"till_id" uuid NOT NULL,
	"site_id" uuid NOT NULL,
	"name" text NOT NULL,
	"code_hash" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"expires_at" timestamptz NOT NULL,
	"used_at" timestamptz,
	"device_id" uuid,
	CONSTRAINT "pairings_name" CHECK (length("devices"."pairings"."name") between 1 and 120),
	CONSTRAINT "pairings_used" CHECK (("devices"."pairings"."used_at" is null) = ("devices"."pairings"."device_id" is null))
);

CREATE TABLE "devices"."pins" (
	"person_id" uuid PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"changed_at" timestamptz DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE "keys"."keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"hash" text NOT NULL,
	"scopes" text[] NOT NULL,
	"site_ids" uuid[],
	"created_by" text NOT NULL,
	"created_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"expires_at" timestamptz,
	"revoked_at" timestamptz,
	"last_used_at" timestamptz,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "keys_name" CHECK (length("keys"."keys"."name") between 1 and 120),
	CONSTRAINT "keys_scopes" CHECK (cardinality("keys"."keys"."scopes") > 0),
	CONSTRAINT "keys_site_ids" CHECK (cardinality("keys"."keys"."site_ids") > 0),
	CONSTRAINT "keys_version" CHECK ("keys"."keys"."version" > 0)
);

ALTER TABLE "accounts"."credentials" ADD CONSTRAINT "credentials_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "accounts"."people"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "accounts"."invitations" ADD CONSTRAINT "invitations_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "accounts"."people"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "accounts"."known_addresses" ADD CONSTRAINT "known_addresses_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "accounts"."people"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "accounts"."memberships" ADD CONSTRAINT "memberships_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "accounts"."people"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "accounts"."second_factors" ADD CONSTRAINT "second_factors_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "accounts"."people"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "accounts"."sessions" ADD CONSTRAINT "sessions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "accounts"."people"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "devices"."approvals" ADD CONSTRAINT "approvals_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "devices"."devices"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "devices"."approvals" ADD CONSTRAINT "approvals_approver_id_people_id_fk" FOREIGN KEY ("approver_id") REFERENCES "accounts"."people"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "devices"."devices" ADD CONSTRAINT "devices_till_id_tills_id_fk" FOREIGN KEY ("till_id") REFERENCES "sites"."tills"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "devices"."devices" ADD CONSTRAINT "devices_staff_id_people_id_fk" FOREIGN KEY ("staff_id") REFERENCES "accounts"."people"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "devices"."pairings" ADD CONSTRAINT "pairings_till_id_tills_id_fk" FOREIGN KEY ("till_id") REFERENCES "sites"."tills"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "devices"."pairings" ADD CONSTRAINT "pairings_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "devices"."devices"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "devices"."pins" ADD CONSTRAINT "pins_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "accounts"."people"("id") ON DELETE no action ON UPDATE no action;
CREATE INDEX "credentials_person" ON "accounts"."credentials" USING btree ("person_id");
CREATE INDEX "failures_last_at" ON "accounts"."failures" USING btree ("last_at");
CREATE UNIQUE INDEX "invitations_token_key" ON "accounts"."invitations" USING btree ("token_hash");
CREATE INDEX "invitations_email" ON "accounts"."invitations" USING btree ("email");
CREATE INDEX "memberships_site" ON "accounts"."memberships" USING btree ("site_id");
CREATE UNIQUE INDEX "people_email_key" ON "accounts"."people" USING btree ("email");
CREATE INDEX "second_factors_person" ON "accounts"."second_factors" USING btree ("person_id");
CREATE UNIQUE INDEX "sessions_token_key" ON "accounts"."sessions" USING btree ("token");
CREATE INDEX "sessions_person" ON "accounts"."sessions" USING btree ("person_id");
CREATE INDEX "sessions_expiry" ON "accounts"."sessions" USING btree ("expires_at");
CREATE INDEX "verifications_identifier" ON "accounts"."verifications" USING btree ("identifier");
CREATE INDEX "verifications_expiry" ON "accounts"."verifications" USING btree ("expires_at");
CREATE UNIQUE INDEX "entries_seq_key" ON "audit"."entries" USING btree ("seq");
CREATE INDEX "entries_subject" ON "audit"."entries" USING btree ("subject_id","seq");
CREATE INDEX "entries_subject_kind" ON "audit"."entries" USING btree ("subject_kind","seq");
CREATE INDEX "entries_actor" ON "audit"."entries" USING btree ("actor_id","seq");
CREATE INDEX "entries_action" ON "audit"."entries" USING btree ("action","seq");
CREATE INDEX "entries_site" ON "audit"."entries" USING btree ("site_id","seq");
CREATE INDEX "entries_recorded_at" ON "audit"."entries" USING btree ("recorded_at","seq");
CREATE INDEX "approvals_subject" ON "devices"."approvals" USING btree ("subject_id");
CREATE INDEX "approvals_approver" ON "devices"."approvals" USING btree ("approver_id");
CREATE UNIQUE INDEX "devices_hash_key" ON "devices"."devices" USING btree ("hash");
CREATE INDEX "devices_till" ON "devices"."devices" USING btree ("till_id");
CREATE INDEX "devices_staff" ON "devices"."devices" USING btree ("staff_id");
CREATE INDEX "pairings_code" ON "devices"."pairings" USING btree ("code_hash");
CREATE INDEX "pairings_till" ON "devices"."pairings" USING btree ("till_id");
CREATE UNIQUE INDEX "keys_hash_key" ON "keys"."keys" USING btree ("hash");