import type { Scope } from '../../domain/policy.ts';
import { leadInScope } from '../access/scope.ts';
import type { Db } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';

/** Another lead of the same account. */
export interface Colleague {
  leadId: string;
  firstName: string | null;
  lastName: string | null;
  company: string | null;
  jobTitle: string | null;
  stage: string;
  ownerName: string | null;
  lastEngagedAt: Date | null;
  /** False: who looks may not read who it is. */
  isShown: boolean;
}

const MOST_SHOWN = 20;

/** Those who did something last, first. */
export async function readColleagues(
  db: Db,
  scope: Scope,
  lead: { id: string; accountId: string | null },
): Promise<Colleague[]> {
  if (lead.accountId === null) return [];
  return planned<Colleague>(
    db,
    Prisma.sql`
    SELECT c.id AS "leadId", c.first_name AS "firstName", c.last_name AS "lastName", c.company, c.job_title AS "jobTitle", c.stage,
      o.name AS "ownerName", c.last_engaged_at AS "lastEngagedAt", ${leadInScope(scope, 'c.id')} AS "isShown"
    FROM (SELECT * FROM leads WHERE account_id = ${lead.accountId} AND id <> ${lead.id}
          ORDER BY last_engaged_at DESC NULLS LAST, id LIMIT ${MOST_SHOWN}) c
    LEFT JOIN reps o ON o.id = c.owner_id
    ORDER BY c.last_engaged_at DESC NULLS LAST, c.id`,
  );
}
