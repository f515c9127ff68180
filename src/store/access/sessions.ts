/** How people sign in to the console: a link that works once in the browser that asked, then a session. Tokens are stored as hashes. */
import { randomBytes } from 'node:crypto';
import { hashOfSecret } from '../../crypto/secret-hash.ts';
import type { UserRole } from '../../domain/actor.ts';
import type { Db, Tx } from '../db.ts';
import { ACTIVE_REP } from '../process/reps.ts';

const LINK_MINUTES = 10;
/** Links to a person that one browser asked for and that are good at once. */
const MOST_LINKS = 5;
/** Links to a person in an hour that were not used. Anybody can ask in the name of anybody, and each link is a mail. */
const MOST_AN_HOUR = 10;
const HOUR_MS = 3_600_000;
/** A browser in which the person signed in is known for so long. */
export const BROWSER_DAYS = 30;
export const SESSION_DAYS = 7;

/** Who is signed in: a rep, a user, or one person who is both. At least one of them is there. */
export interface SignedIn {
  rep: { id: string; name: string; timeZone: string | null; manager: boolean; teams: readonly string[] } | null;
  user: { id: string; name: string; timeZone: string | null; role: UserRole; teams: readonly string[] } | null;
}

export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

interface Person {
  repId: string | null;
  userId: string | null;
  address: string;
  name: string;
}

/** The active rep and user with this address; null when there is neither. */
async function findPerson(db: Db, email: string): Promise<Person | null> {
  const address = email.trim();
  const [rep, user] = await Promise.all([
    db.rep.findFirst({
      where: { email: { equals: address.replaceAll(/[\\%_]/g, String.raw`\$&`), mode: 'insensitive' }, ...ACTIVE_REP },
      orderBy: { id: 'asc' },
    }),
    db.user.findFirst({ where: { email: address.toLowerCase(), active: true } }),
  ]);
  const known = user ?? rep;
  if (known === null) return null;
  return { repId: rep?.id ?? null, userId: user?.id ?? null, address: known.email, name: known.name };
}

/**
 * Writes the row of a sign-in link. Null when nobody who may sign in has the address, or enough links to it were not used: the caller
 * answers the same. What strangers ask for does not count in a browser in which the person signed in before, so that they lock nobody out there.
 *
 * @param browser The cookie of the browser that asks. Null: the link works in any browser; only for who reaches the database anyway.
 */
export async function askToSignIn(
  db: Db,
  email: string,
  browser: string | null,
  now: Date,
): Promise<{ token: string; to: { address: string; name: string } } | null> {
  const person = await findPerson(db, email);
  if (person === null) return null;
  const { repId, userId, address, name } = person;
  const token = newToken();
  const expiresAt = new Date(now.getTime() + LINK_MINUTES * 60_000);
  const browserHash = browser === null ? null : hashOfSecret(browser);
  return db.$transaction(async (tx) => {
    // Of many who ask at once each counts the links of those before.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`sign-in:${repId ?? userId}`}, 0))`;
    const whose = repId === null ? { userId } : { repId };
    if (browserHash !== null && (await isEnough(tx, whose, browserHash, now))) return null;
    await tx.signIn.create({ data: { tokenHash: hashOfSecret(token), browserHash, repId, userId, expiresAt } });
    return { token, to: { address, name } };
  });
}

/** Links from the command line are no mails, and are not counted. */
async function isEnough(
  tx: Tx,
  whose: { repId: string } | { userId: string | null },
  browserHash: string,
  now: Date,
): Promise<boolean> {
  const inAnHour = new Date(now.getTime() + LINK_MINUTES * 60_000 - HOUR_MS);
  const [unused, known] = await Promise.all([
    tx.signIn.findMany({
      where: { ...whose, usedAt: null, browserHash: { not: null }, expiresAt: { gt: inAnHour } },
      select: { browserHash: true, expiresAt: true },
    }),
    tx.signIn.count({ where: { ...whose, browserHash, usedAt: { not: null } } }),
  ]);
  const own = unused.filter((one) => one.browserHash === browserHash);
  if (own.filter(({ expiresAt }) => expiresAt > now).length >= MOST_LINKS) return true;
  return (known > 0 ? own : unused).length >= MOST_AN_HOUR;
}

/** Whether the link can still be used in this browser. */
export async function isLinkGood(db: Db, token: string, browser: string, now: Date): Promise<boolean> {
  const found = await db.signIn.count({
    where: {
      tokenHash: hashOfSecret(token),
      usedAt: null,
      expiresAt: { gt: now },
      AND: [
        { OR: [{ browserHash: hashOfSecret(browser) }, { browserHash: null }] },
        { OR: [{ rep: ACTIVE_REP }, { user: { active: true } }] },
      ],
    },
  });
  return found > 0;
}

/** Uses up the link and opens a session; null when the link is not good. Of two at the same moment one gets the session. */
export async function openSession(db: Db, token: string, browser: string, now: Date): Promise<string | null> {
  const session = newToken();
  const expiresAt = new Date(now.getTime() + SESSION_DAYS * 86_400_000);
  const opened = await db.$executeRaw`
    WITH used AS (
      UPDATE sign_ins SET used_at = ${now}
      WHERE token_hash = ${hashOfSecret(token)} AND (browser_hash = ${hashOfSecret(browser)} OR browser_hash IS NULL)
        AND used_at IS NULL AND expires_at > ${now}
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
