-- Entry into a segment wakes and enrolls: in which cadences' segments a lead was found already, and what the sweep looks at.
ALTER TABLE "leads" ADD COLUMN "entered" TEXT[] NOT NULL DEFAULT '{}';
CREATE INDEX "leads_awaiting_segment" ON "leads" ("id") WHERE jsonb_path_exists("awaiting", '$[*].segment');
CREATE INDEX "leads_dormant" ON "leads" ("id") WHERE "stage" = 'dormant';
