import type { Tx } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { beyond, type PageEnd } from './page-end.ts';

/** One entry of the feed as read. The domain makes its words. */
export interface TimelineRow {
  at: Date;
  /** Sorts entries of one instant in the order of cause and effect; unique with `at`. */
  key: string;
  id: string;
  kind: 'touch' | 'consent' | 'event' | 'score' | 'send' | 'activity' | 'change';
  action: string | null;
  actor: string;
  data: Record<string, unknown>;
}

export interface TimelineQuery {
  leadId: string;
  order: 'asc' | 'desc';
  /** Kinds of steps that appear by the messages they send and have no entry of their own. */
  stepsToldBySends: readonly string[];
  /** Kinds of entries that are left out. */
  without?: readonly TimelineRow['kind'][];
  after: PageEnd | null;
  limit: number;
}

interface Branch {
  kind: TimelineRow['kind'];
  /** Rank among entries of the same instant: a cause comes before its effects. */
  rank: number;
  from: string;
  id?: string;
  action?: string;
  actor: string;
  /** Field of `data` to SQL expression. */
  data: Readonly<Record<string, string>>;
  where?: (query: TimelineQuery) => Prisma.Sql;
}

/** Hand-offs and unsubscribes appear by their audit entries, steps that send by their sends, so that nothing appears twice. */
const BRANCHES: readonly Branch[] = [
  {
    kind: 'touch',
    rank: 0,
    from: 'touches',
    actor: "'lead'",
    data: {
      how: 'how',
      channel: 'channel',
      source: 'source',
      medium: 'medium',
      campaign: 'campaign',
      content: 'content',
      landingPage: 'landing_page',
      referrer: 'referrer',
      first: 'is_first',
      inbound: 'inbound',
      request: 'request',
    },
  },
  {
    kind: 'consent',
    rank: 1,
    from: 'consents',
    actor: "'lead'",
    data: {
      topic: 'topic',
      granted: 'granted',
      unconfirmed: 'unconfirmed',
      text: 'text',
      version: 'version',
      source: 'source',
      statedBy: 'stated_by',
    },
    where: () => Prisma.sql`text <> 'unsubscribed'`,
  },
  {
    kind: 'event',
    rank: 2,
    from: 'events',
    actor: "CASE WHEN machine THEN 'machine' ELSE 'lead' END",
    data: { type: 'type', machine: 'machine', properties: 'properties', sendId: 'send_id' },
    where: () => Prisma.sql`type <> 'unsubscribed'`,
  },
  {
    kind: 'score',
    rank: 3,
    from: 'score_ledger',
    id: "'score-' || lpad(id::text, 19, '0')",
    actor: "'system'",
    data: { rule: 'rule', points: 'points', before: 'before', after: 'after', eventId: 'event_id' },
    // What a rescoring wrote did not happen then: the rescoring itself is in the timeline.
    where: () => Prisma.sql`rescored_by IS NULL`,
  },
  {
    kind: 'change',
    rank: 4,
    from: 'audit',
    action: 'action',
    actor: 'actor',
    data: {},
    where: ({ stepsToldBySends }) =>
      Prisma.sql`NOT (action = 'step.performed' AND data->>'kind' = ANY(${[...stepsToldBySends]}))`,
  },
  {
    kind: 'send',
    rank: 5,
    from: 'sends',
    actor: "'system'",
    data: {
      template: 'template_key',
      channel: 'channel',
      topic: 'topic',
      audience: 'audience',
      status: "CASE WHEN status IN ('sent', 'in_doubt') THEN coalesce(delivery, status::text) ELSE status::text END",
      reason: 'reason',
      stepId: 'step_id',
      enrollmentId: 'enrollment_id',
      assignmentId: 'assignment_id',
      contentKind: 'content_kind',
      resendOf: 'resend_of',
      broadcast: '(SELECT b.key FROM broadcasts b WHERE b.id = broadcast_id)',
    },
  },
  {
    kind: 'activity',
    rank: 6,
    from: 'rep_activities',
    actor: 'actor',
    data: { activity: 'kind', body: 'body', result: 'result', repId: 'rep_id', dueAt: 'due_at' },
  },
];

/**
 * A page of the feed, by (instant, key). Each branch is cut to the page's size before they are merged, so a page costs the
 * same wherever in a long life it lies.
 */
export async function timelinePage(tx: Tx, query: TimelineQuery): Promise<TimelineRow[]> {
  const direction = Prisma.raw(query.order === 'asc' ? 'ASC' : 'DESC');
  const parts = BRANCHES.filter(({ kind }) => query.without?.includes(kind) !== true).map((branch) =>
    branchSql(branch, query, direction),
  );
  return tx.$queryRaw<TimelineRow[]>`
    SELECT * FROM (${Prisma.join(parts, ' UNION ALL ')}) feed ORDER BY at ${direction}, key COLLATE "C" ${direction} LIMIT ${query.limit}`;
}

const OCCURRED_AT = Prisma.sql`occurred_at`;

function branchSql(branch: Branch, query: TimelineQuery, direction: Prisma.Sql): Prisma.Sql {
  const id = branch.id ?? 'id';
  const key = Prisma.raw(`(${branch.rank} || ':' || ${id}) COLLATE "C"`);
  const fields = Object.entries(branch.data).map(([field, expression]) => `'${field}', ${expression}`);
  const data = Prisma.raw(branch.kind === 'change' ? 'data' : `jsonb_build_object(${fields.join(', ')})`);
  const where = branch.where === undefined ? Prisma.empty : Prisma.sql`AND ${branch.where(query)}`;
  return Prisma.sql`(
    SELECT occurred_at AS at, ${key} AS key, ${Prisma.raw(id)} AS id, ${branch.kind}::text AS kind,
           ${Prisma.raw(branch.action ?? 'NULL::text')} AS action, ${Prisma.raw(branch.actor)} AS actor, ${data} AS data
    FROM ${Prisma.raw(branch.from)}
    WHERE lead_id = ${query.leadId} ${where} AND ${beyond(query.after, query.order, OCCURRED_AT, key)}
    ORDER BY 1 ${direction}, 2 ${direction} LIMIT ${query.limit})`;
}
