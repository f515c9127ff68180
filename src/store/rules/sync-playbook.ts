/** At start: what the playbook's files say becomes rows. Files that have not changed change nothing. */
import type { Cadence } from '../../domain/cadence.ts';
import { newId } from '../../domain/ids.ts';
import type { Playbook } from '../../domain/playbook.ts';
import { transact, type Db, type Tx } from '../db.ts';
import type { Prisma } from '../generated/client.ts';

/** "playbook" as a lock: processes that start together sync one after the other. */
const SYNC_LOCK = 0x706c6179;

/** A template as it is now, with everything it is made of. */
export interface TemplateToSync {
  key: string;
  /** Of the content: the same hash is the same template. */
  hash: string;
  /** Plain JSON. */
  source: Prisma.InputJsonObject;
}

/** A cadence with the hash of its definition and its templates, and the templates it uses (key to hash). */
export interface CadenceToSync {
  cadence: Cadence;
  hash: string;
  templates: Readonly<Record<string, string>>;
}

export interface SyncedRevision {
  revisionId: string;
  number: number;
  /** True when this call made it. */
  isNew: boolean;
}

/** Writes reps, template revisions and cadence revisions. Returns the current revision of each cadence by its key. */
export async function syncPlaybook(
  db: Db,
  input: { playbook: Playbook; templates: readonly TemplateToSync[]; cadences: readonly CadenceToSync[] },
): Promise<Map<string, SyncedRevision>> {
  return transact(db, async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${SYNC_LOCK}::bigint)`;
    await syncReps(tx, input.playbook);
    await tx.templateRevision.createMany({ data: [...input.templates], skipDuplicates: true });
    const current = new Map<string, SyncedRevision>();
    for (const entry of input.cadences) current.set(entry.cadence.cadence, await syncCadence(tx, entry));
    return current;
  });
}

/** A rep keeps its id and its turn; one that is gone from the file is no longer offered leads, and keeps those it has. */
async function syncReps(tx: Tx, { routing }: Playbook): Promise<void> {
  for (const rep of routing.reps) {
    const data = {
      name: rep.name,
      email: rep.email,
      timeZone: rep.timeZone ?? null,
      manager: rep.manager,
      active: rep.active,
      teams: routing.teams.filter(({ reps }) => reps.includes(rep.rep)).map(({ team }) => team),
    };
    await tx.rep.upsert({ where: { key: rep.rep }, create: { id: newId('rep'), key: rep.rep, ...data }, update: data });
  }
  await tx.rep.updateMany({
    where: { key: { notIn: routing.reps.map(({ rep }) => rep) }, active: true },
    data: { active: false },
  });
}

/**
 * The revision with this content, made if it is new. A file that goes back to an earlier content goes back to that
 * revision.
 */
async function syncCadence(tx: Tx, { cadence, hash, templates }: CadenceToSync): Promise<SyncedRevision> {
  const key = cadence.cadence;
  const known = await tx.cadenceRevision.findUnique({
    where: { cadence_hash: { cadence: key, hash } },
    select: { id: true, number: true },
  });
  if (known !== null) return { revisionId: known.id, number: known.number, isNew: false };
  const { _max: latest } = await tx.cadenceRevision.aggregate({ where: { cadence: key }, _max: { number: true } });
  const made = await tx.cadenceRevision.create({
    data: {
      id: newId('revision'),
      cadence: key,
      number: (latest.number ?? 0) + 1,
      hash,
      definition: cadence as unknown as Prisma.InputJsonObject,
      templates: { ...templates },
    },
    select: { id: true, number: true },
  });
  return { revisionId: made.id, number: made.number, isNew: true };
}
