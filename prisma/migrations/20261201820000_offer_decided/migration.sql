-- When the offer itself was decided. `decided_at` is when the hand-off ended or was taken up last, whoever did that.
ALTER TABLE "assignments" ADD COLUMN "offer_decided_at" TIMESTAMPTZ(3);

-- What was handed over as it is was accepted at the instant of its offer, by nobody.
UPDATE "assignments" SET "offer_decided_at" = "decided_at"
WHERE "decided_at" > "offered_at" AND "decided_by" IS DISTINCT FROM 'system'
  AND ("status" IN ('accepted', 'rejected') OR ("status" = 'rerouted' AND "decided_by" = "rep_id"));

-- What ended after it was accepted: the decision is in the audit.
UPDATE "assignments" a SET "offer_decided_at" = u."occurred_at"
FROM "audit" u
WHERE a."status" IN ('rejected', 'rerouted', 'expired', 'withdrawn') AND u."lead_id" = a."lead_id"
  AND u."action" = 'assignment.accepted' AND u."data"->>'assignmentId' = a."id";
