-- Since when a lead of the control group was first kept out of a cadence; null: it never was.
ALTER TABLE "leads" ADD COLUMN "control_since" TIMESTAMPTZ(3);
