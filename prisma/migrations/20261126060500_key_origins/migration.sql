-- The websites that a site key may be used from; none: any.
ALTER TABLE "api_keys" ADD COLUMN "origins" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[];
