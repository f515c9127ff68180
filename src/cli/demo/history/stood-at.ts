/** Where leads of the past stood when they left their cadence: as the engine keeps it, at the wait before a step that was not performed. */
import { READERS_CADENCE, type PastRun } from './cadence-runs.ts';
import { REACTED_AFTER } from './write-words.ts';

/** The step of the cadence at which a run stood before each mail: the wait whose time it spent there. */
const WAITED_AT: Readonly<Record<string, string>> = {
  'past-nurture: case-study': 'four-days',
  'past-nurture: offer': 'a-week',
  'ebook-resources: checklist': 'wait-at-start',
  'ebook-resources: case-study': 'checklist-clicked',
  'ebook-resources: consultation': 'wait-after-case-study',
  'ebook-resources: last-word': 'pause',
};

/** How long the cadence for readers lets a click sink in, in days. */
const SINKS_IN = 1;

export function stoodAt({ cadence, mails, pause }: PastRun, { step, afterDays }: NonNullable<PastRun['left']>): string {
  if (mails.some((mail) => mail.step === step)) return step;
  const usual = WAITED_AT[`${cadence}: ${step}`] ?? step;
  if (cadence !== READERS_CADENCE) return usual;
  if (step === 'last-word') return pause === null ? usual : `wait-in-${pause.arm}-of-pause`;
  const checklist = mails.find((mail) => mail.step === 'checklist');
  if (step !== 'case-study' || checklist?.clicked !== 'person') return usual;
  const cameAt = checklist.afterDays + REACTED_AFTER;
  if (afterDays <= cameAt) return usual;
  return afterDays <= cameAt + SINKS_IN ? 'let-it-sink-in' : step;
}
