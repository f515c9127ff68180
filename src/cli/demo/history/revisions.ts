/** The revisions of cadences that past leads went through. */
import type { Db } from '../../../store/db.ts';
import type { Prisma } from '../../../store/generated/client.ts';
import { storedCadence } from '../../../store/stored/cadence.ts';
import { PAST_CADENCE, READERS_CADENCE, WORDS } from './cadence-runs.ts';
import type { Revisions } from './write-run.ts';

/** Readers get the cadence of the playbook as it is published, where it has one. */
export async function revisionsOf(db: Db): Promise<Revisions> {
  const readers = await db.cadenceRevision.findFirst({
    where: { cadence: READERS_CADENCE },
    orderBy: { number: 'desc' },
    select: { id: true, templates: true },
  });
  return { [PAST_CADENCE]: await ensureRevision(db, readers?.templates ?? {}), [READERS_CADENCE]: readers?.id ?? null };
}

/** @param readers Templates of the readers' cadence: whoever is still in the past one gets their words in its next mails. */
async function ensureRevision(db: Db, readers: Prisma.JsonValue): Promise<string> {
  const known = readers as Record<string, string | undefined>;
  const templates = {
    welcome: known['ebook-checklist'],
    'case-study': known['ebook-case-study'],
    offer: known['ebook-consultation-offer'],
  };
  const id = 'past-nurture-1';
  const wait = (stepId: string, amount: number) => ({
    id: stepId,
    kind: 'wait',
    for: { amount, unit: 'days' as const },
  });
  const definition = storedCadence({
    cadence: PAST_CADENCE,
    name: 'Nurture of the last two years',
    purpose: 'nurture',
    priority: 0,
    reentry: 'never',
    whenDone: 'dormant',
    steps: [
      {
        id: WORDS,
        kind: 'split',
        arms: ['a', 'b'].map((arm) => ({ arm, weight: 45, go: 'welcome' })),
        holdout: 0.1,
      },
      { id: 'welcome', kind: 'email', template: 'welcome' },
      wait('four-days', 4),
      { id: 'case-study', kind: 'email', template: 'case-study' },
      wait('a-week', 7),
      { id: 'offer', kind: 'email', template: 'offer' },
    ],
  });
  await db.$executeRaw`INSERT INTO cadence_revisions (id, cadence, number, hash, definition, templates)
    VALUES (${id}, ${PAST_CADENCE}, 1, 'history', ${JSON.stringify(definition)}::jsonb, ${JSON.stringify(templates)}::jsonb)
    ON CONFLICT DO NOTHING`;
  return id;
}
