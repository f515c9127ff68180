-- The limits of a rep, and how fast reps are, are counted by the instant of the offer.
DROP INDEX "assignments_rep_id_created_at_idx";

-- CreateIndex
CREATE INDEX "assignments_rep_id_offered_at_idx" ON "assignments"("rep_id", "offered_at");
