import type { Tx } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { leadInScopeSql, type Scope } from './scope.ts';

export const ATTENTION_KINDS = ['held', 'finding', 'send-in-doubt', 'reroute', 'unassigned', 'asked-again'] as const;
export type AttentionKind = (typeof ATTENTION_KINDS)[number];

/** A lead that does not go on, or did not go right, until a person acts. */
export interface AttentionRow {
  kind: AttentionKind;
  leadId: string;
  /** Finding, send, assignment or touch it is about. */
  ref: string | null;
  since: Date;
  /** Code or sentence, without personal data. */
  reason: string;
  key: string;
}

/**
 * Real time in which a qualified lead may be without an offer before it counts as left alone: its process is just about it.
 */
const OFFER_GRACE = '60 seconds';

/** Oldest first; a page by (since, key). */
export async function attentionPage(
  tx: Tx,
  scope: Scope,
  kind: AttentionKind | null,
  after: { since: Date; key: string } | null,
  limit: number,
): Promise<AttentionRow[]> {
  const wanted = kind === null ? Prisma.sql`TRUE` : Prisma.sql`kind = ${kind}`;
  const bound =
    after === null ? Prisma.sql`TRUE` : Prisma.sql`(since, key COLLATE "C") > (${after.since}, ${after.key})`;
  return tx.$queryRaw<AttentionRow[]>`
    SELECT * FROM (
      SELECT *, kind || ':' || "leadId" || ':' || coalesce(ref, '') AS key FROM (${FEED}) entries
      WHERE ${wanted} AND ${leadInScopeSql(scope, '"leadId"')}
    ) feed
    WHERE ${bound} ORDER BY since, key COLLATE "C" LIMIT ${limit}`;
}

/** A send in doubt is settled by a resend. The latest assignment of a need says who let go of it. */
const FEED = Prisma.sql`
  SELECT 'held' AS kind, id AS "leadId", NULL AS ref, held_at AS since, coalesce(held_reason, 'unknown') AS reason
  FROM leads WHERE held_at IS NOT NULL
  UNION ALL
  SELECT 'finding', lead_id, kind, first_at, detail FROM findings WHERE resolved_at IS NULL
  UNION ALL
  SELECT 'send-in-doubt', s.lead_id, s.id, s.recorded_at, coalesce(s.reason, 'the connection ended before the answer')
  FROM sends s WHERE s.status = 'in_doubt' AND NOT EXISTS (SELECT 1 FROM sends r WHERE r.resend_of = s.id)
  UNION ALL
  SELECT CASE WHEN a.status = 'rejected' THEN 'reroute' ELSE 'unassigned' END, l.id, a.id,
         coalesce(a.decided_at, l.qualified_at, l.updated_at), coalesce(n.waiting_because, 'It was not offered to anyone yet.')
  FROM leads l JOIN needs n ON n.id = l.need_id
  LEFT JOIN LATERAL (SELECT id, status, decided_at FROM assignments
                     WHERE need_id = n.id ORDER BY offered_at DESC, id DESC LIMIT 1) a ON TRUE
  WHERE l.stage = 'qualified' AND l.held_at IS NULL AND (a.status IS NULL OR a.status NOT IN ('offered', 'accepted'))
    AND (n.waiting_because IS NOT NULL OR (l.paused_at IS NULL AND l.updated_at < now() - ${OFFER_GRACE}::interval))
  UNION ALL
  SELECT 'asked-again', l.id, t.ref, t.occurred_at, t.because
  FROM leads l
  JOIN LATERAL (SELECT data->>'touchId' AS ref, data->>'because' AS because, occurred_at FROM audit
                WHERE lead_id = l.id AND action = 'request.recorded' ORDER BY occurred_at DESC LIMIT 1) t ON TRUE
  WHERE l.stage = 'disqualified'`;
