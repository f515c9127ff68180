/** Rows of steps in the order of their cadence. */
import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { planned } from '../store/planned.ts';

interface OfStep {
  cadence: string;
  revision: number;
  stepId: string;
}

/** The revisions of a cadence stay as they are. A step that its revision does not have comes last. */
export async function inStepOrder<R extends OfStep>(tx: Tx, rows: readonly R[]): Promise<R[]> {
  const cadences = [...new Set(rows.map(({ cadence }) => cadence))];
  const steps = await planned<{ key: string; place: number }>(
    tx,
    Prisma.sql`SELECT concat(cr.cadence, '|', cr.number, '|', one.step->>'id') AS key, one.place::int AS place
      FROM cadence_revisions cr CROSS JOIN LATERAL jsonb_array_elements(cr.definition->'steps') WITH ORDINALITY one (step, place)
      WHERE cr.cadence = ANY(${cadences}::text[])`,
  );
  const places = new Map(steps.map(({ key, place }) => [key, place]));
  const placeOf = ({ cadence, revision, stepId }: OfStep): number =>
    places.get(`${cadence}|${revision}|${stepId}`) ?? Number.MAX_SAFE_INTEGER;
  // Of a cadence and revision they come together: the sort is stable.
  const revisions = [...new Set(rows.map(({ cadence, revision }) => `${cadence}|${revision}`))];
  const groups = new Map(revisions.map((key, i) => [key, i]));
  const groupOf = ({ cadence, revision }: OfStep): number => groups.get(`${cadence}|${revision}`) ?? 0;
  return rows.toSorted((a, b) => groupOf(a) - groupOf(b) || placeOf(a) - placeOf(b));
}
