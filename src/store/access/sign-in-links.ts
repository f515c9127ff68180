/** Links to sign in to the console. A link works once, in a browser that asked for it. Anybody can ask in the name of anybody. */
import { randomBytes } from 'node:crypto';
import { hashOfSecret } from '../../crypto/secret-hash.ts';
import { withAsciiDomain } from '../../domain/email-address.ts';
import type { Db, Tx } from '../db.ts';
import { ACTIVE_REP } from '../process/reps.ts';

/** A link works in a browser for so long after that browser asked for it. */
const LINK_MINUTES = 10;
/** Mails to a person in an hour whose links were not used. After them mails are gathered. */
const MOST_MAILS = 5;
/** While mails are gathered, one leaves in so many minutes. In between the links of the last ones serve every browser that asks. */
const GATHERED_MINUTES = 20;
const MINUTE_MS = 60_000;

interface Person {
  repId: string | null;
  userId: string | null;
  address: string;
  name: string;
}

export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** The active rep and user with this address; null when there is neither. */
export async function findPerson(db: Db, email: string): Promise<Person | null> {
  const address = withAsciiDomain(email.trim());
  // Addresses of ours are ASCII. Some other letters have a small letter that is (the Kelvin sign has k): those are another mailbox.
  if (/[^\x21-\x7e]/.test(address)) return null;
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
 * Writes the row of a link that is to be mailed. Null when nothing is to be mailed, because nobody who may sign in has the address, or
 * because the last links serve this browser too: the caller answers the same.
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
  const expiresAt = new Date(now.getTime() + LINK_MINUTES * MINUTE_MS);
  const browserHash = browser === null ? null : hashOfSecret(browser);
  return db.$transaction(async (tx) => {
    // Of many who ask at once each counts the links of those before.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`sign-in:${repId ?? userId}`}, 0))`;
    const last = browserHash === null ? [] : await linksThatServe(tx, { repId, userId }, browserHash, now);
    if (last.length > 0) {
      await tx.$executeRaw`
        INSERT INTO sign_in_browsers (token_hash, browser_hash, expires_at)
        SELECT token_hash, ${browserHash}, ${expiresAt} FROM unnest(${last}::text[]) AS token_hash
        ON CONFLICT (token_hash, browser_hash) DO UPDATE SET expires_at = EXCLUDED.expires_at`;
      return null;
    }
    await tx.signIn.create({ data: { tokenHash: hashOfSecret(token), browserHash, repId, userId, expiresAt } });
    return { token, to: { address, name } };
  });
}

/**
 * The hashes of the links that serve this browser, because enough were mailed; none when a new one is to be mailed. Several, as nobody can tell
 * which of some mails of one minute is the newest. In a browser in which the person signed in before, only what that browser asked for
 * counts. Links from the command line are no mails, and are not counted.
 */
async function linksThatServe(
  tx: Tx,
  { repId, userId }: Pick<Person, 'repId' | 'userId'>,
  browserHash: string,
  now: Date,
): Promise<string[]> {
  const whose = repId === null ? { userId } : { repId };
  const mailedAfter = (minutes: number) => new Date(now.getTime() + (LINK_MINUTES - minutes) * MINUTE_MS);
  const [mailed, known] = await Promise.all([
    tx.signIn.findMany({
      where: { ...whose, usedAt: null, browserHash: { not: null }, expiresAt: { gt: mailedAfter(60) } },
      select: { tokenHash: true, browserHash: true, expiresAt: true },
    }),
    tx.signIn.count({ where: { ...whose, browserHash, usedAt: { not: null } } }),
  ]);
  const counted = known > 0 ? mailed.filter((one) => one.browserHash === browserHash) : mailed;
  if (counted.length < MOST_MAILS) return [];
  return counted.filter(({ expiresAt }) => expiresAt > mailedAfter(GATHERED_MINUTES)).map(({ tokenHash }) => tokenHash);
}

/** A link whose mail did not leave: it counts for nothing. */
export async function forgetLink(db: Db, token: string): Promise<void> {
  await db.signIn.deleteMany({ where: { tokenHash: hashOfSecret(token) } });
}

/** Whether the link can still be used in this browser. */
export async function isLinkGood(db: Db, token: string, browser: string, now: Date): Promise<boolean> {
  const browserHash = hashOfSecret(browser);
  const inTime = { expiresAt: { gt: now } };
  const found = await db.signIn.count({
    where: {
      tokenHash: hashOfSecret(token),
      usedAt: null,
      AND: [
        {
          OR: [
            { OR: [{ browserHash }, { browserHash: null }], ...inTime },
            { browsers: { some: { browserHash, ...inTime } } },
          ],
        },
        { OR: [{ rep: ACTIVE_REP }, { user: { active: true } }] },
      ],
    },
  });
  return found > 0;
}
