-- Requests that came after the rep was told of one are gathered into one mail: when it is due, and which requests it is about.
ALTER TABLE "assignments" ADD COLUMN "requests_due_at" TIMESTAMPTZ(3), ADD COLUMN "requests_told_at" TIMESTAMPTZ(3);
ALTER TABLE "touches" ADD COLUMN "untold_to" TEXT;
CREATE INDEX "touches_untold" ON "touches" ("untold_to") WHERE "untold_to" IS NOT NULL;
