-- Enrollments beside one another: a cadence that stands still behind a better one, and reminders, each known by its key.
ALTER TYPE "enrollment_status" ADD VALUE 'suspended';
ALTER TABLE "enrollments"
  ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'main',
  ADD COLUMN "key" TEXT,
  ADD COLUMN "suspended_at" TIMESTAMPTZ(3);
ALTER TABLE "leads" ADD COLUMN "triggers" JSONB;
-- One cadence at a time, and one reminder of a kind about one thing.
DROP INDEX "enrollments_one_active";
CREATE UNIQUE INDEX "enrollments_one_active" ON "enrollments" ("lead_id") WHERE "status" = 'active' AND "kind" = 'main';
CREATE UNIQUE INDEX "enrollments_one_reminder" ON "enrollments" ("lead_id", "cadence", coalesce("key", ''))
  WHERE "status" = 'active' AND "kind" = 'reminder';
-- What a turn reads.
CREATE INDEX "enrollments_running" ON "enrollments" ("lead_id") WHERE "ended_at" IS NULL;
