-- Another person at a number by which a lead without an email is known: requests by the number alone go to that lead.
ALTER TABLE "leads" ADD COLUMN "shares_phone" BOOLEAN NOT NULL DEFAULT false;
DROP INDEX "leads_phone_only";
CREATE UNIQUE INDEX "leads_phone_only" ON "leads" ("phone") WHERE "email" IS NULL AND NOT "shares_phone";
