-- AlterTable
ALTER TABLE "broadcasts" ADD COLUMN     "newsletter" TEXT;

-- CreateTable
CREATE TABLE "newsletters" (
    "key" TEXT NOT NULL,
    "schedule" JSONB,
    "revision" INTEGER NOT NULL,
    "paused_at" TIMESTAMPTZ(3),
    "paused_by" TEXT,
    "wanted" INTEGER NOT NULL DEFAULT 1,
    "synced" INTEGER NOT NULL DEFAULT 0,
    "sync_error" TEXT,
    "passed_at" TIMESTAMPTZ(3),
    "passed_because" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "newsletters_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE INDEX "broadcasts_newsletter_id_idx" ON "broadcasts"("newsletter", "id");
