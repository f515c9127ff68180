/** Who is signed in to the console. Tokens are stored as hashes. */
import { hashOfSecret } from '../../crypto/secret-hash.ts';
import type { UserRole } from '../../domain/actor.ts';
import type { Db, Tx } from '../db.ts';
import { findPerson, newToken } from './sign-in-links.ts';

const HOUR_MS = 3_600_000;
/** A browser in which the person signed in is known for so long. */
export const BROWSER_DAYS = 30;
export const SESSION_DAYS = 7;

/** Who is signed in: a rep, a user, or one person who is both. At least one of them is there. */
export interface SignedIn {
  rep: { id: string; name: string; timeZone: string | null; manager: boolean; teams: readonly string[] } | null;
  user: { id: string; name: string; timeZone: string | null; role: UserRole; teams: readonly string[] } | null;
}

/** Uses up the link and opens a session; null when the link is not good. Of two at the same moment one gets the session. */
export async function openSession(db: Db, token: string, browser: string, now: Date): Promise<string | null> {
  const session = newToken();
  const browserHash = hashOfSecret(browser);
  const expiresAt = new Date(now.getTime() + SESSION_DAYS * 86_400_000);
  const opened = await db.$executeRaw`
    WITH used AS (
      UPDATE sign_ins s SET used_at = ${now}, browser_hash = ${browserHash}
      WHERE token_hash = ${hashOfSecret(token)} AND used_at IS NULL AND (
        ((browser_hash = ${browserHash} OR browser_hash IS NULL) AND expires_at > ${now})
        OR EXISTS (
          SELECT 1 FROM sign_in_browsers b
          WHERE b.token_hash = s.token_hash AND b.browser_hash = ${browserHash} AND b.expires_at > ${now}))
      RETURNING rep_id, user_id
    ), person AS (
      SELECT r.id AS rep_id, u.id AS user_id FROM used
      LEFT JOIN reps r ON r.id = used.rep_id AND r.active AND r.in_playbook
      LEFT JOIN users u ON u.id = used.user_id AND u.active
    )
    INSERT INTO sessions (token_hash, rep_id, user_id, expires_at)
    SELECT ${hashOfSecret(session)}, rep_id, user_id, ${expiresAt} FROM person WHERE rep_id IS NOT NULL OR user_id IS NOT NULL`;
  return opened === 1 ? session : null;
}

/** Opens a session for whom another provider vouches for by their address; null when nobody who may sign in has it. */
export async function openSessionOf(db: Db, email: string, now: Date): Promise<string | null> {
  const person = await findPerson(db, email);
  if (person === null) return null;
  const session = newToken();
  const expiresAt = new Date(now.getTime() + SESSION_DAYS * 86_400_000);
  const { repId, userId } = person;
  await db.session.create({ data: { tokenHash: hashOfSecret(session), repId, userId, expiresAt } });
  return session;
}

/** Null when the session is over, or its person left. */
export async function readSession(db: Db, session: string, now: Date): Promise<SignedIn | null> {
  const found = await db.session.findFirst({
    where: { tokenHash: hashOfSecret(session), expiresAt: { gt: now } },
    select: {
      rep: {
        select: { id: true, name: true, timeZone: true, manager: true, teams: true, active: true, inPlaybook: true },
      },
      user: { select: { id: true, name: true, timeZone: true, role: true, teams: true, active: true } },
    },
  });
  if (found === null) return null;
  const rep = found.rep !== null && found.rep.active && found.rep.inPlaybook ? found.rep : null;
  const user = found.user?.active === true ? found.user : null;
  return rep === null && user === null ? null : { rep, user };
}

export async function closeSession(db: Db, session: string): Promise<void> {
  await db.session.deleteMany({ where: { tokenHash: hashOfSecret(session) } });
}

/** Ends the sessions of reps, and their links. Who is a user too stays signed in as the user alone. */
export async function signOutReps(tx: Tx, repIds: readonly string[]): Promise<void> {
  if (repIds.length === 0) return;
  const ids = [...repIds];
  await tx.$executeRaw`DELETE FROM sessions WHERE rep_id = ANY(${ids}) AND user_id IS NULL`;
  await tx.$executeRaw`UPDATE sessions SET rep_id = NULL WHERE rep_id = ANY(${ids})`;
  await tx.$executeRaw`DELETE FROM sign_ins WHERE rep_id = ANY(${ids})`;
}

/** Deletes sessions whose time is over, and links that count for nothing any more. Returns how many. */
export async function sweepSessions(db: Db, now: Date): Promise<number> {
  const before = (ms: number) => ({ lt: new Date(now.getTime() - ms) });
  const [links, sessions] = await Promise.all([
    db.signIn.deleteMany({
      where: {
        OR: [{ usedAt: null, expiresAt: before(HOUR_MS) }, { usedAt: before(BROWSER_DAYS * 86_400_000) }],
      },
    }),
    db.session.deleteMany({ where: { expiresAt: { lt: now } } }),
  ]);
  return links.count + sessions.count;
}
