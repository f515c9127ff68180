/** What became of groups of enrollments that are compared: the arms of a split, a canary and the revision in force. */
import type { Cadence } from '../../domain/cadence.ts';
import type { Db } from '../db.ts';
import { type ByVerdict, NONE_BY_VERDICT, VERDICT_KEY_SQL, verdictPlace } from './by-verdict.ts';
import { Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';
import { parseRevision } from '../process/revisions.ts';
import { becameReady, endedEarly, leftEarly, wasHeldOut } from './run-ends.ts';

/** Numbers of enrollments, unless it says otherwise. Reactions are those of people. */
export interface GroupResult {
  entered: number;
  /** Still in the cadence. */
  running: number;
  /** Who got a message at all. */
  mailed: number;
  /** Who got a message whose clicks are recorded. */
  tracked: number;
  /** Messages that were sent. */
  messages: number;
  /** Of people, or of whom it cannot be told. */
  clicked: number;
  replied: number;
  goals: number;
  unsubscribed: number;
  complained: number;
  bounced: number;
  /** Enrollments with an open, and a click, by whose it was. */
  opens: ByVerdict;
  clicks: ByVerdict;
  /** The mail server refused a message. */
  failed: number;
  held: number;
  /** The lead was qualified since, and became a customer since: also of those that are in the cadence no more, such as a holdout. */
  qualified: number;
  won: number;
  /** Came to the end without a goal. */
  completed: number;
  /** Ended as the lead was ready for sales: that is what a cadence is for. */
  ready: number;
  /** Of the holdout of a split. */
  heldOut: number;
  /** Who left early for another reason, by the step at which that was; what nobody knows is ''. */
  left: Readonly<Record<string, number>>;
}

const NO_RESULT: GroupResult = {
  entered: 0,
  running: 0,
  mailed: 0,
  tracked: 0,
  messages: 0,
  clicked: 0,
  replied: 0,
  goals: 0,
  unsubscribed: 0,
  complained: 0,
  bounced: 0,
  opens: NONE_BY_VERDICT,
  clicks: NONE_BY_VERDICT,
  failed: 0,
  held: 0,
  qualified: 0,
  won: 0,
  completed: 0,
  ready: 0,
  heldOut: 0,
  left: {},
};

/** The events that count as a reaction, and what they are called. */
const REACTIONS: Readonly<Record<string, keyof GroupResult>> = {
  'email.clicked': 'clicked',
  'reply.received': 'replied',
  unsubscribed: 'unsubscribed',
  'email.bounced': 'bounced',
};

/**
 * By group. One statement over the enrollments of the groups, their sends and what followed these.
 * @param members Rows `grp`, `since` and the columns of an enrollment: what happened before `since` (on the lead's clock) does not count.
 */
async function countGroups(db: Db, members: Prisma.Sql): Promise<Map<string, GroupResult>> {
  const rows = await planned<{ grp: string; what: string; times: number }>(
    db,
    Prisma.sql`
    WITH members AS MATERIALIZED (${members}),
    mails AS MATERIALIZED (
      SELECT m.grp, m.id AS run, s.id, s.status, s.untracked FROM members m JOIN sends s ON s.enrollment_id = m.id
      WHERE s.audience = 'lead' AND s.status IN ('sent', 'failed') AND s.occurred_at >= m.since),
    reacted AS (
      SELECT DISTINCT mails.grp, mails.run, e.type FROM mails JOIN events e ON e.send_id = mails.id
      WHERE NOT e.machine AND e.type = ANY(${Object.keys(REACTIONS)})
        AND NOT (e.type = 'email.bounced' AND coalesce(e.properties->>'verdict', '') = 'complaint')),
    verdicts AS (
      SELECT DISTINCT mails.grp, mails.run, ${VERDICT_KEY_SQL} AS by FROM mails JOIN events e ON e.send_id = mails.id
      WHERE e.type IN ('email.opened', 'email.clicked'))
    SELECT grp, 'entered' AS what, count(*)::int AS times FROM members GROUP BY grp
    UNION ALL SELECT grp, 'running', count(*)::int FROM members WHERE ended_at IS NULL GROUP BY grp
    UNION ALL SELECT grp, 'goals', count(*)::int FROM members WHERE goal IS NOT NULL GROUP BY grp
    UNION ALL SELECT grp, 'completed', count(*)::int FROM members WHERE status = 'completed' AND goal IS NULL GROUP BY grp
    UNION ALL SELECT grp, 'ready', count(*)::int FROM members m WHERE ${endedEarly('m', becameReady('m'))} GROUP BY grp
    UNION ALL SELECT grp, 'heldOut', count(*)::int FROM members m WHERE ${endedEarly('m', wasHeldOut('m'))} GROUP BY grp
    UNION ALL SELECT grp, 'left ' || coalesce(waiting_from, ''), count(*)::int FROM members m
      WHERE ${leftEarly('m')} GROUP BY grp, waiting_from
    UNION ALL SELECT grp, 'messages', count(*)::int FROM mails WHERE status = 'sent' GROUP BY grp
    UNION ALL SELECT grp, 'mailed', count(DISTINCT run)::int FROM mails WHERE status = 'sent' GROUP BY grp
    UNION ALL SELECT grp, 'tracked', count(DISTINCT run)::int FROM mails
      WHERE status = 'sent' AND untracked IS DISTINCT FROM 'all' GROUP BY grp
    UNION ALL SELECT grp, 'failed', count(DISTINCT run)::int FROM mails WHERE status = 'failed' GROUP BY grp
    UNION ALL SELECT grp, type, count(*)::int FROM reacted GROUP BY grp, type
    UNION ALL SELECT grp, by, count(*)::int FROM verdicts GROUP BY grp, by
    UNION ALL SELECT grp, 'complained', count(*)::int FROM members m WHERE EXISTS (
      SELECT 1 FROM suppressions p WHERE p.lead_id = m.lead_id AND p.reason = 'complaint' AND p.occurred_at >= m.since) GROUP BY grp
    UNION ALL SELECT grp, 'held', count(*)::int FROM members m WHERE EXISTS (
      SELECT 1 FROM audit a WHERE a.lead_id = m.lead_id AND a.action = 'lead.held' AND a.occurred_at >= m.since
        AND (m.ended_at IS NULL OR a.occurred_at <= m.ended_at)) GROUP BY grp
    UNION ALL SELECT grp, CASE c.to_stage WHEN 'customer' THEN 'won' ELSE 'qualified' END, count(DISTINCT m.id)::int
      FROM members m JOIN stage_changes c ON c.lead_id = m.lead_id AND c.occurred_at >= m.since
      WHERE c.to_stage = 'qualified' OR (c.to_stage = 'customer' AND (c.occurred_at > m.since OR c.need_id IS DISTINCT FROM m.need_id))
      GROUP BY grp, c.to_stage`,
  );
  const groups = new Map<string, GroupResult>();
  for (const { grp, what, times } of rows) {
    const before = groups.get(grp) ?? NO_RESULT;
    const [, left] = /^left (.*)$/s.exec(what) ?? [];
    const place = verdictPlace(what);
    if (place !== null) {
      groups.set(grp, { ...before, [place.of]: { ...before[place.of], [place.verdict]: times } });
      continue;
    }
    groups.set(
      grp,
      left === undefined
        ? { ...before, [REACTIONS[what] ?? what]: times }
        : { ...before, left: { ...before.left, [left]: times } },
    );
  }
  return groups;
}

const OF_ENROLLMENT = Prisma.sql`e.id, e.lead_id, e.need_id, e.status, e.ended_at, e.end_reason, e.goal, e.waiting_from`;

export interface ArmResult {
  stepId: string;
  arm: string;
  result: GroupResult;
}

/** Of each arm of each split of a cadence, over all its revisions, by step and name; those of the newest also without leads. Counts begin at the split. */
export async function armResults(
  db: Db,
  cadence: string,
  armsOf: (definition: Cadence) => readonly Pick<ArmResult, 'stepId' | 'arm'>[],
): Promise<ArmResult[]> {
  const groups = await countGroups(
    db,
    Prisma.sql`SELECT a.step_id || ' ' || a.arm AS grp, a.occurred_at AS since, ${OF_ENROLLMENT}
      FROM split_arms a JOIN enrollments e ON e.id = a.enrollment_id WHERE a.cadence = ${cadence}`,
  );
  const newest = await db.cadenceRevision.findFirst({ where: { cadence }, orderBy: { number: 'desc' } });
  for (const { stepId, arm } of newest === null ? [] : armsOf(parseRevision(newest).definition)) {
    const group = `${stepId} ${arm}`;
    if (!groups.has(group)) groups.set(group, NO_RESULT);
  }
  return [...groups]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([group, result]) => {
      const [stepId = '', arm = ''] = group.split(' ');
      return { stepId, arm, result };
    });
}

/** The ids of two cadence revisions that are compared, and the time in which enrollments began. */
export interface Compared {
  canaryId: string;
  inForceId: string;
  since: Date;
  until: Date | null;
}

/** `ever`: those of the revision in force whenever they began. */
export async function compareRevisions(
  db: Db,
  { canaryId, inForceId, since, until }: Compared,
  { ever = false } = {},
): Promise<{ canary: GroupResult; inForce: GroupResult }> {
  const groups = await countGroups(
    db,
    Prisma.sql`SELECT e.revision_id AS grp, e.started_at AS since, ${OF_ENROLLMENT} FROM enrollments e
      WHERE (e.revision_id = ${canaryId} OR e.revision_id = ${inForceId}) AND (e.started_at >= ${since} OR (${ever} AND e.revision_id = ${inForceId}))
        AND (${until}::timestamptz IS NULL OR e.started_at < ${until})`,
  );
  return { canary: groups.get(canaryId) ?? NO_RESULT, inForce: groups.get(inForceId) ?? NO_RESULT };
}
