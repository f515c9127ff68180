/** What is due in a hand-off, as SQL: the same as `duesOfHandOff` of domain/dues.ts. test/store/dues.test.ts holds them to each other. */
import { type DueKind, STEPS_WAIT_IN } from '../../domain/dues.ts';
import { Prisma } from '../generated/client.ts';

/** Over a hand-off `h`: by when each is due, of an offer once it is accepted; null: it is not. In the order of `DUE_KINDS`. */
export const DUE_TIMES = {
  decision: Prisma.sql`CASE WHEN h.status = 'offered' THEN h.due_at END`,
  answer: Prisma.sql`h.answer_due_at`,
  'first contact': Prisma.sql`CASE WHEN h.first_contact_at IS NULL THEN h.contact_due_at END`,
  'next step': Prisma.sql`h.next_step_at`,
} as const satisfies Record<DueKind, Prisma.Sql>;

const DECISION: DueKind = 'decision';

/** Over a task `t` of a lead `l`: the same as `isTaskLate` of domain/dues.ts. */
export const TASK_LATE = Prisma.sql`(t.status = 'open' AND t.due_at < now() + l.clock_offset_ms * interval '1 millisecond'
  AND (t.kind <> 'next-step' OR l.stage <> ALL (${[...STEPS_WAIT_IN]}::text[])))`;

/**
 * Rows `due` and `due_at` of a hand-off `h`, the soonest first; none where it is over, or an outcome has ended what was planned. Of an offer the decision alone.
 * @param stage Of its lead
 */
export function duesSql(stage: Prisma.Sql): Prisma.Sql {
  const rows = Object.entries(DUE_TIMES).map(([kind, at], n) => Prisma.sql`(${kind}::text, ${at}, ${n}::int)`);
  return Prisma.sql`SELECT d.due, d.due_at FROM (VALUES ${Prisma.join(rows)}) d(due, due_at, n)
    WHERE d.due_at IS NOT NULL AND (h.status = 'accepted' OR (h.status = 'offered' AND d.due = ${DECISION})) AND ${stage} NOT IN ('customer', 'no-need', 'disqualified')
    ORDER BY d.due_at, d.n`;
}
