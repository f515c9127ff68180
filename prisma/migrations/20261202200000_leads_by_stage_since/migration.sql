-- Lists of leads by how long each is in its stage read a page from here and stop. An entry is written when a stage changes, and by no event or step.
CREATE INDEX "needs_stage_since" ON "needs" ("stage", (coalesce("stage_since", "opened_at")), "lead_id");
