import { newId } from '../../domain/ids.ts';
import type { Routing } from '../../domain/routing.ts';
import { signOutReps } from '../access/sessions.ts';
import type { Tx } from '../db.ts';

/**
 * Writes what routing.yaml says of the reps. A rep keeps its id, its turn, and whether a person switched it off (`active`): those
 * are state. One that is gone from the file is no longer offered leads, and keeps those it has. Who is gone, or has another address,
 * is signed out: the session is of who could read the mail to the address before.
 */
export async function publishReps(tx: Tx, { reps, teams }: Routing): Promise<void> {
  await signOutReps(tx, await toSignOut(tx, reps));
  for (const rep of reps) {
    const data = {
      name: rep.name,
      email: rep.email,
      timeZone: rep.timeZone ?? null,
      manager: rep.manager,
      inPlaybook: rep.active,
      skills: [...(rep.skills ?? [])],
      languages: [...(rep.languages ?? [])],
      teams: teams.filter((team) => team.reps.includes(rep.rep)).map(({ team }) => team),
    };
    await tx.rep.upsert({ where: { key: rep.rep }, create: { id: newId('rep'), key: rep.rep, ...data }, update: data });
  }
  await tx.$executeRaw`
    UPDATE reps SET in_playbook = FALSE WHERE in_playbook AND NOT key = ANY(${reps.map(({ rep }) => rep)})`;
}

async function toSignOut(tx: Tx, reps: Routing['reps']): Promise<string[]> {
  const stated = new Map(reps.map((rep) => [rep.rep, rep]));
  const before = await tx.rep.findMany({ select: { id: true, key: true, email: true } });
  return before.flatMap(({ id, key, email }) => {
    const rep = stated.get(key);
    return rep?.active === true && rep.email.toLowerCase() === email.toLowerCase() ? [] : [id];
  });
}
