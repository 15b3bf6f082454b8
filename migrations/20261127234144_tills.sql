ALTER TABLE "devices"."pairings" ADD COLUMN "name" text NOT NULL;
CREATE INDEX "approvals_approver" ON "devices"."approvals" USING btree ("approver_id");
CREATE INDEX "devices_staff" ON "devices"."devices" USING btree ("staff_id");
CREATE INDEX "pairings_till" ON "devices"."pairings" USING btree ("till_id");
ALTER TABLE "devices"."pairings" ADD CONSTRAINT "pairings_name" CHECK (length("devices"."pairings"."name") between 1 and 120);