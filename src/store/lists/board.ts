/** What a manager's board shows: what each rep has, how fast they answer, and the leads that stand out. */
import type { Scope } from '../../domain/policy.ts';
import type { Db } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';

/** Why a lead stands out: no decision in time, an overdue next step, no next step at all. */
export type StandsOut = 'no-decision' | 'step-overdue' | 'no-step';

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
  /** Since when the rep has it. */
  since: Date;
  standsOut: StandsOut | null;
}

export interface RepLoad {
  repId: string;
  offered: number;
  accepted: number;
  noDecision: number;
  stepOverdue: number;
  noStep: number;
}

export interface Response {
  repId: string;
  /** Seconds from the offer to the decision. */
  median: number | null;
  p90: number | null;
  /** 0 to 1: decided before the offer was over. */
  inTime: number;
  offers: number;
}

const DAYS_OF_RESPONSE = 30;

function inBoard(scope: Scope): Prisma.Sql {
  if (scope.kind === 'all') return Prisma.sql`TRUE`;
  const teams = [...scope.teams];
  return Prisma.sql`(a.team = ANY(${teams}) OR a.rep_id = ANY(ARRAY(SELECT id FROM reps WHERE teams && ${teams}::text[])))`;
}

/** The live hand-offs of open needs, with what is to be done next. A contact after a planned step has carried it out. */
function openLeads(scope: Scope, repId: string | null): Prisma.Sql {
  return Prisma.sql`
    SELECT a.lead_id AS "leadId", a.id AS "assignmentId", a.rep_id AS "repId", a.team, a.status::text AS status, l.stage,
      l.first_name AS "firstName", l.last_name AS "lastName", l.company, l.fit_grade AS "fitGrade",
      n.value_minor AS "valueMinor", n.currency, s.body AS "nextStep",
      CASE WHEN a.status = 'offered' THEN a.due_at ELSE s.due_at END AS "dueAt", coalesce(a.decided_at, a.offered_at) AS since,
      CASE WHEN a.status = 'offered' AND a.due_at < c.now THEN 'no-decision'
           WHEN a.status = 'accepted' AND s.due_at < c.now THEN 'step-overdue'
           WHEN a.status = 'accepted' AND s.due_at IS NULL THEN 'no-step' END AS "standsOut"
    FROM assignments a JOIN leads l ON l.id = a.lead_id AND l.need_id = a.need_id JOIN needs n ON n.id = a.need_id
    CROSS JOIN LATERAL (SELECT now() + l.clock_offset_ms * interval '1 millisecond' AS now) c
    LEFT JOIN LATERAL (
      SELECT p.body, p.due_at, p.occurred_at FROM rep_activities p
      WHERE a.status = 'accepted' AND p.lead_id = l.id AND p.kind = 'next-step' ORDER BY p.occurred_at DESC, p.id DESC LIMIT 1) s
      ON NOT EXISTS (SELECT 1 FROM rep_activities d WHERE d.lead_id = l.id AND d.occurred_at > s.occurred_at
                     AND d.kind NOT IN ('next-step', 'note'))
    WHERE a.status IN ('offered', 'accepted') AND n.closed_at IS NULL AND ${inBoard(scope)}
      AND ${repId === null ? Prisma.sql`TRUE` : Prisma.sql`a.rep_id = ${repId}`}`;
}

/** The number of leads of each rep, and of those that stand out. */
export async function readLoads(db: Db, scope: Scope): Promise<RepLoad[]> {
  return planned<RepLoad>(
    db,
    Prisma.sql`
    SELECT "repId", count(*) FILTER (WHERE status = 'offered')::int AS offered, count(*) FILTER (WHERE status = 'accepted')::int AS accepted,
      count(*) FILTER (WHERE "standsOut" = 'no-decision')::int AS "noDecision",
      count(*) FILTER (WHERE "standsOut" = 'step-overdue')::int AS "stepOverdue",
      count(*) FILTER (WHERE "standsOut" = 'no-step')::int AS "noStep"
    FROM (${openLeads(scope, null)}) o GROUP BY "repId"`,
  );
}

/** Leads that stand out, the longest overdue first; with a rep, all of theirs. */
export async function readBoardLeads(db: Db, scope: Scope, repId: string | null, limit: number): Promise<BoardLead[]> {
  return planned<BoardLead>(
    db,
    Prisma.sql`
    SELECT * FROM (${openLeads(scope, repId)}) o WHERE ${repId === null ? Prisma.sql`"standsOut" IS NOT NULL` : Prisma.sql`TRUE`}
    ORDER BY "standsOut" IS NULL, "dueAt" NULLS LAST, since, "leadId" LIMIT ${limit}`,
  );
}

/** How fast each rep decided on the offers of the last 30 days. Who let one pass has not decided in time. */
export async function readResponses(db: Db, repIds: readonly string[], now: Date): Promise<Response[]> {
  const since = new Date(now.getTime() - DAYS_OF_RESPONSE * 86_400_000);
  return db.$queryRaw<Response[]>`
    SELECT rep_id AS "repId", count(*)::int AS offers,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM decided_at - coalesce(told_at, offered_at)))
        FILTER (WHERE status <> 'expired') AS median,
      percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM decided_at - coalesce(told_at, offered_at)))
        FILTER (WHERE status <> 'expired') AS p90,
      avg(CASE WHEN status <> 'expired' AND (due_at IS NULL OR decided_at <= due_at) THEN 1.0 ELSE 0.0 END)::float8 AS "inTime"
    FROM assignments
    WHERE rep_id = ANY(${[...repIds]}) AND created_at > ${since} AND status IN ('accepted', 'rejected', 'expired')
    GROUP BY rep_id`;
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
