import { createHash } from 'node:crypto';

/** The id of a signed message: the same for each attempt of the intent. A hash, as the key names the lead. */
export function messageId(intentKey: string): string {
  return `msg_${createHash('sha256').update(intentKey).digest('hex').slice(0, 32)}`;
}
