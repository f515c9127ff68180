-- Fields of the profile whose value a person of ours said: what a form, another system or the engine says later does not overwrite it.
ALTER TABLE "leads" ADD COLUMN "verified_fields" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[];

-- Of before: the audit knows who changed a field last.
UPDATE "leads" l SET "verified_fields" = verified.fields
FROM (
    SELECT "lead_id", array_agg(field ORDER BY field) AS fields
    FROM (
        SELECT DISTINCT ON (a."lead_id", field) a."lead_id", field, a."actor"
        FROM "audit" a, jsonb_array_elements_text(
            CASE WHEN jsonb_typeof(a."data" -> 'fields') = 'array' THEN a."data" -> 'fields' ELSE '[]'::jsonb END) AS field
        WHERE a."action" = 'lead.updated'
            AND a."lead_id" IN (SELECT "lead_id" FROM "audit" WHERE "action" = 'lead.updated' AND "actor" ~ '^(rep|usr)-')
        ORDER BY a."lead_id", field, a."occurred_at" DESC, a."id" DESC
    ) said
    WHERE "actor" ~ '^(rep|usr)-'
    GROUP BY "lead_id"
) verified
WHERE verified."lead_id" = l."id";
