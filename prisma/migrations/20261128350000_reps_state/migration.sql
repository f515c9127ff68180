-- A person's state of a rep: share of the leads, limits, absence. Nothing of it is changed by publishing.
ALTER TABLE "reps"
  ADD COLUMN "weight" INTEGER NOT NULL DEFAULT 1,
  ADD COLUMN "turn" DOUBLE PRECISION,
  ADD COLUMN "max_open" INTEGER,
  ADD COLUMN "max_per_day" INTEGER,
  ADD COLUMN "max_per_hour" INTEGER,
  ADD COLUMN "away_from" TIMESTAMPTZ(3),
  ADD COLUMN "away_until" TIMESTAMPTZ(3),
  ADD COLUMN "deputy_id" TEXT;

-- A lead that waits for a rep who has room.
ALTER TABLE "needs"
  ADD COLUMN "waiting_team" TEXT,
  ADD COLUMN "waiting_since" TIMESTAMPTZ(3),
  ADD COLUMN "try_again_at" TIMESTAMPTZ(3);

CREATE INDEX "needs_waiting_team_waiting_since_idx" ON "needs"("waiting_team", "waiting_since") WHERE "waiting_team" IS NOT NULL;
CREATE INDEX "assignments_rep_id_created_at_idx" ON "assignments"("rep_id", "created_at");
