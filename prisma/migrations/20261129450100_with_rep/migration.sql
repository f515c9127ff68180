-- What happens while a rep has a lead: the first contact, answers, attempts, next steps, silence.
ALTER TABLE "assignments"
  ADD COLUMN "contact_due_at" TIMESTAMPTZ(3),
  ADD COLUMN "first_contact_at" TIMESTAMPTZ(3),
  ADD COLUMN "contact_late_at" TIMESTAMPTZ(3),
  ADD COLUMN "replied_at" TIMESTAMPTZ(3),
  ADD COLUMN "answer_due_at" TIMESTAMPTZ(3),
  ADD COLUMN "answer_late_at" TIMESTAMPTZ(3),
  ADD COLUMN "last_activity_at" TIMESTAMPTZ(3),
  ADD COLUMN "attempts" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "next_step_at" TIMESTAMPTZ(3),
  ADD COLUMN "tell_step_at" TIMESTAMPTZ(3),
  ADD COLUMN "stuck_at" TIMESTAMPTZ(3),
  ADD COLUMN "idle_from" TIMESTAMPTZ(3),
  ADD COLUMN "idle_at" TIMESTAMPTZ(3),
  ADD COLUMN "take_back_at" TIMESTAMPTZ(3);

ALTER TABLE "rep_activities" ADD COLUMN "result" TEXT;

-- What stands out of the leads that reps have.
CREATE INDEX "assignments_late_idx" ON "assignments"("need_id")
  WHERE "contact_late_at" IS NOT NULL OR "answer_late_at" IS NOT NULL OR "stuck_at" IS NOT NULL;
