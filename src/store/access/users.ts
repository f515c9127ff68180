/** Users of the console who are no reps: marketers, managers, operators, admins. Who is invited may sign in; who is disabled may not. */
import type { UserRole } from '../../domain/actor.ts';
import { isEmailAddress, withAsciiDomain } from '../../domain/email-address.ts';
import { AppError } from '../../domain/errors.ts';
import { newId } from '../../domain/ids.ts';
import { audit } from '../audit.ts';
import { transact, type Db, type Tx } from '../db.ts';
import type { User } from '../generated/client.ts';

export type ListedUser = Omit<User, 'createdAt'> & {
  createdAt: Date;
  /** When the newest session that is still open began; null: not signed in. */
  signedInAt: Date | null;
};

/** Who does it, and when. */
export interface By {
  /** Handle of the actor. */
  actor: string;
  /** Who it was, where the actor does not say it: from the command line. */
  author?: string;
  at: Date;
}

/** By name, disabled ones too. */
export async function listUsers(db: Db, now: Date): Promise<ListedUser[]> {
  const users = await db.user.findMany({
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    include: {
      sessions: {
        where: { expiresAt: { gt: now } },
        orderBy: { createdAt: 'desc' },
        take: 1,
        select: { createdAt: true },
      },
    },
  });
  return users.map(({ sessions, ...user }) => ({ ...user, signedInAt: sessions[0]?.createdAt ?? null }));
}

/** The active admin who was invited first; null when there is none. */
export async function firstAdmin(db: Db): Promise<User | null> {
  return db.user.findFirst({ where: { role: 'admin', active: true }, orderBy: { id: 'asc' } });
}

export interface Invitation {
  email: string;
  name: string;
  role: UserRole;
  /** Of a manager: the teams that they manage; none: all. */
  teams?: readonly string[];
}

/**
 * Makes a user, who may sign in from then on.
 * @throws AppError CONFLICT for an address that a user has, VALIDATION_FAILED for one that is none, or an unknown team
 */
export async function inviteUser(db: Db, invitation: Invitation, by: By): Promise<User> {
  const email = withAsciiDomain(invitation.email.trim().toLowerCase());
  const name = invitation.name.trim();
  if (/\P{ASCII}/u.test(email))
    throw wrong(
      'email',
      'expected letters without accents before the @, such as mia@example.com: not every mail server takes others (SMTPUTF8)',
    );
  if (!isEmailAddress(email)) throw wrong('email', 'expected an address such as mia@example.com');
  if (name === '' || name.length > 100) throw wrong('name', 'expected a name of 1 to 100 characters');
  return transact(db, async (tx) => {
    const teams = await checkedTeams(tx, invitation.role, invitation.teams ?? []);
    const id = newId('user');
    const { count } = await tx.user.createMany({
      data: [{ id, email, name, role: invitation.role, teams }],
      skipDuplicates: true,
    });
    if (count === 0)
      throw new AppError('CONFLICT', 'There is a user with this address already: change that one, or enable it again');
    const data = { userId: id, role: invitation.role, ...(by.author && { author: by.author }) };
    await audit(tx, { leadId: null, actor: by.actor, at: by.at }, { action: 'user.invited', data });
    return tx.user.findUniqueOrThrow({ where: { id } });
  });
}

/** What is not named stays. */
export interface UserPatch {
  name?: string | undefined;
  role?: UserRole | undefined;
  teams?: readonly string[] | undefined;
  active?: boolean | undefined;
}

/**
 * Changes a user. One who is disabled is signed out everywhere at once. The same again changes nothing and is not recorded.
 * @param user Address or id
 * @throws AppError NOT_FOUND, VALIDATION_FAILED for an unknown team, CONFLICT when no active admin would be left
 */
export async function changeUser(db: Db, user: string, patch: UserPatch, by: By): Promise<User> {
  return transact(db, async (tx) => {
    // All, so that of two that disable the last two admins the second is refused.
    await tx.$queryRaw`SELECT id FROM users ORDER BY id FOR NO KEY UPDATE`;
    const found = await tx.user.findFirst({
      where: { OR: [{ id: user }, { email: withAsciiDomain(user.trim().toLowerCase()) }] },
    });
    if (found === null)
      throw new AppError('NOT_FOUND', 'There is no user with this address, see `npx nurture users list`');
    const role = patch.role ?? found.role;
    const wanted = {
      name: patch.name?.trim() || found.name,
      role,
      teams: await checkedTeams(tx, role, role === 'manager' ? (patch.teams ?? found.teams) : []),
      active: patch.active ?? found.active,
    };
    const fields = (Object.keys(wanted) as (keyof typeof wanted)[]).filter(
      (field) => String(wanted[field]) !== String(found[field]),
    );
    if (fields.length === 0) return found;
    const isAdminNoMore = found.role === 'admin' && found.active && !(wanted.active && role === 'admin');
    const others = { role: 'admin', active: true, id: { not: found.id } } as const;
    if (isAdminNoMore && (await tx.user.count({ where: others })) === 0)
      throw new AppError('CONFLICT', 'This is the last active admin: make another user an admin first');
    const changed = await tx.user.update({ where: { id: found.id }, data: wanted });
    if (!wanted.active) {
      await tx.session.updateMany({ where: { userId: found.id }, data: { userId: null } });
      await tx.signIn.deleteMany({ where: { userId: found.id } });
    }
    const data = { userId: found.id, fields, ...(by.author && { author: by.author }) };
    await audit(tx, { leadId: null, actor: by.actor, at: by.at }, { action: 'user.changed', data });
    return changed;
  });
}

/** @throws AppError VALIDATION_FAILED */
async function checkedTeams(tx: Tx, role: UserRole, teams: readonly string[]): Promise<string[]> {
  const named = [...new Set(teams.map((team) => team.trim()).filter((team) => team !== ''))].toSorted();
  if (named.length === 0) return [];
  if (role !== 'manager') throw wrong('teams', `only a manager has teams, not a ${role}`);
  const known = await readTeams(tx);
  const unknown = named.find((team) => !known.includes(team));
  if (unknown !== undefined) throw wrong('teams', `there is no team ‘${unknown}’; there are ${known.join(', ')}`);
  return named;
}

function wrong(path: string, message: string): AppError {
  return new AppError('VALIDATION_FAILED', `${path}: ${message}`, { fields: [{ path, message }] });
}

/** Keys of the teams that reps are in. */
export async function readTeams(tx: Tx): Promise<string[]> {
  const rows = await tx.$queryRaw<{ team: string }[]>`SELECT DISTINCT unnest(teams) AS team FROM reps ORDER BY 1`;
  return rows.map(({ team }) => team);
}
