// PostgreSQL refuses numbers that are so small that JavaScript rounds them to 0.
const BASE_SQL =
  '(CASE WHEN l.score < 0.001 THEN 0 ELSE l.score * power(2::float8, -least(200, greatest(0, $now - extract(epoch FROM l.score_at)::float8 * 1000) / $halfLife)) END)';

/** What portions of a score (an object by group, see ../score.ts) count for now: as `countedOf`, summed. */
export function portionsSql(portions: string): string {
  // Most leads have none, and are not to pay for looking.
  return `CASE WHEN ${portions} IS NULL THEN 0 ELSE coalesce((SELECT sum(greatest(0, least(($groups->p.key->>'l')::float8, CASE WHEN abs((p.value->>'points')::float8) < 0.001 THEN 0
      ELSE (p.value->>'points')::float8 * power(2::float8, -least(200, greatest(0, $now - (p.value->>'atMs')::float8) / coalesce(($groups->p.key->>'h')::float8, $halfLife))) END)))
    FROM jsonb_each(${portions}) p), 0) END`;
}

/** The score of a product line, as `lineScoreAtMs`. Of a need without a product line it is unknown. */
export function lineScoreSql(line: string): string {
  const sum = portionsSql(`l.score_parts->'lines'->${line}`);
  return `CASE WHEN ${line} IS NULL THEN NULL ELSE floor(least($limit, ${sum}) * 100 + 0.5) / 100 END`;
}

/** The score, as `scoreAtMs`. */
export const SCORE_SQL = `CASE WHEN l.score_parts IS NULL AND l.score < 0.001 THEN least($limit, 0) ELSE floor(least($limit, ${BASE_SQL} + ${portionsSql("l.score_parts->'groups'")}) * 100 + 0.5) / 100 END`;
