import type { Scope } from '../../domain/policy.ts';
import { leadInScope } from '../access/scope.ts';
import type { Db } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';
import { endedEarly, wasHeldOut } from './run-ends.ts';

/** Leads that left a cadence before its end. */
export interface CadenceExit {
  /** Where they stood; null: it is not known. */
  stepId: string | null;
  /** In the words in which the enrollment ended: `qualified`, `unsubscribed`, the reason of an exit … */
  reason: string;
  leads: number;
}

/** Over all revisions, of leads in scope: by step and reason, the most first. Who reached the goal, got everything or is of a holdout did not leave. */
export function readExits(db: Db, cadence: string, scope: Scope): Promise<CadenceExit[]> {
  return planned<CadenceExit>(
    db,
    Prisma.sql`
    SELECT e.waiting_from AS "stepId", coalesce(e.end_reason, 'not known') AS reason, count(*)::int AS leads FROM enrollments e
    WHERE e.revision_id IN (SELECT cr.id FROM cadence_revisions cr WHERE cr.cadence = ${cadence})
      AND ${endedEarly('e', Prisma.sql`NOT ${wasHeldOut('e')}`)} AND ${leadInScope(scope, 'e.lead_id')}
    GROUP BY 1, 2 ORDER BY leads DESC, 1, 2 LIMIT 200`,
  );
}
