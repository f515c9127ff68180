-- Opens and clicks that may be a scanner's: what their requests hinted at, how long they wait for their neighbors, and whether a lead
-- has some that count once a human sign follows.
ALTER TABLE "tracked" ADD COLUMN "hints" TEXT[] NOT NULL DEFAULT '{}';
ALTER TABLE "tracked" ADD COLUMN "waits_until" TIMESTAMPTZ(3);
ALTER TABLE "leads" ADD COLUMN "suspect_at" TIMESTAMPTZ(3);
ALTER TABLE "sends" ADD COLUMN "link_count" SMALLINT;

-- The agents and networks of scanners, as an operator refreshed them last. At most one row.
CREATE TABLE "scanner_lists" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "lists" JSONB NOT NULL,
    "refreshed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "scanner_lists_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "scanner_lists_one" CHECK ("id" = 1)
);
