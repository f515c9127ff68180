-- A hand-off knows when its need was closed. So a board finds what stands out, and counts open leads, by indexes that hold open hand-offs
-- alone, and reads no lead for it.
ALTER TABLE "assignments" ADD COLUMN "closed_at" TIMESTAMPTZ(3);
UPDATE "assignments" a SET "closed_at" = n."closed_at"
FROM "needs" n WHERE n."id" = a."need_id" AND a."status" = 'accepted' AND n."closed_at" IS NOT NULL;

DROP INDEX "leads_with_sales";
DROP INDEX "assignments_live_work";
DROP INDEX "assignments_late_idx";

-- How many open leads each rep and each team has.
CREATE INDEX "assignments_at_work" ON "assignments" ("rep_id", "team", "status")
  WHERE "status" IN ('offered', 'accepted') AND "closed_at" IS NULL;
-- Next steps that are overdue, and leads without one.
CREATE INDEX "assignments_next_step" ON "assignments" ("next_step_at")
  INCLUDE ("rep_id", "team", "lead_id", "need_id", "first_contact_at", "contact_late_at", "answer_late_at", "stuck_at", "decided_at")
  WHERE "status" = 'accepted' AND "closed_at" IS NULL;
-- What was pointed out.
CREATE INDEX "assignments_late" ON "assignments" ("need_id")
  WHERE "status" = 'accepted' AND "closed_at" IS NULL
    AND ("contact_late_at" IS NOT NULL OR "answer_late_at" IS NOT NULL OR "stuck_at" IS NOT NULL);
