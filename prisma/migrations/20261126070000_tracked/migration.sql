-- Fetches of pixels and tracked links, kept until they are recorded as events under their lead's lock. No foreign keys: a row is
-- written while others hold the lead.
CREATE TABLE "tracked" (
    "id" TEXT NOT NULL,
    "lead_id" TEXT NOT NULL,
    "send_id" TEXT NOT NULL,
    "link_id" INTEGER,
    "method" TEXT NOT NULL,
    "agent" TEXT NOT NULL,
    "repeats" INTEGER NOT NULL DEFAULT 0,
    "fetched_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tracked_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "tracked_lead_id_idx" ON "tracked"("lead_id");
