/** Who may sign in to the console, from the command line. Whoever reaches the database may do this. */
import Table from 'cli-table3';
import type { UserRole } from '../domain/actor.ts';
import { AppError } from '../domain/errors.ts';
import { minuteInUtc } from '../domain/when.ts';
import type { Config } from '../runtime/config.ts';
import { askToSignIn } from '../store/access/sign-in-links.ts';
import { changeUser, inviteUser, listUsers, type UserPatch } from '../store/access/users.ts';
import { withDb } from './with-db.ts';
import type { Answer } from './command.ts';
import { userName } from './user-name.ts';

const by = () => ({ actor: 'system', author: userName(), at: new Date() });

export async function usersList(config: Config): Promise<Answer> {
  return withDb(config, async (db) => {
    const users = await listUsers(db, new Date());
    if (users.length === 0)
      return {
        data: users,
        text: 'There are no users yet. Reps sign in without one; invite others: `npx nurture users invite mia@example.com --name "Mia Rossi" --role admin`',
      };
    const table = new Table({
      head: ['Address', 'Name', 'Role', 'Teams', 'May sign in', 'Signed in since'],
      style: { head: [], border: [] },
    });
    for (const { email, name, role, teams, active, signedInAt } of users)
      table.push([
        email,
        name,
        role,
        role === 'manager' ? teams.join(', ') || 'all' : '',
        active ? 'yes' : 'disabled',
        signedInAt === null ? '' : minuteInUtc(signedInAt),
      ]);
    return { data: users, text: table.toString() };
  });
}

/** @throws AppError CONFLICT, VALIDATION_FAILED */
export async function usersInvite(
  config: Config,
  email: string,
  { name, role, team = [] }: { name: string; role: UserRole; team?: string[] },
): Promise<Answer> {
  return withDb(config, async (db) => {
    const user = await inviteUser(db, { email, name, role, teams: team }, by());
    return {
      data: user,
      text: `${user.email} may sign in as ${role} at ${config.publicUrl}/console/sign-in with this address. Tell them: no mail was sent.`,
    };
  });
}

/** @throws AppError NOT_FOUND, CONFLICT, VALIDATION_FAILED */
export async function usersChange(config: Config, email: string, patch: UserPatch): Promise<Answer> {
  return withDb(config, async (db) => {
    const user = await changeUser(db, email, patch, by());
    const teams = user.teams.length === 0 ? '' : ` of ${user.teams.join(', ')}`;
    return {
      data: user,
      text: user.active
        ? `${user.email} may sign in as ${user.role}${teams}.`
        : `${user.email} may not sign in any more, and is signed out.`,
    };
  });
}

/** @throws AppError NOT_FOUND */
export async function usersLink(config: Config, email: string): Promise<Answer> {
  return withDb(config, async (db) => {
    const asked = await askToSignIn(db, email, null, new Date());
    if (asked === null)
      throw new AppError('NOT_FOUND', 'No active user or rep has this address, see `npx nurture users list`');
    const url = `${config.publicUrl}/console/sign-in/${asked.token}`;
    return { data: { url }, text: `${url}\nIt works once, for ten minutes, in any browser: keep it to yourself.` };
  });
}
