import { teleSalesTeams } from '../../domain/route.ts';
import type { Routing } from '../../domain/routing.ts';
import type { Tx } from '../db.ts';

/**
 * Whether tele-sales had the need and passed it on since the lead was last sent back. Whatever became of its offers in the field since then,
 * the first contact is made. Asks nothing where no team is tele-sales.
 *
 * @param since When the lead was last armed, on its clock
 */
export async function hadFirstContact(
  tx: Tx,
  routing: Pick<Routing, 'teams'>,
  { needId, since }: { needId: string; since: Date | null },
): Promise<boolean> {
  const teams = teleSalesTeams(routing);
  if (teams.length === 0) return false;
  const [row] = await tx.$queryRaw<[{ made: boolean }]>`
    SELECT EXISTS (SELECT FROM assignments WHERE need_id = ${needId} AND team = ANY(${teams}) AND status = 'rerouted'
      AND offered_at > ${since ?? new Date(0)}) AS made`;
  return row.made;
}
