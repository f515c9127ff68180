import {
  bestOf,
  BY_ACCOUNT,
  type Candidate,
  engagedSince,
  explainAccount,
  isAccountReady,
} from '../../domain/account-readiness.ts';
import { readinessOf } from '../../domain/readiness.ts';
import { scoreAtMs } from '../../domain/score.ts';
import { isInNurturePool, type Stage } from '../../domain/stage.ts';
import { auditAll } from '../audit.ts';
import { leadNow } from '../clock.ts';
import { type Db, transact, type Tx } from '../db.ts';
import type { Lead } from '../generated/client.ts';
import { lockLeadsIfFree } from '../lock.ts';
import { announce } from '../outbox.ts';
import { updateRow } from '../rows.ts';
import type { PublishedRules } from '../rules/in-force.ts';
import { type AccountPerson, readAccountPeople } from './account-people.ts';

/** `isLocked`: somebody else holds one of its people, so it is to be looked at again. */
export interface HandedOver {
  ringIds: string[];
  isLocked: boolean;
}

const NOTHING: HandedOver = { ringIds: [], isLocked: false };

/**
 * Qualifies the best of the people of an account if they are ready together and nobody of the account is with sales. It holds the locks of
 * all who count, as ingestion does, so that none of them can qualify alone in the same moment; and of two who look at the account at once
 * the second finds the first one's choice.
 */
export async function handOverAccount(
  db: Db,
  accountId: string,
  rules: PublishedRules,
  realNowMs: number,
): Promise<HandedOver> {
  const { scoring } = rules.playbook;
  const { account: rule } = scoring;
  if (rule === undefined) return NOTHING;
  return transact(db, async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${accountId}, 53))`;
    const seen = await readAccountPeople(tx, [accountId], scoring, realNowMs);
    if (!isAccountReady(rule, seen)) return NOTHING;
    const locked = await lockLeadsIfFree(
      tx,
      seen.map(({ leadId }) => leadId),
    );
    if (locked.length < seen.length) return { ringIds: [], isLocked: true };
    // Again, of rows that stay as they are until the end.
    const people = await readAccountPeople(tx, [accountId], scoring, realNowMs);
    const { isBusy, sinceMs } = await withSales(tx, accountId);
    if (isBusy || !isAccountReady(rule, people) || !engagedSince(people, sinceMs)) return NOTHING;
    const best = bestOf(candidatesOf(locked, people, rules, realNowMs));
    if (best === null) return NOTHING;
    return { ringIds: await qualifyBest(tx, best.lead, people, rules, realNowMs), isLocked: false };
  });
}

/** Those of the people who can be handed over: in the pool, armed, not left alone for a while, and not stopped. */
function candidatesOf(
  leads: readonly Lead[],
  people: readonly AccountPerson[],
  { playbook: { scoring } }: PublishedRules,
  realNowMs: number,
): (Candidate & { lead: Lead })[] {
  const counted = new Map(people.map((one) => [one.leadId, one]));
  return leads.flatMap((lead) => {
    const person = counted.get(lead.id);
    const atMs = leadNow(lead, realNowMs);
    const coolsOff = lead.coolOffUntil !== null && atMs < lead.coolOffUntil.getTime();
    const mayGo = isInNurturePool(lead.stage as Stage) && lead.armed && lead.pausedAt === null && lead.heldAt === null;
    if (person === undefined || !mayGo || coolsOff) return [];
    const readiness = readinessOf(scoring, lead, scoreAtMs(lead, atMs, scoring));
    return [{ ...person, lead, readiness, grade: lead.fitGrade, fitPoints: lead.fitPoints }];
  });
}

async function qualifyBest(
  tx: Tx,
  lead: Lead,
  people: readonly AccountPerson[],
  { playbook, revision }: PublishedRules,
  realNowMs: number,
): Promise<string[]> {
  const { account: rule } = playbook.scoring;
  if (rule === undefined) return [];
  const at = new Date(leadNow(lead, realNowMs));
  const because = explainAccount(rule, people);
  await updateRow(tx, 'leads', lead.id, { armed: false, qualifiedAt: at, qualifiedBy: BY_ACCOUNT });
  const data = { by: BY_ACCOUNT, because, playbook: revision, people: people.map(({ leadId }) => leadId) };
  await auditAll(tx, [{ leadId: lead.id, actor: 'system', at, action: 'lead.qualified', data }]);
  return announce(tx, [{ leadId: lead.id, reason: 'qualified', refs: { by: BY_ACCOUNT } }]);
}

/** Whether somebody of the account is with sales or about to be, and when sales last gave one of them back or ended a need. */
async function withSales(tx: Tx, accountId: string): Promise<{ isBusy: boolean; sinceMs: number | null }> {
  const [row] = await tx.$queryRaw<{ isBusy: boolean | null; since: Date | null }[]>`
    SELECT bool_or(l.stage IN ('qualified', 'qualifying', 'assigned', 'accepted', 'opportunity')
                   OR (l.stage IN ('new', 'nurturing', 'dormant') AND l.qualified_at IS NOT NULL)) AS "isBusy",
      greatest(max(l.armed_at), max(n.closed_at), max(a.decided_at)) AS since
    FROM leads l LEFT JOIN needs n ON n.lead_id = l.id
      LEFT JOIN assignments a ON a.need_id = n.id AND a.status IN ('rejected', 'rerouted', 'expired', 'withdrawn')
    WHERE l.account_id = ${accountId}`;
  return { isBusy: row?.isBusy === true, sinceMs: row?.since?.getTime() ?? null };
}
