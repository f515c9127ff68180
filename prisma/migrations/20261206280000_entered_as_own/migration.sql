-- Who entered a lead as their own had nothing to decide: the press of the form was counted as a decision within seconds of its offer.
UPDATE "assignments" a SET "offer_decided_at" = NULL
FROM "reps" r
WHERE r."id" = a."rep_id" AND a."rule" = 'entered at assigned' AND a."offer_decided_at" <= a."offered_at" + interval '1 minute'
  AND EXISTS (
    SELECT FROM "touches" t JOIN "audit" u ON u."lead_id" = t."lead_id" AND u."data"->>'touchId' = t."id"
    WHERE t."lead_id" = a."lead_id" AND t."need_id" = a."need_id" AND t."request"->>'ownerRepKey' = r."key"
      AND t."how" IN ('referral', 'phone', 'event', 'email', 'interest') AND u."action" IN ('lead.created', 'lead.updated')
      AND (u."actor" = r."id" OR u."actor" IN (SELECT s."id" FROM "users" s WHERE s."email" = lower(r."email"))));
