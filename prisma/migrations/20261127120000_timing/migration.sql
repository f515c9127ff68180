-- Why a step is due when it is, where that is not its own time; and what a lead at a wait until a date waits for.
ALTER TABLE "enrollments"
  ADD COLUMN "due_because" TEXT,
  ADD COLUMN "reached_at" TIMESTAMPTZ(3),
  ADD COLUMN "waits_on" TEXT,
  ADD COLUMN "expires_at" TIMESTAMPTZ(3);

-- Who waits for the date of a campaign.
CREATE INDEX "enrollments_waits_on_idx" ON "enrollments"("waits_on");

-- How often a cap held a message back.
CREATE INDEX "audit_capped" ON "audit"("occurred_at") WHERE "action" = 'step.capped';
