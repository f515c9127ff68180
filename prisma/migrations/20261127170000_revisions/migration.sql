-- AlterTable
ALTER TABLE "enrollments" ADD COLUMN     "waiting_from" TEXT,
ADD COLUMN     "waiting_since" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "playbook_revisions" ADD COLUMN     "canary" JSONB,
ADD COLUMN     "halted_because" TEXT;

-- CreateTable
CREATE TABLE "pauses" (
    "scope" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "by" TEXT NOT NULL,
    "reason" TEXT,

    CONSTRAINT "pauses_pkey" PRIMARY KEY ("scope")
);

-- CreateTable
CREATE TABLE "bulk_runs" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "params" JSONB NOT NULL DEFAULT '{}',
    "status" TEXT NOT NULL DEFAULT 'running',
    "rate" INTEGER NOT NULL,
    "total" INTEGER NOT NULL,
    "done" INTEGER NOT NULL DEFAULT 0,
    "outcomes" JSONB NOT NULL DEFAULT '{}',
    "after" TEXT,
    "error" TEXT,
    "started_by" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "worked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "bulk_runs_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "bulk_runs_started_at_id_idx" ON "bulk_runs"("started_at", "id");

-- Those that are under way are looked for again and again; all others are history.
CREATE INDEX "bulk_runs_running" ON "bulk_runs"("worked_at") WHERE status = 'running';

-- Who is in a cadence, running or standing still behind another, by lead: a migration walks it piece by piece, and the plan counts it. Neither column changes while an enrollment
-- runs, so that a step stays an update within its page.
CREATE INDEX "enrollments_open_in_cadence" ON "enrollments"("cadence", "lead_id") WHERE ended_at IS NULL;
