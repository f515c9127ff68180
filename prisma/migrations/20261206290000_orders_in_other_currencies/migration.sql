-- What leads ordered in other currencies than that of their first order: src/domain/orders.ts, `others`.
UPDATE "leads" l
SET "orders" = jsonb_set(l."orders", '{others}', summed."others")
FROM (
  SELECT one."lead_id", jsonb_object_agg(one."currency", one."minor") AS "others"
  FROM (
    SELECT e."lead_id", upper(e."properties"->>'currency') AS "currency",
      sum(CASE WHEN jsonb_typeof(e."properties"->'valueMinor') = 'number' THEN (e."properties"->>'valueMinor')::numeric ELSE 0 END) AS "minor"
    FROM "events" e
    JOIN "leads" o ON o."id" = e."lead_id" AND jsonb_typeof(o."orders") = 'object'
    WHERE e."type" = 'order.placed' AND NOT e."machine"
      AND jsonb_typeof(e."properties"->'currency') = 'string' AND e."properties"->>'currency' <> ''
      AND upper(e."properties"->>'currency') <> o."orders"->>'currency'
    GROUP BY 1, 2) one
  GROUP BY 1) summed
WHERE summed."lead_id" = l."id";
