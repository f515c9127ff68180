import type { Cadence } from '../../domain/cadence.ts';
import { AppError } from '../../domain/errors.ts';
import type { Db, Tx } from '../db.ts';
import type { CadenceRevision } from '../generated/client.ts';
import { parseCadence } from '../stored/cadence.ts';

/** A revision of a cadence, its definition read and brought up to today's shape. */
export interface ReadRevision extends Omit<CadenceRevision, 'definition'> {
  definition: Cadence;
}

/** Revisions known to this process, by database and id. Their rows are never changed, so they stay true. */
const known = new WeakMap<Db, Map<string, ReadRevision>>();
const KNOWN_KEPT = 1_000;

/**
 * A revision by its id, read once a process.
 * @throws AppError STORED_BY_NEWER: worth another try, which a worker of the newer version may take
 */
export async function readRevision(db: Db, tx: Tx, id: string): Promise<ReadRevision> {
  let revisions = known.get(db);
  if (revisions === undefined || revisions.size > KNOWN_KEPT) known.set(db, (revisions = new Map()));
  const revision = revisions.get(id) ?? parseRevision(await tx.cadenceRevision.findUniqueOrThrow({ where: { id } }));
  revisions.set(id, revision);
  return revision;
}

/**
 * The latest revision of a cadence that is no longer in the playbook: who is pinned to a revision that moves on to it still can. One that
 * was made for leads on the way counts as the one whose words it mends.
 * @throws AppError CADENCE_UNKNOWN
 */
export async function latestRevision(tx: Tx, cadence: string): Promise<ReadRevision> {
  const [latest] = await tx.$queryRaw<CadenceRevision[]>`
    SELECT id, cadence, number, hash, definition, templates, amends, created_at AS "createdAt" FROM cadence_revisions
    WHERE cadence = ${cadence} ORDER BY coalesce(amends, number) DESC, number DESC LIMIT 1`;
  if (latest === undefined) throw new AppError('CADENCE_UNKNOWN', `There is no cadence ‘${cadence}’, and never was.`);
  return parseRevision(latest);
}

/** @throws AppError STORED_BY_NEWER, PLAYBOOK_INVALID */
export function parseRevision(row: CadenceRevision): ReadRevision {
  return { ...row, definition: parseCadence(row.definition) };
}
