DROP INDEX "audit"."entries_seq";
DROP INDEX "audit"."entries_subject";
CREATE UNIQUE INDEX "entries_seq_key" ON "audit"."entries" USING btree ("seq");
CREATE INDEX "entries_subject_kind" ON "audit"."entries" USING btree ("subject_kind","seq");
CREATE INDEX "entries_site" ON "audit"."entries" USING btree ("site_id","seq");
CREATE INDEX "entries_recorded_at" ON "audit"."entries" USING btree ("recorded_at","seq");
CREATE INDEX "entries_subject" ON "audit"."entries" USING btree ("subject_id","seq");