-- Clocks of accepted hand-offs that run and are not marked as late yet: lists find those that have run out, also while the process of the lead
-- cannot wake. The expression is that of src/store/lists/run-out.ts.
CREATE INDEX "assignments_run_out" ON "assignments" ((least(
    CASE WHEN "answer_late_at" IS NULL THEN "answer_due_at" END,
    CASE WHEN "contact_late_at" IS NULL AND "first_contact_at" IS NULL THEN "contact_due_at" END)))
  WHERE "status" = 'accepted' AND "closed_at" IS NULL
    AND least(CASE WHEN "answer_late_at" IS NULL THEN "answer_due_at" END,
      CASE WHEN "contact_late_at" IS NULL AND "first_contact_at" IS NULL THEN "contact_due_at" END) IS NOT NULL;
