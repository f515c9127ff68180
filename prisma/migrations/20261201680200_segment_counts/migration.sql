-- How many leads each segment has, day by day; and an index by which reports find the events of a period.

CREATE TABLE "segment_counts" (
    "day" DATE NOT NULL,
    "segment" TEXT NOT NULL,
    "leads" INTEGER NOT NULL,
    "counted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "segment_counts_pkey" PRIMARY KEY ("day", "segment")
);

CREATE INDEX "events_occurred_at_idx" ON "events" USING BRIN ("occurred_at");
