ALTER TABLE "leads" ADD COLUMN "assessed" JSONB;
ALTER TABLE "needs" ADD COLUMN "assessed" JSONB;

-- Those whose grade a person gave: they are looked at when it is too old.
CREATE INDEX "leads_assessed" ON "leads" ("id") WHERE "assessed" IS NOT NULL;
