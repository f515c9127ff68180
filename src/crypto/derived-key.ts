import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/** A key for one purpose alone, from a secret key: HKDF (RFC 5869). */
export function derivedKey(secretKey: string, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secretKey, '', purpose, 32)));
}
