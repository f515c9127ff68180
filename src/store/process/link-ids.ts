import type { Db, Tx } from '../db.ts';

/** Ids known to this process, by database and URL. Rows of links are never changed or deleted, so they stay true. */
const known = new WeakMap<Db, Map<string, number>>();
const KNOWN_KEPT = 10_000;

/** Stores URLs that templates link to. Only stored URLs are ever redirected to. Done when the templates are loaded. */
export async function storeLinks(db: Db, urls: Iterable<string>): Promise<void> {
  const data = [...new Set(urls)].toSorted().map((url) => ({ url }));
  if (data.length > 0) await db.link.createMany({ data, skipDuplicates: true });
}

/** The stored ids of URLs, in their order. In the transaction of the caller, which must not wait for a second connection. */
export async function linkIds(db: Db, tx: Tx, urls: readonly string[]): Promise<number[]> {
  const ids = idsOf(db);
  const missing = [...new Set(urls.filter((url) => !ids.has(url)))];
  if (missing.length === 0) return urls.map((url) => ids.get(url) ?? 0);
  const stored = await tx.$queryRaw<
    { id: number; url: string }[]
  >`SELECT id, url FROM links WHERE url = ANY(${missing})`;
  for (const { id, url } of stored) ids.set(url, id);
  const unstored = missing.filter((url) => !ids.has(url)).toSorted();
  // Not kept: this transaction may yet be rolled back.
  const fresh = new Map<string, number>();
  for (const url of unstored)
    fresh.set(url, (await tx.link.upsert({ where: { url }, create: { url }, update: {} })).id);
  return urls.map((url) => ids.get(url) ?? fresh.get(url) ?? 0);
}

/** Stores addresses with values of a lead in them; answers with the id of each. They are apart from those of fixed links. */
export async function storeLeadLinks(tx: Tx, leadId: string, urls: readonly string[]): Promise<Map<string, number>> {
  if (urls.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ id: number; url: string }[]>`
    INSERT INTO lead_links (lead_id, url) SELECT DISTINCT ${leadId}, url FROM unnest(${[...urls]}::text[]) u(url)
    RETURNING id, url`;
  return new Map(rows.map(({ id, url }) => [url, id]));
}

/** The same for many leads in one statement: by the id of the lead. Who has no address of their own is left out. */
export async function storeLinksOfLeads(
  tx: Tx,
  leads: ReadonlyMap<string, readonly string[]>,
): Promise<Map<string, Map<string, number>>> {
  const pairs = [...leads].flatMap(([leadId, urls]) => [...new Set(urls)].map((url) => [leadId, url] as const));
  const stored = new Map<string, Map<string, number>>();
  if (pairs.length === 0) return stored;
  const rows = await tx.$queryRaw<{ id: number; leadId: string; url: string }[]>`
    INSERT INTO lead_links (lead_id, url)
    SELECT * FROM unnest(${pairs.map(([leadId]) => leadId)}::text[], ${pairs.map(([, url]) => url)}::text[])
    RETURNING id, lead_id AS "leadId", url`;
  for (const { id, leadId, url } of rows) {
    const own = stored.get(leadId) ?? new Map<string, number>();
    stored.set(leadId, own.set(url, id));
  }
  return stored;
}

function idsOf(db: Db): Map<string, number> {
  let ids = known.get(db);
  if (ids === undefined || ids.size > KNOWN_KEPT) known.set(db, (ids = new Map()));
  return ids;
}
