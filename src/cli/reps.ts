/** Who takes leads, from the command line. Whoever reaches the database may do this. */
import Table from 'cli-table3';
import type { Config } from '../runtime/config.ts';
import { closeDb, createDb, type Db } from '../store/db.ts';
import { type ListedRep, listReps } from '../store/lists/reps.ts';
import { switchRep } from '../store/sales/switch-rep.ts';
import type { Answer } from './command.ts';
import { userName } from './user-name.ts';

export async function repsList(config: Config): Promise<Answer> {
  return withDb(config, async (db) => {
    const reps = await listReps(db);
    if (reps.length === 0)
      return { data: reps, text: 'There are no reps yet: they come with the playbook, by `npx nurture publish`.' };
    const table = new Table({
      head: ['Rep', 'Name', 'Teams', 'Takes leads', 'Offers'],
      style: { head: [], border: [] },
    });
    for (const { key, name, teams, active, inPlaybook, offered } of reps)
      table.push([
        key,
        name,
        teams.join(', '),
        active ? 'yes' : inPlaybook ? 'switched off' : 'not in the playbook',
        offered,
      ]);
    return { data: reps, text: table.toString() };
  });
}

/** @throws AppError NOT_FOUND, CONFLICT for the last active rep of a team */
export async function repsSwitch(config: Config, rep: string, active: boolean): Promise<Answer> {
  return withDb(config, async (db) => {
    const id = await switchRep(db, {
      rep,
      active,
      actor: 'system',
      author: userName(),
      at: new Date(),
      denial: () => null,
    });
    const found = (await listReps(db)).find((one) => one.id === id);
    return { data: found, text: inWords(rep, active, found) };
  });
}

function inWords(rep: string, active: boolean, found: ListedRep | undefined): string {
  if (!active) return `${rep} gets no offers any more. ${offersOf(found?.offered ?? 0)}`;
  return found?.active === true
    ? `${rep} gets offers again.`
    : `${rep} is switched on, and gets no offers before routing.yaml has the rep and is published.`;
}

function offersOf(open: number): string {
  if (open === 0) return 'No offer is open.';
  return `Open offers: ${open}. Each goes to the next rep when its time to accept is over, or is rerouted before.`;
}

async function withDb<T>(config: Config, work: (db: Db) => Promise<T>): Promise<T> {
  const db = createDb(config.databaseUrl, { max: 1 });
  try {
    return await work(db);
  } finally {
    await closeDb(db);
  }
}
