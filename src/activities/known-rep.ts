import { isAway } from '../domain/room.ts';
import type { Rep } from '../store/generated/client.ts';
import { ACTIVE_REP, refusersSince } from '../store/process/reps.ts';
import { repOfAccount, repOfEarlierNeed } from '../store/process/sticky.ts';
import type { Turn } from './turn.ts';

/** A rep who gets the lead before the rules are asked. */
interface Known {
  rep: Rep;
  because: string;
}

/**
 * The rep who knows the lead: who had the need before; if routing.yaml says so, who had the lead's need before this one, or who has a
 * colleague of the same company. Their deputy, while they are away. Null: none, or each has refused it or let it pass since it was last
 * recycled.
 */
export async function knownRepOf(turn: Turn): Promise<Known | null> {
  const { need, lead } = turn.picture;
  const { sticky } = turn.playbook.routing;
  if (need === null) return null;
  const ways: [() => Promise<string | null> | string | null, string][] = [
    [() => need.ownerId, 'the rep who knows the lead'],
    [
      () => (sticky?.customer === true ? repOfEarlierNeed(turn.tx, lead.id, need.id) : null),
      'the rep who knows the lead',
    ],
    [
      () =>
        sticky?.account === true && lead.accountId !== null ? repOfAccount(turn.tx, lead.accountId, lead.id) : null,
      'the rep who knows the company',
    ],
  ];
  let refusers: readonly string[] | null = null;
  for (const [ask, because] of ways) {
    const id = await ask();
    const known = id === null ? null : await turn.tx.rep.findUnique({ where: { id, ...ACTIVE_REP } });
    const rep = known !== null && isAway(known, turn.atMs) ? await deputyOf(turn, known) : known;
    if (rep === null || rep.teams.length === 0) continue;
    refusers ??= await refusersSince(turn.tx, need.id, lead.armedAt);
    if (!refusers.includes(rep.id)) return { rep, because };
  }
  return null;
}

/** Who stands in for a rep who is away; null when nobody does, or the deputy is away too. */
export async function deputyOf(turn: Turn, { deputyId }: Rep): Promise<Rep | null> {
  if (deputyId === null) return null;
  const deputy = await turn.tx.rep.findUnique({ where: { id: deputyId, ...ACTIVE_REP } });
  return deputy === null || isAway(deputy, turn.atMs) ? null : deputy;
}

/** The active rep with this key. */
export function repByKey(turn: Turn, key: string): Promise<Rep | null> {
  return turn.tx.rep.findUnique({ where: { key, ...ACTIVE_REP } });
}
