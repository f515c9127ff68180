ALTER TABLE "leads" ADD COLUMN "fit_completeness" INTEGER,
  ADD COLUMN "value_tier" TEXT,
  ADD COLUMN "orders" JSONB;

-- What was ordered before, as src/domain/orders.ts sums it up.
WITH placed AS (
  SELECT lead_id, occurred_at, upper(nullif(properties->>'currency', '')) AS currency,
    CASE WHEN jsonb_typeof(properties->'valueMinor') = 'number' THEN (properties->>'valueMinor')::float8 ELSE 0 END AS value,
    first_value(upper(nullif(properties->>'currency', ''))) OVER (
      PARTITION BY lead_id ORDER BY nullif(properties->>'currency', '') IS NULL, occurred_at, id) AS kept
  FROM events WHERE type = 'order.placed' AND NOT machine
)
UPDATE leads SET orders = o.orders FROM (
  SELECT lead_id, jsonb_build_object(
    'count', count(*),
    'valueMinor', coalesce(sum(value) FILTER (WHERE currency IS NULL OR currency = kept), 0),
    'currency', min(kept),
    'lastAtMs', floor(extract(epoch FROM max(occurred_at)) * 1000)
  ) AS orders FROM placed GROUP BY lead_id
) o WHERE o.lead_id = leads.id;
