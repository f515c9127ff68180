import { createHash } from 'node:crypto';

/** What is kept of a random secret (an API key, a session, a sign-in link): its SHA-256, as hex. Nothing guesses 256 random bits. */
export function hashOfSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
