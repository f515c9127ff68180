import type { Interested } from '../../domain/account-readiness.ts';
import { countsSql, scoreOf } from '../../domain/fields/of-account.ts';
import type { Rating } from '../../domain/readiness.ts';
import { bound } from '../conditions/bind.ts';
import type { Tx } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';

/** Who counts for the readiness of an account, with what a rep is told of them. */
export interface AccountPerson extends Interested {
  accountId: string;
  name: string | null;
  jobTitle: string | null;
}

/** The people of these accounts who count by the rules, the highest score first. Each by their own clock. */
export async function readAccountPeople(
  tx: Tx,
  accountIds: readonly string[],
  fading: Rating,
  realNowMs: number,
): Promise<AccountPerson[]> {
  if (accountIds.length === 0 || fading.account === undefined) return [];
  const moment = { atMs: realNowMs, clock: 'lead', fading } as const;
  const rows = await planned<Omit<AccountPerson, 'lastEngagedAtMs'> & { lastEngagedAt: Date }>(
    tx,
    Prisma.sql`
    SELECT l.account_id AS "accountId", l.id AS "leadId", nullif(concat_ws(' ', l.first_name, l.last_name), '') AS name,
      l.job_title AS "jobTitle", ${bound(scoreOf('l'), moment)} AS score, l.last_engaged_at AS "lastEngagedAt"
    FROM leads l WHERE l.account_id = ANY(${[...accountIds]}) AND ${bound(countsSql('l'), moment)}
    ORDER BY score DESC, l.id`,
  );
  return rows.map(({ lastEngagedAt, ...one }) => ({ ...one, lastEngagedAtMs: lastEngagedAt.getTime() }));
}
