/** What a manager's board shows: what each rep has, how fast they answer, and the leads that stand out. */
import type { Scope } from '../../domain/policy.ts';
import type { Db } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';

/** Why a lead stands out, the most urgent first. `stuck`: nothing has happened for long. */
export type StandsOut = 'no-decision' | 'late-answer' | 'late-contact' | 'step-overdue' | 'stuck' | 'no-step';

export interface BoardLead {
  leadId: string;
  assignmentId: string;
  repId: string;
  team: string;
  status: 'offered' | 'accepted';
  stage: string;
  firstName: string | null;
  lastName: string | null;
  company: string | null;
  fitGrade: 'A' | 'B' | 'C' | 'D';
  valueMinor: bigint | null;
  currency: string | null;
  /** The decision, or the next step. */
  dueAt: Date | null;
  nextStep: string | null;
  standsOut: StandsOut | null;
}

export interface RepLoad {
  repId: string;
  offered: number;
  accepted: number;
  /** No decision, answer, contact or next step in time. */
  late: number;
  stuck: number;
  noStep: number;
}

/** Of a rep, or of a team. */
export interface Response {
  repId: string | null;
  team: string | null;
  /** Seconds from the offer to the decision. */
  median: number | null;
  p90: number | null;
  /** 0 to 1: decided before the offer was over. */
  inTime: number;
  offers: number;
}

const DAYS_OF_RESPONSE = 30;

/** Of those that stand out: what was not done in time. */
export const LATE = Prisma.raw("'no-decision', 'late-answer', 'late-contact', 'step-overdue'");

/** Over `assignments a JOIN reps r`. */
function inBoard(scope: Scope): Prisma.Sql {
  if (scope.kind === 'all') return Prisma.sql`TRUE`;
  const teams = [...scope.teams];
  return Prisma.sql`(a.team = ANY(${teams}::text[]) OR r.teams && ${teams}::text[])`;
}

/**
 * The live hand-offs of leads that are with sales, with why they stand out. It reads nothing but two indexes, as a board may count very
 * many leads.
 */
export function openLeads(scope: Scope, repId: string | null): Prisma.Sql {
  return Prisma.sql`
    SELECT a.need_id, a.rep_id, a.status, CASE WHEN a.status = 'offered' THEN a.due_at ELSE a.next_step_at END AS due_at,
      CASE WHEN a.status = 'offered' THEN CASE WHEN a.due_at < c.now THEN 'no-decision' END
           WHEN a.answer_late_at IS NOT NULL THEN 'late-answer'
           WHEN a.contact_late_at IS NOT NULL AND a.first_contact_at IS NULL THEN 'late-contact'
           WHEN a.next_step_at < c.now THEN 'step-overdue'
           WHEN a.stuck_at IS NOT NULL THEN 'stuck'
           WHEN a.next_step_at IS NULL THEN 'no-step' END AS stands_out
    FROM leads l JOIN assignments a ON a.need_id = l.need_id AND a.status IN ('offered', 'accepted')
    JOIN reps r ON r.id = a.rep_id
    CROSS JOIN LATERAL (SELECT now() + l.clock_offset_ms * interval '1 millisecond' AS now) c
    WHERE l.stage IN ('assigned', 'accepted', 'opportunity') AND ${inBoard(scope)}
      AND ${repId === null ? Prisma.sql`TRUE` : Prisma.sql`a.rep_id = ${repId}`}`;
}

/** The number of leads of each rep, or of one, and of those that stand out. */
export async function readLoads(db: Db, scope: Scope, repId: string | null): Promise<RepLoad[]> {
  return planned<RepLoad>(
    db,
    Prisma.sql`
    SELECT rep_id AS "repId", count(*) FILTER (WHERE status = 'offered')::int AS offered, count(*) FILTER (WHERE status = 'accepted')::int AS accepted,
      count(*) FILTER (WHERE stands_out IN (${LATE}))::int AS late,
      count(*) FILTER (WHERE stands_out = 'stuck')::int AS stuck,
      count(*) FILTER (WHERE stands_out = 'no-step')::int AS "noStep"
    FROM (${openLeads(scope, repId)}) o GROUP BY rep_id`,
  );
}

/** Leads that stand out, the longest overdue first; with a rep, all of theirs. Only of those that are shown more is read. */
export async function readBoardLeads(db: Db, scope: Scope, repId: string | null, limit: number): Promise<BoardLead[]> {
  return planned<BoardLead>(
    db,
    Prisma.sql`
    WITH shown AS MATERIALIZED (
      SELECT * FROM (${openLeads(scope, repId)}) o WHERE ${repId === null ? Prisma.sql`stands_out IS NOT NULL` : Prisma.sql`TRUE`}
      ORDER BY stands_out IS NULL, due_at NULLS LAST, need_id LIMIT ${limit})
    SELECT a.lead_id AS "leadId", a.id AS "assignmentId", a.rep_id AS "repId", a.team, a.status::text AS status, l.stage,
      l.first_name AS "firstName", l.last_name AS "lastName", l.company, l.fit_grade AS "fitGrade",
      n.value_minor AS "valueMinor", n.currency, o.due_at AS "dueAt", o.stands_out AS "standsOut",
      CASE WHEN a.next_step_at IS NOT NULL AND a.status = 'accepted' THEN s.body END AS "nextStep"
    FROM shown o JOIN assignments a ON a.need_id = o.need_id AND a.status IN ('offered', 'accepted')
    JOIN leads l ON l.id = a.lead_id JOIN needs n ON n.id = a.need_id
    LEFT JOIN LATERAL (SELECT p.body FROM rep_activities p
      WHERE p.lead_id = a.lead_id AND p.kind = 'next-step' ORDER BY p.occurred_at DESC, p.id DESC LIMIT 1) s ON TRUE
    ORDER BY o.stands_out IS NULL, o.due_at NULLS LAST, o.need_id`,
  );
}

/** How fast each rep and each team decided on the offers of the last 30 days. Who let one pass has not decided in time. */
export async function readResponses(db: Db, repIds: readonly string[], now: Date): Promise<Response[]> {
  const since = new Date(now.getTime() - DAYS_OF_RESPONSE * 86_400_000);
  return db.$queryRaw<Response[]>`
    SELECT rep_id AS "repId", team, count(*)::int AS offers,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM decided_at - coalesce(told_at, offered_at)))
        FILTER (WHERE status <> 'expired') AS median,
      percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM decided_at - coalesce(told_at, offered_at)))
        FILTER (WHERE status <> 'expired') AS p90,
      avg(CASE WHEN status <> 'expired' AND (due_at IS NULL OR decided_at <= due_at) THEN 1.0 ELSE 0.0 END)::float8 AS "inTime"
    FROM assignments
    WHERE rep_id = ANY(${[...repIds]}) AND created_at > ${since} AND status IN ('accepted', 'rejected', 'expired')
    GROUP BY GROUPING SETS ((rep_id), (team)) ORDER BY team`;
}

/** The latest assignments of leads, which a manager reroutes; those of other leads are left out. */
export async function readCurrentAssignments(
  db: Db,
  leadIds: readonly string[],
): Promise<{ leadId: string; assignmentId: string }[]> {
  return db.$queryRaw<{ leadId: string; assignmentId: string }[]>`
    SELECT DISTINCT ON (a.need_id) a.lead_id AS "leadId", a.id AS "assignmentId"
    FROM assignments a JOIN leads l ON l.id = a.lead_id AND l.need_id = a.need_id
    WHERE a.lead_id = ANY(${[...leadIds]}) ORDER BY a.need_id, a.created_at DESC, a.id DESC`;
}
