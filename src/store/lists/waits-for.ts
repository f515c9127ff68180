import { cadenceOfScope, cadenceScope, SENDING } from '../../domain/pauses.ts';
import type { Db } from '../db.ts';
import { withNames } from './names.ts';

/** What keeps a lead waiting along with others. `ref`: the scope of a pause, or the id of a bulk run. */
export interface Wait {
  what: string;
  since: Date;
  ref: string;
}

interface Waiting {
  id: string;
  nextDueAt: Date | null;
  answerDueAt: Date | null;
  enrollments: readonly { cadence: string }[];
  beside: readonly { cadence: string; status: string }[];
}

/**
 * Pauses of the cadences that the lead is in and of all sending, and the runs after such a pause that stopped by themselves before they
 * came to the lead: nobody rings it until they are resumed. The oldest first.
 */
export async function waitsFor(db: Db, lead: Waiting): Promise<Wait[]> {
  const cadences = [
    ...lead.enrollments.map(({ cadence }) => cadence),
    ...lead.beside.filter(({ status }) => status === 'active').map(({ cadence }) => cadence),
  ];
  if (cadences.length === 0 && lead.answerDueAt === null) return [];
  const scopes = [SENDING, ...cadences.map(cadenceScope)];
  const [pauses, runs] = await Promise.all([
    db.$queryRaw<{ scope: string; since: Date; by: string; reason: string | null }[]>`
      SELECT scope, since, by, reason FROM pauses WHERE scope = ANY(${scopes})`,
    lead.nextDueAt === null || lead.answerDueAt !== null ? stoppedRuns(db, lead.id, cadences) : [],
  ]);
  const waits = [
    ...pauses.map(({ scope, since, by, reason }) => ({ ref: scope, since, what: pauseInWords(scope, by, reason) })),
    ...runs.map(({ id, since, error }) => ({
      ref: id,
      since,
      what: `The run ${id}, which lets leads go on after a pause, stopped before it came to this lead: ${error}`,
    })),
  ].toSorted((a, b) => a.since.getTime() - b.since.getTime());
  const named = await withNames(
    db,
    waits.map(({ what }) => what),
  );
  return waits.map((wait, n) => ({ ...wait, what: named[n] ?? wait.what }));
}

/** Runs after a pause that a lead of these cadences still waits for. */
async function stoppedRuns(
  db: Db,
  leadId: string,
  cadences: readonly string[],
): Promise<{ id: string; since: Date; error: string }[]> {
  return db.$queryRaw`
    SELECT id, worked_at AS since, error FROM bulk_runs
    WHERE kind = 'resume' AND status = 'paused' AND error IS NOT NULL AND coalesce(after, '') < ${leadId}
      AND (params->>'cadence' IS NULL OR params->>'cadence' = ANY(${[...cadences]}))`;
}

function pauseInWords(scope: string, by: string, reason: string | null): string {
  const cadence = cadenceOfScope(scope);
  const what = cadence === null ? 'All sending to leads' : `The cadence ‘${cadence}’`;
  return `${what} is paused by ${by}${reason === null ? '' : `: ${reason}`}`;
}
