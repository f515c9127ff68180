-- The results of a canary are those of the enrollments of two revisions since it began. Neither column changes as a lead goes from step to
-- step, so that a step stays an update within its page.
CREATE INDEX "enrollments_revision_id_started_at_idx" ON "enrollments"("revision_id", "started_at");
