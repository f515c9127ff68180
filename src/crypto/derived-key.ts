import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/** Derives a key for a single purpose from a secret key, by HKDF (RFC 5869). */
export function derivedKey(secretKey: string, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secretKey, '', purpose, 32)));
}
