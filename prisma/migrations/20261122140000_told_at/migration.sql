-- When the rep had the brief, as far as can be known: from then on their time to decide runs.
ALTER TABLE "assignments" ADD COLUMN "told_at" TIMESTAMPTZ(3);
