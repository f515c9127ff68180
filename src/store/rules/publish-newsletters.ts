import { canonicalJson } from '../../domain/canonical-json.ts';
import { cronOf, type Newsletter, type WantedSchedule, zoneOfTimes } from '../../domain/newsletter.ts';
import { spanToMs } from '../../domain/span.ts';
import type { Tx } from '../db.ts';
import { asJson } from '../rows.ts';

/** What a newsletter is published with. `templates`: hashes by key. */
export interface NewslettersOf {
  newsletters: readonly Newsletter[];
  templates: ReadonlyMap<string, { hash: string }>;
  defaultTimeZone: string;
}

/**
 * Writes what the schedules of the newsletters are to be; Temporal is told after the commit, and again until it has taken it. One that is
 * gone keeps its row, and loses its schedule. Whoever publishes other words or another newsletter has seen to what did not go out.
 */
export async function publishNewsletters(
  tx: Tx,
  revision: number,
  now: NewslettersOf,
  before: NewslettersOf | null,
  author: string,
): Promise<void> {
  const said = before === null ? new Map<string, string>() : contentsOf(before);
  const contents = contentsOf(now);
  const rows = now.newsletters.map((one) => ({
    key: one.newsletter,
    schedule: wantedFor(one, now.defaultTimeZone),
    paused: one.paused === true,
    changed: said.get(one.newsletter) !== contents.get(one.newsletter),
  }));
  await tx.$executeRaw`
    INSERT INTO newsletters AS n (key, schedule, revision, paused_at, paused_by)
    SELECT r.key, r.schedule, ${revision}, CASE WHEN r.paused THEN now() END, CASE WHEN r.paused THEN ${author} END
    FROM jsonb_to_recordset(${asJson(rows)}::jsonb) AS r(key text, schedule jsonb, paused boolean, changed boolean)
    ON CONFLICT (key) DO UPDATE SET schedule = excluded.schedule, revision = excluded.revision,
      wanted = n.wanted + CASE WHEN n.schedule IS DISTINCT FROM excluded.schedule THEN 1 ELSE 0 END,
      paused_at = CASE WHEN n.schedule IS NULL THEN excluded.paused_at ELSE n.paused_at END,
      paused_by = CASE WHEN n.schedule IS NULL THEN excluded.paused_by ELSE n.paused_by END`;
  const changed = rows.flatMap((one) => (one.changed ? one.key : []));
  await tx.$executeRaw`
    UPDATE newsletters SET passed_at = NULL, passed_because = NULL WHERE passed_at IS NOT NULL AND key = ANY(${changed})`;
  await tx.$executeRaw`
    UPDATE newsletters SET schedule = NULL, revision = ${revision}, wanted = wanted + 1, passed_at = NULL, passed_because = NULL
    WHERE schedule IS NOT NULL AND NOT key = ANY(${rows.map(({ key }) => key)})`;
}

function wantedFor(one: Newsletter, fallback: string): WantedSchedule {
  return { cron: cronOf(one.times), timeZone: zoneOfTimes(one, fallback), catchUpMs: spanToMs(one.catchUp) };
}

/** By key: what each newsletter says, with the words of its template. */
function contentsOf({ newsletters, templates }: NewslettersOf): Map<string, string> {
  return new Map(
    newsletters.map((one) => [
      one.newsletter,
      canonicalJson({ ...one, hash: templates.get(one.template)?.hash ?? '' }),
    ]),
  );
}
