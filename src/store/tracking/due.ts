import type { Db, Tx } from '../db.ts';
import { Prisma, type SendStatus } from '../generated/client.ts';
import type { Agent } from '../../domain/agent.ts';
import type { Hint } from '../../domain/machine-open.ts';

/** A fetch in the inbox, with what its verdict and its event need of its send. */
export interface DueFetch {
  id: string;
  leadId: string;
  sendId: string;
  linkId: number | null;
  /** Where the link leads. */
  url: string | null;
  method: string;
  agent: Agent;
  hints: Hint[];
  repeats: number;
  /** It has waited for its neighbors. */
  hasWaited: boolean;
  /** Real time. */
  at: Date;
  /** Null when the send is gone. */
  send: DueSend | null;
}

export interface DueSend {
  status: SendStatus;
  templateKey: string;
  contentKind: string | null;
  stepId: string | null;
  cadence: string | null;
  occurredAt: Date;
  sentAt: Date | null;
  linkCount: number | null;
}

type Row = Omit<DueFetch, 'send'> & { [K in keyof DueSend]: DueSend[K] | null };

/** Fetches of one transaction. */
const MOST = 100;

/** The oldest fetches of one lead, or of all but some, without those that still wait for their neighbors. Locks nothing: another process may have read the same. */
export async function dueFetches(
  db: Db,
  want: { leadId: string } | { without: readonly string[] },
): Promise<DueFetch[]> {
  const whose =
    'leadId' in want ? Prisma.sql`lead_id = ${want.leadId}` : Prisma.sql`lead_id <> ALL(${[...want.without]})`;
  const rows = await db.$queryRaw<Row[]>`
    SELECT t.id, t.lead_id AS "leadId", t.send_id AS "sendId", t.link_id AS "linkId", coalesce(l.url, v.url) AS url, t.method, t.agent, t.hints, t.repeats,
      t.waits_until IS NOT NULL AS "hasWaited", t.fetched_at AS at, s.status, s.link_count AS "linkCount", s.template_key AS "templateKey", s.content_kind AS "contentKind", s.step_id AS "stepId",
      s.occurred_at AS "occurredAt", s.sent_at AS "sentAt", e.cadence
    FROM (SELECT * FROM tracked WHERE ${whose} AND (waits_until IS NULL OR waits_until <= now()) ORDER BY id LIMIT ${MOST}) t
    LEFT JOIN sends s ON s.id = t.send_id LEFT JOIN enrollments e ON e.id = s.enrollment_id
    LEFT JOIN links l ON l.id = t.link_id LEFT JOIN lead_links v ON v.id = t.link_id
    ORDER BY t.id`;
  return rows.map(({ status, templateKey, contentKind, stepId, cadence, occurredAt, sentAt, linkCount, ...fetch }) => ({
    ...fetch,
    send:
      status === null || templateKey === null || occurredAt === null
        ? null
        : { status, templateKey, contentKind, stepId, cadence, occurredAt, sentAt, linkCount },
  }));
}

/** Takes fetches out of the inbox and answers which were still there. Under their leads' locks: what is answered is the caller's. */
export async function takeFetches(tx: Tx, ids: readonly string[]): Promise<Map<string, { repeats: number }>> {
  const rows = await tx.$queryRaw<{ id: string; repeats: number }[]>`
    DELETE FROM tracked WHERE id = ANY(${[...ids]}) RETURNING id, repeats`;
  return new Map(rows.map(({ id, repeats }) => [id, { repeats }]));
}

/** Lets fetches wait for their neighbors: for so long from now, by the database's clock. They stay in the inbox, so a crash loses none. */
export async function putOffFetches(tx: Tx, ids: readonly string[], ms: number): Promise<void> {
  await tx.$executeRaw`
    UPDATE tracked SET waits_until = clock_timestamp() + ${ms} * interval '1 millisecond' WHERE id = ANY(${[...ids]}) AND waits_until IS NULL`;
}
