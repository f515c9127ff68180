import type { Db, Tx } from '../db.ts';

/** Template sources pinned by hash, by database. Their rows are never changed, so they stay true. */
const sources = new WeakMap<Db, Map<string, unknown>>();
const SOURCES_KEPT = 500;

/** The template of a revision, read and checked once a process; null when it is not stored. */
export async function templateByHash<T>(
  db: Db,
  tx: Tx,
  hash: string,
  parse: (stored: unknown) => T,
): Promise<T | null> {
  let known = sources.get(db);
  if (known === undefined || known.size > SOURCES_KEPT) sources.set(db, (known = new Map<string, unknown>()));
  if (known.has(hash)) return known.get(hash) as T;
  const row = await tx.templateRevision.findUnique({ where: { hash } });
  if (row === null) return null;
  const source = parse(row.source);
  known.set(hash, source);
  return source;
}
