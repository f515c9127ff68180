-- AlterTable
ALTER TABLE "sends" ADD COLUMN     "broadcast_id" TEXT,
ADD COLUMN     "variant" TEXT;

-- CreateTable
CREATE TABLE "broadcasts" (
    "id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'planned',
    "segment" TEXT,
    "audience" JSONB,
    "topic" TEXT NOT NULL,
    "variants" JSONB NOT NULL,
    "schedule" JSONB NOT NULL,
    "rate" INTEGER,
    "again" BOOLEAN NOT NULL DEFAULT false,
    "trial" JSONB,
    "winner" TEXT,
    "winner_because" TEXT,
    "preview" JSONB,
    "gathered_at" TIMESTAMPTZ(3),
    "total" INTEGER,
    "after" TEXT,
    "tried_at" TIMESTAMPTZ(3),
    "paced_until" TIMESTAMPTZ(3),
    "next_at" TIMESTAMPTZ(3),
    "error" TEXT,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_by" TEXT,
    "started_at" TIMESTAMPTZ(3),
    "worked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "broadcasts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "broadcast_recipients" (
    "broadcast_id" TEXT NOT NULL,
    "lead_id" TEXT NOT NULL,
    "wave" SMALLINT NOT NULL DEFAULT 0,
    "variant" TEXT,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "first_due_at" TIMESTAMPTZ(3) NOT NULL,
    "attempts" SMALLINT NOT NULL DEFAULT 0,

    CONSTRAINT "broadcast_recipients_pkey" PRIMARY KEY ("broadcast_id","lead_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "broadcasts_key_key" ON "broadcasts"("key");

-- CreateIndex
CREATE INDEX "broadcast_recipients_broadcast_id_wave_due_at_lead_id_idx" ON "broadcast_recipients"("broadcast_id", "wave", "due_at", "lead_id");

-- CreateIndex
CREATE INDEX "broadcast_recipients_lead_id_idx" ON "broadcast_recipients"("lead_id");

-- AddForeignKey
ALTER TABLE "sends" ADD CONSTRAINT "sends_broadcast_id_fkey" FOREIGN KEY ("broadcast_id") REFERENCES "broadcasts"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "broadcast_recipients" ADD CONSTRAINT "broadcast_recipients_broadcast_id_fkey" FOREIGN KEY ("broadcast_id") REFERENCES "broadcasts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "broadcast_recipients" ADD CONSTRAINT "broadcast_recipients_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Messages of a broadcast by what became of them. No row of another message is in it.
CREATE INDEX "sends_of_broadcast" ON "sends"("broadcast_id", "status") WHERE "broadcast_id" IS NOT NULL;
