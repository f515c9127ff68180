-- A need came to a stage: a row with the change itself, so that reports count rows and read no JSON.
CREATE TABLE "stage_changes" (
    "id" BIGSERIAL NOT NULL,
    "lead_id" TEXT NOT NULL,
    "need_id" TEXT,
    "from_stage" TEXT,
    "to_stage" TEXT NOT NULL,
    "because" TEXT NOT NULL,
    "owner_id" TEXT,
    "actor" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "stage_changes_pkey" PRIMARY KEY ("id")
);

-- What was written before, from the timeline: each change of a stage, and each need that was opened without one (a lead's first).
-- The need is the one that was open, the owner the rep of its latest hand-off.
INSERT INTO "stage_changes"
  ("lead_id", "need_id", "from_stage", "to_stage", "because", "owner_id", "actor", "occurred_at", "recorded_at")
SELECT c.lead_id, n.id, c.from_stage, c.to_stage, c.because, o.rep_id, c.actor, c.occurred_at, c.recorded_at
FROM (
  SELECT a.lead_id, a.id, a.data->>'from' AS from_stage, a.data->>'to' AS to_stage, coalesce(a.data->>'because', '') AS because,
    a.actor, a.occurred_at, a.recorded_at
  FROM "audit" a
  WHERE a.action = 'stage.changed' AND a.lead_id IS NOT NULL
  UNION ALL
  SELECT a.lead_id, a.id, NULL, 'new', coalesce(a.data->>'because', ''), a.actor, a.occurred_at, a.recorded_at
  FROM "audit" a
  WHERE a.action = 'need.opened' AND a.lead_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM "audit" s
    WHERE s.lead_id = a.lead_id AND s.action = 'stage.changed' AND s.data->>'to' = 'new' AND s.occurred_at = a.occurred_at)
) c
LEFT JOIN LATERAL (
  SELECT id FROM "needs" WHERE lead_id = c.lead_id AND opened_at <= c.occurred_at ORDER BY opened_at DESC, id DESC LIMIT 1
) n ON true
LEFT JOIN LATERAL (
  SELECT rep_id FROM "assignments"
  WHERE need_id = n.id AND offered_at <= c.occurred_at AND c.to_stage IN ('assigned', 'accepted', 'opportunity', 'customer')
  ORDER BY offered_at DESC, id DESC LIMIT 1
) o ON true
ORDER BY c.occurred_at, c.id;

CREATE INDEX "stage_changes_lead_id_occurred_at_idx" ON "stage_changes"("lead_id", "occurred_at");
CREATE INDEX "stage_changes_to_stage_occurred_at_idx" ON "stage_changes"("to_stage", "occurred_at");
ALTER TABLE "stage_changes" ADD CONSTRAINT "stage_changes_lead_id_fkey"
  FOREIGN KEY ("lead_id") REFERENCES "leads"("id") ON DELETE CASCADE ON UPDATE CASCADE;
