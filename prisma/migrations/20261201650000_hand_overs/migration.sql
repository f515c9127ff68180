-- Hand-overs of several leads at once: what became of each, and which mail told the rep who got it.
CREATE TABLE "hand_overs" (
  "id" TEXT PRIMARY KEY,
  "by" TEXT NOT NULL,
  "begun_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "finished_at" TIMESTAMPTZ(3)
);
CREATE TABLE "hand_over_leads" (
  "hand_over_id" TEXT NOT NULL,
  "lead_id" TEXT NOT NULL REFERENCES "leads"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "assignment_id" TEXT,
  "rep_id" TEXT,
  "told_by" TEXT,
  "problem" TEXT,
  PRIMARY KEY ("hand_over_id", "lead_id")
);
CREATE INDEX "hand_over_leads_lead_id_idx" ON "hand_over_leads" ("lead_id");
CREATE INDEX "hand_over_leads_assignment_id_idx" ON "hand_over_leads" ("assignment_id");
CREATE INDEX "hand_over_leads_told_by_idx" ON "hand_over_leads" ("told_by");
