-- Saved plans of targets, and reports that somebody gets by mail.
CREATE TABLE "target_plans" (
  "id" TEXT PRIMARY KEY,
  "name" TEXT NOT NULL,
  "goal" JSONB NOT NULL,
  "from_day" DATE NOT NULL,
  "until_day" DATE NOT NULL,
  "assumed" JSONB NOT NULL,
  "plan" JSONB NOT NULL,
  "currency" TEXT NOT NULL,
  "created_by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now()
);
-- Reports read the needs of a period.
CREATE INDEX "needs_opened_at_idx" ON "needs" ("opened_at");
