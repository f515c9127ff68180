import type pg from 'pg';

const KEPT = 20_000;

/** From here on an id is that of a link with values of a lead in it. */
const FIRST_OF_LEADS = 2 ** 30;
const TEMPLATES = { name: 'find_link', text: 'SELECT url FROM links WHERE id = $1::bigint' };
const LEADS = { name: 'find_lead_link', text: 'SELECT url FROM lead_links WHERE id = $1::bigint' };

/** Answers where a link leads; null when no such link is stored. */
export type FindLink = (linkId: number) => Promise<string | null>;

/** Stored links are never changed or deleted. So a link that was read once is served from memory, without the database. */
export function createLinks(pool: pg.Pool): FindLink {
  const known = new Map<number, string>();
  return async (linkId) => {
    const url = known.get(linkId);
    if (url !== undefined) return url;
    const isLeads = linkId >= FIRST_OF_LEADS;
    const { rows } = await pool.query<{ url: string }>({
      ...(isLeads ? LEADS : TEMPLATES),
      values: [linkId],
    });
    const [found] = rows;
    if (found === undefined) return null;
    // A lead's goes with the lead.
    if (isLeads) return found.url;
    if (known.size >= KEPT) known.clear();
    known.set(linkId, found.url);
    return found.url;
  };
}
