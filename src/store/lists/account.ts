import { explainAccount, isAccountReady } from '../../domain/account-readiness.ts';
import type { Rating } from '../../domain/readiness.ts';
import type { Db } from '../db.ts';
import { readAccountPeople } from '../scoring/account-people.ts';

/** The readiness of an account as it is now. */
export interface AccountNow {
  ready: boolean;
  because: string;
  /** Who counts for it, the most interested first. */
  people: { leadId: string; score: number }[];
}

/** Null without an account, or without a rule for accounts. */
export async function readAccount(
  db: Db,
  { accountId }: { accountId: string | null },
  fading: Rating,
  realNowMs: number,
): Promise<AccountNow | null> {
  const { account: rule } = fading;
  if (accountId === null || rule === undefined) return null;
  const people = await readAccountPeople(db, [accountId], fading, realNowMs);
  return {
    ready: isAccountReady(rule, people),
    because: explainAccount(rule, people),
    people: people.map(({ leadId, score }) => ({ leadId, score })),
  };
}
