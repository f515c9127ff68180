-- Since when a lead that did not engage for long is passed over by broadcasts.
ALTER TABLE "leads" ADD COLUMN "sunset_at" TIMESTAMPTZ(3);
