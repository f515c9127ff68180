/** The end of a canary: its revision is for everybody, or for nobody. */
import { AppError } from '../domain/errors.ts';
import type { Db } from '../store/db.ts';
import { cadencesInForce } from '../store/rules/canaries.ts';
import { type Publication, publishRevision, type Publisher } from '../store/rules/publish-revision.ts';
import { newestRevision, readRules } from '../store/rules/read-rules.ts';
import { moveLeads } from './follow.ts';

export interface CanaryEnd {
  /** Why it is halted; null: it is promoted. */
  haltedBecause: string | null;
  /** Only that of this cadence; without it all. */
  cadence?: string | undefined;
  /** Only if it is this cadence revision: another may have taken its place since the caller looked. */
  revisionId?: string | undefined;
  /** Leads on the way go to the revision in force, this many in a second; null: they stay. */
  migrateRate: number | null;
}

/** @throws AppError CONFLICT when no canary runs, PLAYBOOK_OUTDATED when somebody publishes meanwhile */
export async function endCanary(
  db: Db,
  { haltedBecause, cadence, revisionId, migrateRate }: CanaryEnd,
  publisher: Pick<Publisher, 'author' | 'note'>,
): Promise<Publication> {
  const base = await newestRevision(db);
  const rules = base === 0 ? null : await readRules(db, base);
  const running = [...(rules?.canaries.keys() ?? [])];
  const isMeant = (key: string): boolean =>
    (cadence === undefined || cadence === key) &&
    (revisionId === undefined || rules?.canaries.get(key)?.revisionId === revisionId);
  const ended = new Set(running.filter(isMeant));
  if (rules === null || ended.size === 0)
    throw new AppError(
      'CONFLICT',
      cadence === undefined || running.length === 0
        ? 'No canary runs: `publish --canary 5%` begins one.'
        : `No canary of ‘${cadence}’ runs; those that do: ${running.join(', ')}.`,
    );
  const ids = [...rules.cadences].map(([key, id]) =>
    haltedBecause !== null && ended.has(key) ? id : (rules.canaries.get(key)?.revisionId ?? id),
  );
  const cadences = await db.$transaction((tx) => cadencesInForce(tx, ids));
  const playbook = { ...rules.playbook, cadences: cadences.map((one) => one.cadence) };
  const names = [...ended].map((key) => `‘${key}’`).join(', ');
  return publishRevision(
    db,
    { playbook, templates: rules.templates, cadences },
    {
      note: haltedBecause === null ? `Canary of ${names} promoted` : `Canary of ${names} halted: ${haltedBecause}`,
      ...publisher,
      base,
      ended,
      ...(haltedBecause === null ? {} : { haltedBecause }),
      ...(migrateRate === null
        ? {}
        : {
            leadsFollow: 'migrate' as const,
            follow: async (tx, inForce) => {
              const runs: string[] = [];
              for (const key of ended)
                runs.push(
                  ...(await moveLeads(tx, inForce, {
                    kind: 'migrate',
                    cadence: key,
                    rate: migrateRate,
                    by: publisher.author,
                  })),
                );
              return runs;
            },
          }),
    },
  );
}
