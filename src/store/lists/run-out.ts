/**
 * Clocks of accepted hand-offs that have run out, as SQL: what is late by now, whether or not the process of the lead has marked it yet. A process
 * that is about to wake, or cannot (an outage), does not hide a late lead from lists. The times are those of `duesOfHandOff`.
 */
import { Prisma } from '../generated/client.ts';
import { LEAD_NOW } from './decisions.ts';

/** Over a hand-off `a`: by when a reply is to be answered, and the first contact made; null: it is not, or it is marked as late. */
const UNMARKED = {
  answer: Prisma.sql`CASE WHEN a.answer_late_at IS NULL THEN a.answer_due_at END`,
  contact: Prisma.sql`CASE WHEN a.contact_late_at IS NULL AND a.first_contact_at IS NULL THEN a.contact_due_at END`,
} as const;

/** Over an accepted hand-off `a` whose need is open: when the first unmarked clock runs out; null: none runs. The index assignments_run_out is of these. */
export const RUNS_OUT_AT = Prisma.sql`least(${UNMARKED.answer}, ${UNMARKED.contact})`;

export const AT_WORK = Prisma.sql`a.status = 'accepted' AND a.closed_at IS NULL`;

/** Something is marked as late, or as stuck. */
export const IS_MARKED = Prisma.sql`(a.contact_late_at IS NOT NULL OR a.answer_late_at IS NOT NULL OR a.stuck_at IS NOT NULL)`;

/**
 * The few hand-offs with a clock that is not marked and has run out, or does so until `furthest`: rows `need_id`, `answer_at`, `contact_at`.
 * @param furthest The time on the clock that is the furthest ahead
 */
export function runOut(furthest: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`SELECT a.need_id, ${UNMARKED.answer} AS answer_at, ${UNMARKED.contact} AS contact_at
    FROM assignments a WHERE ${AT_WORK} AND ${RUNS_OUT_AT} < ${furthest}`;
}

/** Over an accepted hand-off `a`, a row `u` of `runOut` or none, and the lead's time `c.now`: since when each is late; null: it is not. */
export const LATE_SINCE = {
  answer: Prisma.sql`coalesce(a.answer_late_at, CASE WHEN u.answer_at < c.now THEN u.answer_at END)`,
  contact: Prisma.sql`CASE WHEN a.first_contact_at IS NULL
    THEN coalesce(a.contact_late_at, CASE WHEN u.contact_at < c.now THEN u.contact_at END) END`,
} as const;

/**
 * Accepted hand-offs of the open needs of leads that wait for a manager: rows `id`, `kind`, `since`, each once with the most urgent of what it waits for.
 * @param furthest As of `runOut`
 */
export function lateAtWork(furthest: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    SELECT a.id, k.kind, k.since
    FROM (
      SELECT a.* FROM assignments a WHERE ${AT_WORK} AND ${IS_MARKED}
      UNION ALL SELECT a.* FROM assignments a WHERE ${AT_WORK} AND NOT ${IS_MARKED} AND ${RUNS_OUT_AT} < ${furthest}) a
    JOIN leads l ON l.need_id = a.need_id
    CROSS JOIN LATERAL (SELECT ${UNMARKED.answer} AS answer_at, ${UNMARKED.contact} AS contact_at) u
    CROSS JOIN LATERAL (SELECT now() + l.clock_offset_ms * interval '1 millisecond' AS now) c
    CROSS JOIN LATERAL (SELECT ${LATE_SINCE.answer} AS answer, ${LATE_SINCE.contact} AS contact) late
    CROSS JOIN LATERAL (
      SELECT CASE WHEN late.answer IS NOT NULL THEN 'late-answer' WHEN late.contact IS NOT NULL THEN 'late-contact'
                  WHEN a.stuck_at IS NOT NULL THEN 'stuck' END AS kind, coalesce(late.answer, late.contact, a.stuck_at) AS since) k
    WHERE k.kind IS NOT NULL`;
}

/** Over any hand-off `a`: its first contact was to be made, and was made, or is late. What was moved away before has no say. */
export const CONTACT_DUE = Prisma.sql`(a.contact_due_at IS NOT NULL AND (a.first_contact_at IS NOT NULL OR a.contact_late_at IS NOT NULL
  OR (${AT_WORK} AND a.contact_due_at < ${LEAD_NOW})))`;

/** Over any hand-off `a`: since when a reply of its lead waits for its answer too long; null: none does. */
export const ANSWER_LATE_SINCE = Prisma.sql`CASE WHEN ${AT_WORK}
  THEN coalesce(a.answer_late_at, CASE WHEN a.answer_due_at < ${LEAD_NOW} THEN a.answer_due_at END) END`;
