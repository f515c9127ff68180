import type pg from 'pg';

const KEPT = 20_000;

/** Answers where a link leads; null when no such link is stored. */
export type FindLink = (linkId: number) => Promise<string | null>;

/** Stored links are never changed or deleted. So a link that was read once is served from memory, without the database. */
export function createLinks(pool: pg.Pool): FindLink {
  const known = new Map<number, string>();
  return async (linkId) => {
    const url = known.get(linkId);
    if (url !== undefined) return url;
    const { rows } = await pool.query<{ url: string }>({
      name: 'find_link',
      text: 'SELECT url FROM links WHERE id = $1::bigint',
      values: [linkId],
    });
    const [found] = rows;
    if (found === undefined) return null;
    if (known.size >= KEPT) known.clear();
    known.set(linkId, found.url);
    return found.url;
  };
}
