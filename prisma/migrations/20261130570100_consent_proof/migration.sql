-- The rest of the proof of a consent: a keyed hash of the network address it was given from, and the request that a confirmation confirms.
ALTER TABLE "consents" ADD COLUMN "ip_hash" TEXT, ADD COLUMN "confirms" TEXT;
CREATE UNIQUE INDEX "consents_confirms_key" ON "consents"("confirms");

-- What a person chose on the preference page.
ALTER TABLE "leads" ADD COLUMN "mail_frequency" TEXT, ADD COLUMN "snoozed_until" TIMESTAMPTZ(3);
