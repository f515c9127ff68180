-- The goal that ended an enrollment: reached goals are counted apart.
ALTER TABLE "enrollments" ADD COLUMN "goal" TEXT;
CREATE INDEX "enrollments_goals" ON "enrollments" ("cadence") WHERE "goal" IS NOT NULL;
