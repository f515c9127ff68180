/** Finds accounts whose people are ready together, a moment after they are. Nothing is asked of it as an event comes in. */
import { isAccountReady } from '../../domain/account-readiness.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import type { Db } from '../db.ts';
import type { PublishedRules } from '../rules/in-force.ts';
import { readAccountPeople } from './account-people.ts';
import { handOverAccount } from './hand-over-account.ts';

export interface AccountSweep {
  /** Looks once. Returns the bells to ring. */
  look(rules: PublishedRules, realNowMs: number): Promise<string[]>;
}

/** Accounts that one set of statements looks at, and as many such sets in a look at all of them. */
const AT_ONCE = 1_000;
const MOST_SETS = 20;

/**
 * Points are gained by a line in the ledger, and nothing else makes an account ready: so it looks at the accounts of the lines that came
 * since the look before the last. A transaction that was open at the last look is ended by now, and its lines are not passed over. As it
 * begins, and when the rule is another one, it looks at all accounts, piece by piece.
 */
export function createAccountSweep(db: Db): AccountSweep {
  let rule = '';
  /** The last account that the look at all has come to; null: it has come to the end. */
  let after: string | null = '';
  let lines: [beforeLast: bigint, last: bigint] = [0n, 0n];
  /** One of its people was locked. */
  let again: readonly string[] = [];

  return {
    async look(rules, realNowMs) {
      const { account } = rules.playbook.scoring;
      const now = account === undefined ? '' : canonicalJson(account);
      const newest = now === '' ? 0n : await newestLine(db);
      if (now !== rule) {
        [rule, after, again] = [now, '', []];
        lines = [newest, newest];
      }
      if (account === undefined) return [];
      const ids = new Set([...again, ...(await accountsSince(db, lines[0]))]);
      lines = [lines[1], newest];
      for (let sets = 0; after !== null && sets < MOST_SETS; sets += 1) {
        const piece = await nextAccounts(db, after, account.people);
        piece.forEach((id) => ids.add(id));
        after = piece.length < AT_ONCE ? null : (piece.at(-1) ?? null);
      }
      const locked: string[] = [];
      const ringIds: string[] = [];
      for (const accountId of await readyOf(db, [...ids], rules, realNowMs)) {
        const done = await handOverAccount(db, accountId, rules, realNowMs);
        ringIds.push(...done.ringIds);
        if (done.isLocked) locked.push(accountId);
      }
      again = locked;
      return ringIds;
    },
  };
}

async function readyOf(
  db: Db,
  ids: readonly string[],
  { playbook: { scoring } }: PublishedRules,
  realNowMs: number,
): Promise<string[]> {
  const { account: rule } = scoring;
  if (rule === undefined) return [];
  const ready: string[] = [];
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const people = await readAccountPeople(db, ids.slice(from, from + AT_ONCE), scoring, realNowMs);
    const byAccount = Map.groupBy(people, ({ accountId }) => accountId);
    for (const [accountId, of] of byAccount) if (isAccountReady(rule, of)) ready.push(accountId);
  }
  return ready;
}

async function newestLine(db: Db): Promise<bigint> {
  const [row] = await db.$queryRaw<{ id: bigint | null }[]>`SELECT max(id) AS id FROM score_ledger`;
  return row?.id ?? 0n;
}

async function accountsSince(db: Db, line: bigint): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT l.account_id AS id FROM score_ledger s JOIN leads l ON l.id = s.lead_id
    WHERE s.id > ${line} AND l.account_id IS NOT NULL`;
  return rows.map(({ id }) => id);
}

/** The next accounts that have as many people. */
async function nextAccounts(db: Db, after: string, people: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT account_id AS id FROM leads WHERE account_id > ${after}
    GROUP BY account_id HAVING count(*) >= ${people} ORDER BY account_id LIMIT ${AT_ONCE}`;
  return rows.map(({ id }) => id);
}
