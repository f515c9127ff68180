-- A message that was reported as spam did not come back: it was delivered. The event of a complaint is an `email.bounced` with its verdict.

CREATE OR REPLACE FUNCTION reaction_of(type TEXT, machine BOOLEAN, properties JSONB) RETURNS SMALLINT LANGUAGE sql IMMUTABLE AS $$
  SELECT (CASE
    WHEN type = 'email.clicked' THEN CASE WHEN NOT machine THEN 1 WHEN properties->>'verdict' = 'suspect' THEN 16 ELSE 32 END
    WHEN machine THEN 0
    WHEN type = 'reply.received' THEN 2
    WHEN type = 'unsubscribed' THEN 4
    WHEN type = 'email.bounced' AND properties->>'verdict' IS DISTINCT FROM 'complaint' THEN 8
    ELSE 0 END)::smallint $$;

UPDATE "sends" s SET "reactions" = s."reactions" & ~8
FROM (
  SELECT send_id FROM "events" WHERE type = 'email.bounced' AND send_id IS NOT NULL AND NOT machine
  GROUP BY send_id HAVING bool_and(coalesce(properties->>'verdict' = 'complaint', FALSE))) e
WHERE s.id = e.send_id AND s."reactions" & 8 <> 0;
