import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';
import { derivedKey } from './derived-key.ts';
import { ID_BYTES, idAt, idBytes } from './id-bytes.ts';

/**
 * A website gets a handle in place of a lead's id. Its key is public and must not reveal who is known here. An id would: it begins
 * with the time it was made (UUIDv7), so an id older than the request belongs to a known person. A handle reveals nothing, and each
 * request gets a different one:
 *
 *     handle- · base64url of nonce (12 bytes) · the id's 16 bytes, encrypted · tag (16 bytes)
 *
 * AES-256-GCM (NIST SP 800-38D), with a key of its own derived by HKDF (RFC 5869). The id of the site key is authenticated with it: a
 * handle works with the key that was answered it, and no other. Handles do not expire. Those of before that was so name no site key:
 * pages keep them, and they still work with any.
 */
export interface LeadHandles {
  write(leadId: string, siteKeyId: string): string;
  /** Null for anything that this installation did not write for this site key, byte for byte. Never throws. */
  read(handle: string, siteKeyId: string): string | null;
}

const CIPHER = 'aes-256-gcm';
const PREFIX = 'handle-';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** In place of the site key, in handles that name none. */
const OF_BEFORE = '';

/** @param secretKeys The first key writes handles; every key reads them. */
export function createLeadHandles(secretKeys: readonly string[]): LeadHandles {
  const [first, ...others] = secretKeys.map((key) => derivedKey(key, 'nurture-engine/lead-handle/1'));
  if (first === undefined) throw new Error('Handles need a secret key');
  return {
    write: (leadId, siteKeyId) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, first, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(siteKeyId));
      const id = Buffer.concat([cipher.update(idBytes('lead', leadId)), cipher.final()]);
      return PREFIX + Buffer.concat([nonce, id, cipher.getAuthTag()]).toString('base64url');
    },
    read: (handle, siteKeyId) => {
      if (!handle.startsWith(PREFIX)) return null;
      const bytes = Buffer.from(handle.slice(PREFIX.length), 'base64url');
      if (bytes.length !== NONCE_BYTES + ID_BYTES + TAG_BYTES) return null;
      // Only the exact text that was written is accepted: Node ignores characters that are not base64url.
      if (PREFIX + bytes.toString('base64url') !== handle) return null;
      for (const key of [first, ...others]) {
        const id = decrypt(key, bytes, siteKeyId) ?? decrypt(key, bytes, OF_BEFORE);
        if (id !== null) return idAt('lead', id, 0);
      }
      return null;
    },
  };
}

/** Null when the bytes were not encrypted with this key, for this site key. */
function decrypt(key: KeyObject, bytes: Buffer, siteKeyId: string): Buffer | null {
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES)).setAAD(Buffer.from(siteKeyId));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return null;
  }
}
