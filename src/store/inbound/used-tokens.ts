/** Tokens that a mail provider signs alone: whoever saw one could send with it what they like. */
import { createHash } from 'node:crypto';
import type { Db } from '../db.ts';

/** Longer than a signature is believed, before and after its own time. */
const KEPT = '3 days';

/**
 * Whether the token came with this content, now for the first time or again: what could not be recorded is told once more. With other
 * content somebody else sends it.
 */
export async function isItsToken(
  db: Db,
  { provider, token, content }: { provider: string; token: string; content: string },
): Promise<boolean> {
  const hash = (...parts: string[]): string => createHash('sha256').update(parts.join('\n')).digest('hex');
  const of = hash(content);
  const rows = await db.$queryRaw<{ content: string }[]>`
    INSERT INTO inbound_tokens (token, content) VALUES (${hash(provider, token)}, ${of})
    ON CONFLICT (token) DO UPDATE SET content = inbound_tokens.content RETURNING content`;
  return rows[0]?.content === of;
}

export async function sweepUsedTokens(db: Db): Promise<number> {
  return db.$executeRaw`DELETE FROM inbound_tokens WHERE used_at < now() - ${KEPT}::interval`;
}
