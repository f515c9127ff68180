/** How a rep signs in to the console: a link that works once in the browser that asked, then a session. Tokens are stored as hashes. */
import { randomBytes } from 'node:crypto';
import { hashOfSecret } from '../../crypto/secret-hash.ts';
import type { Db } from '../db.ts';
import { ACTIVE_REP } from '../process/reps.ts';

const LINK_MINUTES = 10;
/** Links of a rep that are good at once. Anybody can ask in the name of anybody, and each link is a mail. */
const MOST_LINKS = 5;
export const SESSION_DAYS = 7;

/** The rep of a session, with what the policy asks. */
export interface SignedIn {
  id: string;
  name: string;
  timeZone: string | null;
  manager: boolean;
  teams: readonly string[];
}

export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * Writes the row of a sign-in link. Null when no active rep has the address, or enough links to it are good and were not used: the caller
 * answers the same.
 *
 * @param browser The cookie of the browser that asks
 */
export async function askToSignIn(
  db: Db,
  email: string,
  browser: string,
  now: Date,
): Promise<{ token: string; to: { address: string; name: string } } | null> {
  const rep = await db.rep.findFirst({
    where: {
      email: { equals: email.trim().replaceAll(/[\\%_]/g, String.raw`\$&`), mode: 'insensitive' },
      ...ACTIVE_REP,
    },
    orderBy: { id: 'asc' },
  });
  if (rep === null) return null;
  const token = newToken();
  const expiresAt = new Date(now.getTime() + LINK_MINUTES * 60_000);
  const link = { tokenHash: hashOfSecret(token), browserHash: hashOfSecret(browser), repId: rep.id, expiresAt };
  return db.$transaction(async (tx) => {
    // Of many who ask at once each counts the links of those before.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`sign-in:${rep.id}`}, 0))`;
    const good = await tx.signIn.count({ where: { repId: rep.id, usedAt: null, expiresAt: { gt: now } } });
    if (good >= MOST_LINKS) return null;
    await tx.signIn.create({ data: link });
    return { token, to: { address: rep.email, name: rep.name } };
  });
}

/** Whether the link can still be used in this browser. */
export async function isLinkGood(db: Db, token: string, browser: string, now: Date): Promise<boolean> {
  const link = {
    tokenHash: hashOfSecret(token),
    browserHash: hashOfSecret(browser),
    usedAt: null,
    expiresAt: { gt: now },
  };
  return (await db.signIn.count({ where: { ...link, rep: ACTIVE_REP } })) > 0;
}

/** Uses up the link and opens a session; null when the link is not good. Of two at the same moment one gets the session. */
export async function openSession(db: Db, token: string, browser: string, now: Date): Promise<string | null> {
  const session = newToken();
  const expiresAt = new Date(now.getTime() + SESSION_DAYS * 86_400_000);
  const opened = await db.$executeRaw`
    WITH used AS (
      UPDATE sign_ins SET used_at = ${now}
      WHERE token_hash = ${hashOfSecret(token)} AND browser_hash = ${hashOfSecret(browser)} AND used_at IS NULL AND expires_at > ${now}
      RETURNING rep_id
    )
    INSERT INTO sessions (token_hash, rep_id, expires_at)
    SELECT ${hashOfSecret(session)}, used.rep_id, ${expiresAt} FROM used JOIN reps ON reps.id = used.rep_id
    WHERE reps.active AND reps.in_playbook`;
  return opened === 1 ? session : null;
}

/** Null when the session is over, or its rep left. */
export async function readSession(db: Db, session: string, now: Date): Promise<SignedIn | null> {
  const found = await db.session.findFirst({
    where: { tokenHash: hashOfSecret(session), expiresAt: { gt: now }, rep: ACTIVE_REP },
    select: { rep: { select: { id: true, name: true, timeZone: true, manager: true, teams: true } } },
  });
  return found?.rep ?? null;
}

export async function closeSession(db: Db, session: string): Promise<void> {
  await db.session.deleteMany({ where: { tokenHash: hashOfSecret(session) } });
}

/** Deletes sessions and links whose time is over. Returns how many. */
export async function sweepSessions(db: Db, now: Date): Promise<number> {
  const over = { where: { expiresAt: { lt: now } } };
  const [links, sessions] = await Promise.all([db.signIn.deleteMany(over), db.session.deleteMany(over)]);
  return links.count + sessions.count;
}
