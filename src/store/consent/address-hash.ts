/**
 * Keyed hashes of addresses. When a person is erased, a suppression keeps only the hash. The key alone reveals no address. With an
 * address and the key one can tell whether the address is suppressed.
 *
 * The key is random and made once. The database stores it encrypted with SECRET_KEY, so it stays the same when SECRET_KEY is rotated.
 * While the old secret is set as SECRET_KEY_PREVIOUS, the first process that reads the key also encrypts it with the new secret. Without
 * the old secret the key and its hashes are lost. Then the API does not start, because people who objected would be mailed again.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { derivedKey } from '../../crypto/derived-key.ts';
import { AppError } from '../../domain/errors.ts';
import { transact, type Db, type Tx } from '../db.ts';

/** The hash of an address, whatever its case. @throws AppError CONFIG_INVALID when no SECRET_KEY opens the key */
export type HashAddress = (address: string) => Promise<string>;

/** Hash of a network address, by the same key: it proves from where a consent came to whoever has the address, and reveals it to nobody. */
export function hashIp({ hashAddress }: { hashAddress: HashAddress }, ip: string): Promise<string> {
  return hashAddress(`ip ${ip.replace(/^::ffff:/i, '')}`);
}

const PURPOSE = 'addresses of suppressions';
const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** `secretKeys`: the current one, then those before it. */
export function createAddressHash(db: Db, secretKeys: readonly string[]): HashAddress {
  let loading: Promise<Buffer> | undefined;
  return async (address) => {
    loading ??= loadKey(db, secretKeys).catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return createHmac('sha256', await loading)
      .update(address.trim().toLowerCase())
      .digest('base64url');
  };
}

async function loadKey(db: Db, secretKeys: readonly string[]): Promise<Buffer> {
  const opened = await openKey(db, secretKeys);
  if (opened !== null) {
    await keepSealed(db, secretKeys[0] ?? '', opened);
    return opened;
  }
  return transact(db, (tx) => makeKey(tx, secretKeys));
}

async function makeKey(tx: Tx, secretKeys: readonly string[]): Promise<Buffer> {
  // Of two that make one at the same moment, the second finds the first one's.
  await tx.$executeRaw`LOCK TABLE address_keys IN EXCLUSIVE MODE`;
  const made = await openKey(tx, secretKeys);
  if (made !== null) return made;
  if ((await tx.suppression.count({ where: { email: null } })) > 0)
    throw new AppError(
      'CONFIG_INVALID',
      'SECRET_KEY is not the one that the addresses of erased people were hashed with: set that one as SECRET_KEY_PREVIOUS.',
    );
  // Nothing was hashed with one that nobody can open.
  await tx.addressKey.deleteMany();
  const key = randomBytes(KEY_BYTES);
  await keepSealed(tx, secretKeys[0] ?? '', key);
  return key;
}

async function openKey(tx: Tx, secretKeys: readonly string[]): Promise<Buffer | null> {
  const byFingerprint = new Map(secretKeys.map((secretKey) => [fingerprint(secretKey), secretKey]));
  const rows = await tx.addressKey.findMany();
  for (const { sealedBy, sealed } of rows) {
    const secretKey = byFingerprint.get(sealedBy);
    if (secretKey !== undefined) return open(secretKey, Buffer.from(sealed));
  }
  return null;
}

async function keepSealed(tx: Tx, secretKey: string, key: Buffer): Promise<void> {
  const data = { sealedBy: fingerprint(secretKey), sealed: Uint8Array.from(seal(secretKey, key)) };
  await tx.addressKey.createMany({ data: [data], skipDuplicates: true });
}

function fingerprint(secretKey: string): string {
  return createHash('sha256')
    .update(derivedKey(secretKey, `${PURPOSE}: fingerprint`).export())
    .digest('base64url');
}

function seal(secretKey: string, key: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, derivedKey(secretKey, PURPOSE), nonce);
  return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
}

function open(secretKey: string, sealed: Buffer): Buffer {
  const decipher = createDecipheriv(CIPHER, derivedKey(secretKey, PURPOSE), sealed.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
}
