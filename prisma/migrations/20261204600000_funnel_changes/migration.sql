-- CreateTable
CREATE TABLE "funnel_changes" (
    "id" BIGSERIAL NOT NULL,
    "lead_id" TEXT NOT NULL,
    "need_id" TEXT NOT NULL,
    "funnel_stage" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "funnel_changes_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "funnel_changes_need_id_occurred_at_idx" ON "funnel_changes"("need_id", "occurred_at");

-- CreateIndex
CREATE INDEX "funnel_changes_lead_id_idx" ON "funnel_changes"("lead_id");

-- AddForeignKey
ALTER TABLE "funnel_changes" ADD CONSTRAINT "funnel_changes_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What older versions wrote to the timeline: of the need that it names, or else of the one that its lead had then.
WITH told AS (
  SELECT a.id, a.lead_id, a.actor, a.occurred_at, a.recorded_at, a.data->>'funnelStage' AS funnel_stage,
    coalesce(a.data->>'needId', (SELECT n.id FROM "needs" n WHERE n.lead_id = a.lead_id AND n.opened_at <= a.occurred_at
      ORDER BY n.opened_at DESC, n.id DESC LIMIT 1)) AS need_id
  FROM "audit" a JOIN "leads" l ON l.id = a.lead_id
  WHERE a.action = 'outcome.recorded' AND a.data->>'funnelStage' IS NOT NULL),
changes AS (
  SELECT told.*, lag(funnel_stage) OVER (PARTITION BY need_id ORDER BY occurred_at, id) AS before FROM told WHERE need_id IS NOT NULL)
INSERT INTO "funnel_changes" ("lead_id", "need_id", "funnel_stage", "actor", "occurred_at", "recorded_at")
SELECT lead_id, need_id, funnel_stage, actor, occurred_at, recorded_at FROM changes
WHERE before IS DISTINCT FROM funnel_stage ORDER BY occurred_at, id;

-- A need that entered at its step of the funnel came there when it became an opportunity.
INSERT INTO "funnel_changes" ("lead_id", "need_id", "funnel_stage", "actor", "occurred_at")
SELECT n.lead_id, n.id, n.funnel_stage, 'system', coalesce(n.opportunity_at, n.stage_since, n.opened_at) FROM "needs" n
WHERE n.funnel_stage IS NOT NULL AND NOT EXISTS (SELECT FROM "funnel_changes" f WHERE f.need_id = n.id)
ORDER BY n.opened_at, n.id;
