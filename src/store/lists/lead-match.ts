/** What lists of leads filter by that is no field of the lead: the figures of reports and cadences lead to such lists. */
import type { Scope } from '../../domain/policy.ts';
import { Prisma } from '../generated/client.ts';
import { type Piece, wentSql } from './cadence-ways.ts';
import { TASK_LATE } from './dues.ts';
import { LATE, openLeads } from './open-leads.ts';
import { becameReady, endedEarly, leftEarly } from './run-ends.ts';
import { STANDS_AT } from './stands-at.ts';

/** What a step's message came to. `skipped`: it was not sent, with a reason. */
export const MAIL_RESULTS = ['sent', 'clicked', 'not-clicked', 'replied', 'unsubscribed', 'skipped'] as const;
export type MailResult = (typeof MAIL_RESULTS)[number];

/** All that is given must hold. */
interface AtStep {
  cadence: string;
  /** Null, with `left` alone: where it stood is not known. */
  step: string | null;
  /** Whose message of the step came to that. */
  mail?: MailResult;
  /** Who came to this arm of a split. */
  arm?: string;
  /** Who left the cadence there before its end: why, in the words in which the enrollment ended, `LEFT_AS_READY`, or for any other `LEFT_FOR_ANY`. */
  left?: string;
}

export const LEFT_FOR_ANY = 'any';
/** Whatever the words: it was ready for sales. */
export const LEFT_AS_READY = 'qualified';

/** What became of a run through a cadence. `current`: it has not ended, suspended or not; `left`: it ended early, neither for sales nor as the holdout of a split. */
export const RUN_RESULTS = ['entered', 'current', 'active', 'goal', 'left', 'qualified'] as const;
export type RunResult = (typeof RUN_RESULTS)[number];

/** From a step of a cadence straight to another one. */
export interface WayAsked {
  cadence: string;
  from: string;
  to: string;
  /** The pieces of runs that pass along it, and the kinds of steps whose message tells of them; absent: nothing is known to. */
  recorded?: { pieces: readonly Piece[]; told: readonly string[] };
}

export interface LeadMatch {
  /** A step of a cadence. Without more: who stands there now. */
  at?: AtStep;
  /** A run through the cadence, of whatever revision, came to that. */
  run?: { cadence: string; was: RunResult };
  /** A run went this way. */
  way?: WayAsked;
  /** Key of a campaign that a touch of the lead is of. */
  campaign?: string;
  /** A need of the lead came in at or after that, and before that. */
  cameSince?: Date;
  cameBefore?: Date;
  /** It is in its stage since then or longer. */
  inStageSince?: Date;
  /** A decision, an answer, a contact, a next step or a task of its rep is late, or none is. */
  overdue?: boolean;
}

/** The event by which a person did it. */
const REACTIONS: Partial<Record<MailResult, string>> = {
  clicked: 'email.clicked',
  'not-clicked': 'email.clicked',
  replied: 'reply.received',
  unsubscribed: 'unsubscribed',
};

const RUN_SQL: Readonly<Record<RunResult, Prisma.Sql>> = {
  entered: Prisma.sql`TRUE`,
  current: Prisma.sql`ar.ended_at IS NULL`,
  active: Prisma.sql`ar.status = 'active'`,
  goal: Prisma.sql`ar.goal IS NOT NULL`,
  left: leftEarly('ar'),
  qualified: endedEarly('ar', becameReady('ar')),
};

