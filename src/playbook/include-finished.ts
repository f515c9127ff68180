/** Steps that were appended to a cadence, for who had finished it: they go before the first one of these. */
import { nurtures, type Cadence } from '../domain/cadence.ts';
import { AppError } from '../domain/errors.ts';
import { appendedSteps } from '../steps/appended.ts';
import { finishedByRevision, type Resting } from '../store/bulk/finished.ts';
import { createRun } from '../store/bulk/runs.ts';
import type { Db, Tx } from '../store/db.ts';
import { parseRevision } from '../store/process/revisions.ts';
import type { Published } from '../store/rules/publish-revision.ts';

/** Who finished one revision of a cadence. */
export interface FinishedGroup {
  revisionId: string;
  revision: number;
  /** The step that they go before. */
  to: string;
  leads: number;
  /** Others who finished it: they are in another cadence, with sales or closed, have unsubscribed, or are sunset. */
  left: number;
}

interface Including {
  /** Only this cadence. */
  cadence?: string | undefined;
  rate: number;
  by: string;
}

/**
 * Begins a run for each cadence that has new steps for who finished it.
 * @throws AppError CADENCE_UNKNOWN; CONFLICT when they would go on at several places
 */
export async function includeFinished(
  tx: Tx,
  cadences: ReadonlyMap<string, string>,
  { input }: Published,
  { cadence: only, rate, by }: Including,
): Promise<string[]> {
  if (only !== undefined && !cadences.has(only))
    throw new AppError('CADENCE_UNKNOWN', `There is no cadence ‘${only}’; known: ${[...cadences.keys()].join(', ')}.`);
  const runs: string[] = [];
  for (const cadence of input.playbook.cadences) {
    const to = cadences.get(cadence.cadence);
    if (to === undefined || (only !== undefined && cadence.cadence !== only)) continue;
    const groups = (await finishedGroups(tx, cadence)).filter(({ leads }) => leads > 0);
    if (groups.length === 0) continue;
    const starts = Object.fromEntries(groups.map((group) => [group.revisionId, group.to]));
    const params = { cadence: cadence.cadence, to, starts, resting: restingOf(cadence) };
    const total = groups.reduce((sum, { leads }) => sum + leads, 0);
    runs.push(await createRun(tx, { kind: 'append', params, rate, total, by }));
  }
  return runs;
}

/**
 * Who has finished the cadence, and where they would go on; nobody where it has no new steps for them. A reminder is about something that
 * is over.
 * @throws AppError CONFLICT, see `includeFinished`
 */
export async function finishedGroups(db: Db | Tx, cadence: Cadence): Promise<FinishedGroup[]> {
  if (cadence.kind === 'reminder') return [];
  const groups: FinishedGroup[] = [];
  for (const { revisionId, leads, free } of await finishedByRevision(db, cadence.cadence, restingOf(cadence))) {
    const row = await db.cadenceRevision.findUniqueOrThrow({ where: { id: revisionId } });
    const { definition, number } = parseRevision(row);
    const [to, ...others] = appendedSteps(definition, cadence);
    if (to === undefined) continue;
    if (others.length > 0)
      throw new AppError(
        'CONFLICT',
        `Who finished revision ${number} of ‘${cadence.cadence}’ would go on at ${[to, ...others].map((id) => `‘${id}’`).join(' or ')}, by the way ` +
          'that they came. Let the ways meet before the first new step (`next: …`), or publish without --include-finished.',
      );
    groups.push({ revisionId, revision: number, to, leads: free, left: leads - free });
  }
  return groups;
}

function restingOf(cadence: Cadence): Resting {
  return nurtures(cadence) ? 'dormant' : 'customer';
}
