ALTER TABLE "score_ledger" ADD COLUMN "rescored_by" TEXT, ADD COLUMN "replaced_by" TEXT;
ALTER TABLE "leads" ADD COLUMN "marked_at" TIMESTAMPTZ(3);

-- Few entries have no event: what a recycle took, and points that a person gave. A replay of a score reads them.
CREATE INDEX "score_ledger_without_event" ON "score_ledger" ("lead_id") WHERE "event_id" IS NULL;
-- A rescoring hands marked leads over one after the other.
CREATE INDEX "leads_marked" ON "leads" ("id") WHERE "marked_at" IS NOT NULL;
