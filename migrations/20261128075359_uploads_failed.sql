ALTER TABLE "uploads"."uploads" ADD COLUMN "import_message" text;
CREATE INDEX "uploads_importing" ON "uploads"."uploads" USING btree ("id") WHERE import_state in ('waiting', 'running');