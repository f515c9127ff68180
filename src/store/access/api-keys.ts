/** Keys of the API. A secret is shown once, when it is made; the database holds its hash. */
import { randomBytes } from 'node:crypto';
import { hashOfSecret } from '../../crypto/secret-hash.ts';

import { AppError } from '../../domain/errors.ts';
import { newId } from '../../domain/ids.ts';
import type { Db } from '../db.ts';
import { isActiveRep } from '../process/reps.ts';
import type { Role } from '../generated/enums.ts';

/** A key without its secret. */
export interface ApiKeyInfo {
  id: string;
  name: string;
  role: Role;
  repId: string | null;
  origins: string[];
  createdAt: Date;
  revokedAt: Date | null;
}

const INFO = {
  id: true,
  name: true,
  role: true,
  repId: true,
  origins: true,
  createdAt: true,
  revokedAt: true,
} as const;
const SEEDED_NAME = 'ADMIN_API_KEY';

/**
 * Makes a key. `secret` is `nk_<role>_` and 256 random bits; it cannot be shown again.
 *
 * @throws AppError VALIDATION_FAILED for a rep's key without its rep
 */
export async function createApiKey(
  db: Db,
  input: { name: string; role: Role; repId?: string | undefined; origins?: readonly string[] | undefined },
): Promise<ApiKeyInfo & { secret: string }> {
  if (input.role === 'rep' && input.repId === undefined) {
    throw new AppError('VALIDATION_FAILED', 'A key with the role rep belongs to a rep.', {
      fields: [{ path: 'repId', message: 'is missing' }],
    });
  }
  const secret = `nk_${input.role}_${randomBytes(32).toString('base64url')}`;
  const info = await db.apiKey.create({
    data: {
      id: newId('apiKey'),
      name: input.name,
      role: input.role,
      repId: input.repId ?? null,
      origins: [...(input.origins ?? [])],
      hash: hashOfSecret(secret),
    },
    select: INFO,
  });
  return { ...info, secret };
}

/** A key with its holder. */
export interface KeyHolder {
  keyId: string;
  role: Role;
  /** Of a rep's key: the rep, while they are in the playbook. */
  rep: { id: string; manager: boolean; teams: readonly string[] } | null;
  /** Of a site key: the websites it may be used from; none: any. */
  origins: readonly string[];
}

/** The holder of the key with this secret. Null for a rep who left the playbook: that key no longer works. */
export async function findKeyHolder(db: Db, secret: string): Promise<KeyHolder | null> {
  const key = await db.apiKey.findFirst({
    where: { hash: hashOfSecret(secret), revokedAt: null },
    select: {
      id: true,
      role: true,
      origins: true,
      rep: { select: { id: true, manager: true, teams: true, active: true, inPlaybook: true } },
    },
  });
  if (key === null) return null;
  const { id: keyId, role, rep, origins } = key;
  const isHeld = role === 'rep' && rep !== null && isActiveRep(rep);
  return { keyId, role, origins, rep: isHeld ? { id: rep.id, manager: rep.manager, teams: rep.teams } : null };
}

/** The websites of each site key in use. */
export async function readSiteOrigins(db: Db): Promise<string[][]> {
  const keys = await db.apiKey.findMany({ where: { role: 'site', revokedAt: null }, select: { origins: true } });
  return keys.map(({ origins }) => origins);
}

/** Revokes a key at once. Repeating it changes nothing; false when there is no such key. */
export async function revokeApiKey(db: Db, id: string, now: Date): Promise<boolean> {
  const { count } = await db.apiKey.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: now } });
  return count > 0 || (await db.apiKey.count({ where: { id } })) > 0;
}

/** All keys, the newest first, revoked ones too. */
export async function listApiKeys(db: Db): Promise<ApiKeyInfo[]> {
  return db.apiKey.findMany({ select: INFO, orderBy: { id: 'desc' } });
}

/**
 * Makes the secret in ADMIN_API_KEY the key of an admin. A secret that was revoked stays revoked, also after a restart. A new secret
 * makes a new key and revokes the previous one.
 */
export async function seedAdminKey(db: Db, secret: string): Promise<ApiKeyInfo> {
  const hash = hashOfSecret(secret);
  const known = await db.apiKey.findUnique({ where: { hash }, select: INFO });
  if (known !== null) return known;
  return db.$transaction(async (tx) => {
    // Not the same secret, which another process may have made a moment ago.
    const others = { name: SEEDED_NAME, revokedAt: null, hash: { not: hash } };
    await tx.apiKey.updateMany({ where: others, data: { revokedAt: new Date() } });
    const data = { id: newId('apiKey'), name: SEEDED_NAME, role: 'admin', hash } as const;
    // Two processes that start together make it once.
    await tx.apiKey.createMany({ data: [data], skipDuplicates: true });
    return tx.apiKey.findUniqueOrThrow({ where: { hash }, select: INFO });
  });
}
