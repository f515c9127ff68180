-- Campaigns are written through the API as well, and costs, attendance and feedback are added to any. A cost says its currency.
ALTER TABLE "campaign_costs" ADD COLUMN "currency" TEXT;

CREATE TABLE "campaign_writes" (
    "number" SERIAL NOT NULL,
    "id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "by" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "over_at" TIMESTAMPTZ(3),

    CONSTRAINT "campaign_writes_pkey" PRIMARY KEY ("number")
);

CREATE UNIQUE INDEX "campaign_writes_id_key" ON "campaign_writes"("id");
