/** A lead that a person shares among several reps. */
import { isLive } from '../domain/assignment.ts';
import { noRoomBecause } from '../domain/room.ts';
import { nextRep } from '../domain/route.ts';
import type { Rep } from '../store/generated/client.ts';
import { loadsOf } from '../store/process/rep-loads.ts';
import { lockRepsAmong } from '../store/process/reps.ts';
import { asCandidate } from './choose-in.ts';
import type { Turn } from './turn.ts';

/**
 * Whose turn it is among the reps whom a person chose: of those who are here, have room, do not have the lead and did not refuse it since it
 * was last recycled. Working hours do not matter, as for one rep who is named. They stay locked.
 * @returns Null: none of them can get it
 */
export async function turnAmong(turn: Turn, repIds: readonly string[]): Promise<Rep | null> {
  const { tx, atMs, lead } = turn;
  const { assignment, need } = turn.picture;
  const refused = await tx.assignment.findMany({
    where: { needId: need?.id ?? '', status: 'rejected', offeredAt: { gt: lead.armedAt ?? new Date(0) } },
    select: { repId: true },
  });
  const passed = new Set(refused.map(({ repId }) => repId));
  if (assignment !== null && isLive(assignment.status)) passed.add(assignment.repId);
  const reps = (await lockRepsAmong(tx, repIds)).map(asCandidate);
  const loads = await loadsOf(tx, reps, turn.at);
  const hasRoom = (rep: Rep): boolean =>
    noRoomBecause(rep, loads.get(rep.id), atMs, (at) => turn.words(at.getTime())) === null;
  const free = reps.filter((rep) => !passed.has(rep.id) && hasRoom(rep));
  return nextRep(free, []);
}
