import type { Playbook } from '../../domain/playbook.ts';
import { sunsetBeforeMs, sunsetReason } from '../../domain/sunset.ts';
import { auditAll } from '../audit.ts';
import type { Db, Tx } from '../db.ts';

/** Whether the lead has asked for something since an instant of its clock. */
export async function askedSince(tx: Tx, leadId: string, since: Date): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ asked: boolean }[]>`
    SELECT EXISTS (SELECT FROM touches WHERE lead_id = ${leadId} AND inbound AND occurred_at > ${since}) AS asked`;
  return row?.asked === true;
}

interface Looking {
  after: string;
  limit: number;
  playbook: Playbook;
  realNowMs: number;
}

/**
 * Marks those of the next dormant leads who have not engaged for long. It changes nothing of their course: their processes are not rung.
 * A lead in a cadence is marked by its own process, see activities/sunset.ts. `last`: null when there are no leads after them.
 */
export async function markSunset(
  db: Db,
  { after, limit, playbook: { sunset }, realNowMs }: Looking,
): Promise<{ last: string | null; ringIds: string[] }> {
  if (sunset === undefined) return { last: null, ringIds: [] };
  const leads = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM leads WHERE stage = 'dormant' AND id > ${after} ORDER BY id LIMIT ${limit}`;
  const ids = leads.map(({ id }) => id);
  const beforeMs = sunsetBeforeMs(sunset, realNowMs);
  if (ids.length > 0)
    await db.$transaction(async (tx) => {
      const marked = await tx.$queryRaw<{ id: string; sunsetAt: Date }[]>`
        WITH quiet AS (
          SELECT id, to_timestamp((${realNowMs}::float8 + clock_offset_ms) / 1000) AS at FROM leads l
          WHERE id = ANY(${ids}) AND stage = 'dormant' AND sunset_at IS NULL
            AND greatest(created_at, last_engaged_at, armed_at) <= to_timestamp((${beforeMs}::float8 + clock_offset_ms) / 1000)
            AND NOT EXISTS (SELECT FROM touches t WHERE t.lead_id = l.id AND t.inbound
              AND t.occurred_at > to_timestamp((${beforeMs}::float8 + l.clock_offset_ms) / 1000))
          ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)
        UPDATE leads SET sunset_at = quiet.at, updated_at = now() FROM quiet WHERE leads.id = quiet.id
        RETURNING leads.id, sunset_at AS "sunsetAt"`;
      const data = { because: sunsetReason(sunset) };
      const rows = marked.map(({ id, sunsetAt }) => ({ leadId: id, actor: 'system', at: sunsetAt, data }));
      await auditAll(
        tx,
        rows.map((row) => ({ ...row, action: 'lead.sunset' as const })),
      );
    });
  return { last: leads.length < limit ? null : (leads.at(-1)?.id ?? null), ringIds: [] };
}
