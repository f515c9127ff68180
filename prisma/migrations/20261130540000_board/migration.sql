-- The board counts the leads that reps have, and finds those that stand out, from these two indexes alone.
CREATE INDEX "leads_with_sales" ON "leads" ("need_id") INCLUDE ("owner_id", "clock_offset_ms")
  WHERE "stage" IN ('assigned', 'accepted', 'opportunity');
CREATE INDEX "assignments_live_work" ON "assignments" ("need_id")
  INCLUDE ("rep_id", "team", "status", "due_at", "next_step_at", "first_contact_at", "contact_late_at", "answer_late_at", "stuck_at")
  WHERE "status" IN ('offered', 'accepted');

-- Steps that were planned before the assignment knew of them, and that no contact has followed.
UPDATE "assignments" a SET "next_step_at" = s."due_at"
FROM (
  SELECT DISTINCT ON (p."lead_id") p."lead_id", p."due_at", p."occurred_at" FROM "rep_activities" p
  WHERE p."kind" = 'next-step' ORDER BY p."lead_id", p."occurred_at" DESC, p."id" DESC
) s
WHERE a."lead_id" = s."lead_id" AND a."status" = 'accepted' AND a."next_step_at" IS NULL
  AND NOT EXISTS (SELECT 1 FROM "rep_activities" c WHERE c."lead_id" = s."lead_id" AND c."occurred_at" > s."occurred_at"
                  AND c."kind" NOT IN ('next-step', 'note'));
