-- Campaigns have what campaigns.yaml says of them, and a touch of one that nobody listed gives it a row.
ALTER TABLE "campaigns"
  DROP COLUMN "attendance",
  DROP COLUMN "cost_minor",
  DROP COLUMN "goal",
  ADD COLUMN "goal_leads" INTEGER,
  ADD COLUMN "goal_qualified" INTEGER,
  ADD COLUMN "goal_won" INTEGER,
  ADD COLUMN "budget_minor" BIGINT,
  ADD COLUMN "event_at" TIMESTAMPTZ(3),
  ADD COLUMN "unknown_since" TIMESTAMPTZ(3);

CREATE TABLE "campaign_costs" (
    "campaign_id" TEXT NOT NULL,
    "place" INTEGER NOT NULL,
    "day" DATE NOT NULL,
    "cost_minor" BIGINT NOT NULL,
    "what" TEXT,

    CONSTRAINT "campaign_costs_pkey" PRIMARY KEY ("campaign_id", "place")
);

ALTER TABLE "campaign_costs" ADD CONSTRAINT "campaign_costs_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Keys that differ by case alone are one campaign. The newest row stays, which is the one that was listed last.
WITH kept AS (
  SELECT DISTINCT ON (lower(key)) lower(key) AS plain, id FROM "campaigns" ORDER BY lower(key), created_at DESC, id DESC
)
UPDATE "touches" t SET "campaign_id" = kept.id
FROM "campaigns" c JOIN kept ON kept.plain = lower(c.key)
WHERE t."campaign_id" = c.id AND c.id <> kept.id;
DELETE FROM "campaigns" c USING "campaigns" newer
WHERE lower(newer.key) = lower(c.key) AND (newer.created_at, newer.id) > (c.created_at, c.id);
CREATE UNIQUE INDEX "campaigns_key_in_any_case" ON "campaigns" (lower("key"));

-- Campaigns that touches named so far, and nobody listed.
INSERT INTO "campaigns" ("id", "key", "name", "unknown_since")
SELECT DISTINCT ON (lower(campaign)) 'cmp_' || md5(lower(campaign)), campaign, campaign, now()
FROM "touches" WHERE campaign IS NOT NULL ORDER BY lower(campaign), occurred_at
ON CONFLICT DO NOTHING;
UPDATE "touches" t SET "campaign_id" = c.id FROM "campaigns" c
WHERE t."campaign_id" IS NULL AND t."campaign" IS NOT NULL AND lower(c.key) = lower(t.campaign);

DROP INDEX "touches_campaign_idx";
CREATE INDEX "touches_campaign_id_idx" ON "touches"("campaign_id");
