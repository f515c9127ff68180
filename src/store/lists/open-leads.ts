/** Leads that a rep has or is offered, with why they stand out and since when, as SQL. Boards and lists of leads read them. */
import type { Scope } from '../../domain/policy.ts';
import { Prisma } from '../generated/client.ts';
import { isOverdue } from './decisions.ts';
import { AT_WORK, IS_MARKED, LATE_SINCE, RUNS_OUT_AT, runOut } from './run-out.ts';

/** Why a lead stands out, the most urgent first. `stuck`: nothing has happened for long. */
export const STANDS_OUT = ['no-decision', 'late-answer', 'late-contact', 'step-overdue', 'stuck', 'no-step'] as const;
export type StandsOut = (typeof STANDS_OUT)[number];

/** Something was not done in time. */
export const LATE = [
  'no-decision',
  'late-answer',
  'late-contact',
  'step-overdue',
] as const satisfies readonly StandsOut[];

/** Some leads have a clock of their own after a fast-forward. */
export const FURTHEST_CLOCK = Prisma.sql`(
  SELECT now() + greatest(max(clock_offset_ms), 0) * interval '1 millisecond' FROM leads WHERE clock_offset_ms <> 0)`;

/** Over `assignments a JOIN reps r`. */
export function inBoard(scope: Scope): Prisma.Sql {
  if (scope.kind === 'all') return Prisma.sql`TRUE`;
  const teams = [...scope.teams];
  return Prisma.sql`(a.team = ANY(${teams}::text[]) OR r.teams && ${teams}::text[])`;
}

/** The same of a hand-off in a team to a rep of these teams. */
export function isInBoard(scope: Scope, team: string, teamsOfRep: readonly string[]): boolean {
  return scope.kind === 'all' || [team, ...teamsOfRep].some((one) => scope.teams.includes(one));
}

const COLUMNS = Prisma.sql`a.lead_id, a.need_id, a.rep_id, a.team, a.next_step_at, a.first_contact_at, a.contact_late_at,
  a.answer_late_at, a.stuck_at, a.decided_at`;

/**
 * The hand-offs among which those that stand out are. Each part is read from an index that holds little else, and the two large ones from
 * that index alone; so they have no time of an offer, which is over. A lead whose own clock is ahead is in them by the clock that is the
 * furthest ahead.
 */
function candidates(furthest: Prisma.Sql): Prisma.Sql {
  const atWork = Prisma.sql`SELECT ${COLUMNS}, 'accepted'::assignment_status AS status, NULL::timestamptz AS due_at
    FROM assignments a WHERE ${AT_WORK}`;
  return Prisma.sql`
    SELECT ${COLUMNS}, a.status, a.due_at FROM assignments a WHERE a.status = 'offered' AND a.due_at < ${furthest}
    UNION ALL ${atWork} AND a.next_step_at < ${furthest}
    UNION ALL ${atWork} AND a.next_step_at IS NULL
    UNION ALL ${atWork} AND a.next_step_at >= ${furthest} AND ${IS_MARKED}
    UNION ALL ${atWork} AND a.next_step_at >= ${furthest} AND NOT ${IS_MARKED} AND ${RUNS_OUT_AT} < ${furthest}`;
}

/** All that one rep has. */
function allOf(repId: string): Prisma.Sql {
  return Prisma.sql`SELECT ${COLUMNS}, a.status, a.due_at FROM assignments a
    WHERE a.rep_id = ${repId} AND a.status IN ('offered', 'accepted') AND a.closed_at IS NULL`;
}

/**
 * Hand-offs with why they stand out and since when: all of one rep, or of everybody those that may stand out.
 *
 * @param furthest The time on the clock that is the furthest ahead. As a value it lets PostgreSQL see how few are late.
 */
export function openLeads(scope: Scope, repId: string | null, furthest: Prisma.Sql = FURTHEST_CLOCK): Prisma.Sql {
  const from = repId === null ? candidates(furthest) : allOf(repId);
  return Prisma.sql`
    SELECT a.need_id, a.rep_id, a.team, a.status, CASE WHEN a.status = 'offered' THEN a.due_at ELSE a.next_step_at END AS due_at,
      CASE WHEN a.status = 'offered' THEN CASE WHEN ${isOverdue(Prisma.sql`c.now`)} THEN 'no-decision' END
           WHEN late.answer IS NOT NULL THEN 'late-answer'
           WHEN late.contact IS NOT NULL THEN 'late-contact'
           WHEN a.next_step_at < c.now THEN 'step-overdue'
           WHEN a.stuck_at IS NOT NULL THEN 'stuck'
           WHEN a.next_step_at IS NULL THEN 'no-step' END AS stands_out,
      CASE WHEN a.status = 'offered' THEN a.due_at
           WHEN late.answer IS NOT NULL THEN late.answer
           WHEN late.contact IS NOT NULL THEN late.contact
           WHEN a.next_step_at < c.now THEN a.next_step_at
           WHEN a.stuck_at IS NOT NULL THEN a.stuck_at
           ELSE a.decided_at END AS since
    FROM (${from}) a JOIN reps r ON r.id = a.rep_id
    LEFT JOIN (SELECT id, clock_offset_ms FROM leads WHERE clock_offset_ms <> 0) l ON l.id = a.lead_id
    CROSS JOIN LATERAL (SELECT now() + coalesce(l.clock_offset_ms, 0) * interval '1 millisecond' AS now) c
    LEFT JOIN (${runOut(furthest)}) u ON u.need_id = a.need_id AND a.status = 'accepted'
    CROSS JOIN LATERAL (SELECT ${LATE_SINCE.answer} AS answer, ${LATE_SINCE.contact} AS contact) late
    WHERE ${inBoard(scope)}`;
}