/** Conditions over leads `l`. `scope`: whose runs ways are told of. */
export function matchSql(
  { at, run, way, campaign, cameSince, cameBefore, inStageSince, overdue }: LeadMatch,
  scope: Scope = { kind: 'all' },
): Prisma.Sql[] {
  return [
    ...(at === undefined ? [] : stepSql(at)),
    ...(run === undefined
      ? []
      : [
          Prisma.sql`EXISTS (SELECT FROM enrollments ar WHERE ar.lead_id = l.id AND ar.cadence = ${run.cadence} AND ${RUN_SQL[run.was]})`,
        ]),
    ...(way === undefined
      ? []
      : [way.recorded === undefined ? Prisma.sql`FALSE` : wentSql(scope, way.cadence, way.recorded)]),
    ...(campaign === undefined
      ? []
      : [
          Prisma.sql`EXISTS (SELECT FROM touches ct JOIN campaigns cc ON cc.id = ct.campaign_id
            WHERE ct.lead_id = l.id AND lower(cc.key) = lower(${campaign}))`,
        ]),
    ...(cameSince === undefined && cameBefore === undefined
      ? []
      : [
          Prisma.sql`EXISTS (SELECT FROM needs cn WHERE cn.lead_id = l.id
            AND cn.opened_at >= ${cameSince ?? new Date(0)} ${cameBefore === undefined ? Prisma.empty : Prisma.sql`AND cn.opened_at < ${cameBefore}`})`,
        ]),
    ...(inStageSince === undefined
      ? []
      : [
          // A lead from before changes of stages were kept is there since it came in, as far as is known.
          Prisma.sql`coalesce((SELECT sc.occurred_at FROM stage_changes sc WHERE sc.lead_id = l.id
            ORDER BY sc.occurred_at DESC, sc.id DESC LIMIT 1), l.created_at) <= ${inStageSince}`,
        ]),
    ...(overdue === undefined ? [] : [overdue ? OVERDUE : Prisma.sql`NOT ${OVERDUE}`]),
  ];
}

const OVERDUE = Prisma.sql`(l.need_id IN (SELECT late.need_id FROM (${openLeads({ kind: 'all' }, null)}) late WHERE late.stands_out = ANY (${[...LATE]}::text[]))
  OR EXISTS (SELECT FROM tasks t WHERE t.lead_id = l.id AND ${TASK_LATE}))`;

function stepSql({ cadence, step, mail, arm, left }: AtStep): Prisma.Sql[] {
  if (mail === undefined && arm === undefined && left === undefined)
    return [
      Prisma.sql`EXISTS (SELECT FROM enrollments run JOIN leads standing ON standing.id = run.lead_id WHERE run.lead_id = l.id
        AND run.cadence = ${cadence} AND run.ended_at IS NULL AND (run.step_id = ${step} OR run.waiting_from = ${step}) AND ${STANDS_AT} = ${step})`,
    ];
  return [
    ...(mail === undefined ? [] : mailSql({ cadence, step }, mail)),
    ...(arm === undefined
      ? []
      : [
          Prisma.sql`EXISTS (SELECT FROM split_arms aa WHERE aa.lead_id = l.id
            AND aa.cadence = ${cadence} AND aa.step_id = ${step} AND aa.arm = ${arm})`,
        ]),
    ...(left === undefined
      ? []
      : [
          Prisma.sql`EXISTS (SELECT FROM enrollments ae WHERE ae.lead_id = l.id AND ae.cadence = ${cadence} AND ae.waiting_from IS NOT DISTINCT FROM ${step}
            AND ${leftAs('ae', left)})`,
        ]),
  ];
}

function leftAs(run: string, left: string): Prisma.Sql {
  if (left === LEFT_FOR_ANY) return leftEarly(run);
  if (left === LEFT_AS_READY) return endedEarly(run, becameReady(run));
  return endedEarly(run, Prisma.sql`coalesce(${Prisma.raw(run)}.end_reason, 'not known') = ${left}`);
}

function mailSql({ cadence, step }: Pick<AtStep, 'cadence' | 'step'>, mail: MailResult): Prisma.Sql[] {
  const mails = (status: Prisma.Sql, more: Prisma.Sql) =>
    Prisma.sql`EXISTS (SELECT FROM sends am JOIN enrollments ae ON ae.id = am.enrollment_id
      WHERE am.lead_id = l.id AND ae.cadence = ${cadence} AND am.step_id = ${step} AND am.audience = 'lead' AND am.status = ${status} ${more})`;
  if (mail === 'skipped') return [mails(Prisma.sql`'skipped'`, Prisma.empty)];
  const sent = (more: Prisma.Sql) => mails(Prisma.sql`'sent'`, more);
  const reaction = REACTIONS[mail];
  if (reaction === undefined) return [sent(Prisma.empty)];
  const reacted = sent(
    Prisma.sql`AND EXISTS (SELECT FROM events ev WHERE ev.send_id = am.id AND ev.type = ${reaction} AND NOT ev.machine)`,
  );
  return mail === 'not-clicked' ? [sent(Prisma.empty), Prisma.sql`NOT ${reacted}`] : [reacted];
}
