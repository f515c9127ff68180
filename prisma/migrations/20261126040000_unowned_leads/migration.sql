-- Leads that were handed over and that nobody has: a manager looks for them among all leads of their teams. A few rows at a time.
CREATE INDEX "leads_unowned" ON "leads" ("id") WHERE "owner_id" IS NULL AND "stage" NOT IN ('new', 'nurturing', 'dormant');
