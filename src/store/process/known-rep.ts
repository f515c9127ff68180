import { isAway } from '../../domain/room.ts';
import type { Sticky } from '../../domain/routing.ts';
import type { Tx } from '../db.ts';
import type { Lead, Need, Rep } from '../generated/client.ts';
import { ACTIVE_REP, refusersSince } from './reps.ts';
import { repOfAccount, repOfEarlierNeed } from './sticky.ts';

/** A rep who gets a lead before the rules are asked. */
export interface Known {
  rep: Rep;
  because: string;
  /** The id of who is away, where the rep is the deputy. */
  insteadOf: string | null;
}

/** What has to be known of a lead and its current need. */
interface Asked {
  lead: Pick<Lead, 'id' | 'accountId' | 'armedAt'>;
  need: Pick<Need, 'id' | 'ownerId'>;
  sticky: Sticky | undefined;
  atMs: number;
}

/**
 * The rep who knows the lead: who had the need before; if routing.yaml says so, who had the lead's need before this one, or who has a
 * colleague of the same company. Their deputy, while they are away. Null: none, or each has refused it or let it pass since it was last
 * recycled.
 */
export async function knownRepOf(tx: Tx, { lead, need, sticky, atMs }: Asked): Promise<Known | null> {
  const ways: [() => Promise<string | null> | string | null, string][] = [
    [() => need.ownerId, 'the rep who knows the lead'],
    [() => (sticky?.customer === true ? repOfEarlierNeed(tx, lead.id, need.id) : null), 'the rep who knows the lead'],
    [
      () => (sticky?.account === true && lead.accountId !== null ? repOfAccount(tx, lead.accountId, lead.id) : null),
      'the rep who knows the company',
    ],
  ];
  let refusers: ReadonlyMap<string, string> | null = null;
  for (const [ask, because] of ways) {
    const id = await ask();
    const known = id === null ? null : await tx.rep.findUnique({ where: { id, ...ACTIVE_REP } });
    const rep = known === null ? null : await inPlaceOf(tx, known, atMs);
    if (rep === null || rep.teams.length === 0) continue;
    refusers ??= await refusersSince(tx, need.id, lead.armedAt);
    if (!refusers.has(rep.id)) return { rep, because, insteadOf: rep.id === id ? null : id };
  }
  return null;
}

/** The rep, or who stands in while the rep is away; null when nobody does, or the deputy is away too. */
export async function inPlaceOf(tx: Tx, rep: Rep, atMs: number): Promise<Rep | null> {
  if (!isAway(rep, atMs)) return rep;
  if (rep.deputyId === null) return null;
  const deputy = await tx.rep.findUnique({ where: { id: rep.deputyId, ...ACTIVE_REP } });
  return deputy === null || isAway(deputy, atMs) ? null : deputy;
}

/** Why nobody gets what a rule gives to this rep, who is away, in a clause. */
export function awayInClause({ deputyId }: Pick<Rep, 'deputyId'>): string {
  return deputyId === null ? 'is away and has no deputy' : 'is away, and the deputy is not there either';
}

/** The active rep with this key. */
export function repByKey(tx: Tx, key: string): Promise<Rep | null> {
  return tx.rep.findUnique({ where: { key, ...ACTIVE_REP } });
}
