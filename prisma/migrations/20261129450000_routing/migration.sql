-- What a rep can do, as routing.yaml says it, and when the rep works, which is state.
ALTER TABLE "reps"
  ADD COLUMN "skills" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
  ADD COLUMN "languages" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
  ADD COLUMN "working_hours" JSONB;

-- Why a lead waits for a rep, what the rep must have, and when another team is asked too.
ALTER TABLE "needs"
  ADD COLUMN "waiting_for" TEXT,
  ADD COLUMN "waiting_why" TEXT,
  ADD COLUMN "waiting_skills" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
  ADD COLUMN "waiting_language" TEXT,
  ADD COLUMN "overflow_at" TIMESTAMPTZ(3);

UPDATE "needs" SET "waiting_for" = 'room' WHERE "waiting_team" IS NOT NULL;
