-- The arm that a split gave a lead: one row an enrollment and split.
CREATE TABLE "split_arms" (
    "enrollment_id" TEXT NOT NULL,
    "step_id" TEXT NOT NULL,
    "lead_id" TEXT NOT NULL,
    "cadence" TEXT NOT NULL,
    "arm" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "split_arms_pkey" PRIMARY KEY ("enrollment_id", "step_id")
);
CREATE INDEX "split_arms_lead_id_cadence_step_id_idx" ON "split_arms"("lead_id", "cadence", "step_id");
CREATE INDEX "split_arms_cadence_step_id_arm_idx" ON "split_arms"("cadence", "step_id", "arm");
ALTER TABLE "split_arms" ADD CONSTRAINT "split_arms_lead_id_fkey"
  FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "split_arms" ADD CONSTRAINT "split_arms_enrollment_id_fkey"
  FOREIGN KEY ("enrollment_id") REFERENCES "enrollments"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What a rep is to do for a lead. It is written with the claim of its effect, before anything goes out.
CREATE TYPE "task_status" AS ENUM ('open', 'done', 'cancelled');
CREATE TABLE "tasks" (
    "id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "lead_id" TEXT NOT NULL,
    "need_id" TEXT,
    "enrollment_id" TEXT,
    "step_id" TEXT,
    "rep_id" TEXT NOT NULL,
    "team" TEXT,
    "kind" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "status" "task_status" NOT NULL DEFAULT 'open',
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "tell_at" TIMESTAMPTZ(3) NOT NULL,
    "told_by" TEXT,
    "result" TEXT,
    "note" TEXT,
    "closed_at" TIMESTAMPTZ(3),
    "closed_by" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tasks_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "tasks_key_key" ON "tasks"("key");
CREATE INDEX "tasks_lead_id_occurred_at_idx" ON "tasks"("lead_id", "occurred_at");
CREATE INDEX "tasks_rep_id_status_due_at_idx" ON "tasks"("rep_id", "status", "due_at");
CREATE INDEX "tasks_status_due_at_idx" ON "tasks"("status", "due_at");
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_lead_id_fkey"
  FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_rep_id_fkey"
  FOREIGN KEY ("rep_id") REFERENCES "reps"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- When a rep was last told of tasks by mail: those that come soon after wait for the next mail. Database time.
ALTER TABLE "reps" ADD COLUMN "tasks_told_at" TIMESTAMPTZ(3);
