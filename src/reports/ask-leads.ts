/** Which leads a list is asked for beside fields of the lead, read from words as they stand in an address. */
import { AppError, type FieldError } from '../domain/errors.ts';
import { stated } from '../domain/stated.ts';
import { type LeadMatch, MAIL_RESULTS, RUN_RESULTS } from '../store/lists/lead-match.ts';
import type { LeadFilter } from '../store/lists/leads.ts';
import { BEGIN_WORDS, beginOfWords, DAY_MS, endOfWords } from './periods.ts';

/** The words, beside `cadence`, which alone is a field of the lead. */
export const LEAD_WORDS = [
  'step',
  'mail',
  'arm',
  'left',
  'to',
  'run',
  'campaign',
  'since',
  'until',
  'inStageSince',
  'overdue',
] as const;
export type LeadWords = Readonly<Partial<Record<(typeof LEAD_WORDS)[number] | 'cadence', string>>>;

const DAYS = /^([1-9]\d{0,4})d$/;

/** Absent: every lead fits. @throws AppError VALIDATION_FAILED, with every word that is wrong */
function readLeadMatch(words: LeadWords, { now, zone }: { now: Date; zone: string }): LeadMatch | undefined {
  const { cadence, step, arm, left, to, campaign, since, until, inStageSince, overdue } = words;
  const fields: FieldError[] = [];
  const mail = MAIL_RESULTS.find((one) => one === words.mail);
  if (words.mail !== undefined && mail === undefined)
    fields.push({ path: 'mail', message: `must be one of ${MAIL_RESULTS.join(', ')}` });
  if (step !== undefined && cadence === undefined)
    fields.push({ path: 'cadence', message: 'is needed with `step`: the key of the cadence that the step is of' });
  if (words.mail !== undefined && step === undefined)
    fields.push({ path: 'step', message: 'is needed with `mail`: the step whose message it is' });
  const run = RUN_RESULTS.find((one) => one === words.run);
  if (words.run !== undefined && run === undefined)
    fields.push({ path: 'run', message: `must be one of ${RUN_RESULTS.join(', ')}` });
  for (const path of ['run', 'left'] as const)
    if (words[path] !== undefined && cadence === undefined && step === undefined)
      fields.push({ path: 'cadence', message: `is needed with \`${path}\`: the key of the cadence` });
  for (const [path, what] of [
    ['arm', 'the split that the arm is of'],
    ['to', 'the step that they went on from'],
  ] as const)
    if (words[path] !== undefined && step === undefined)
      fields.push({ path: 'step', message: `is needed with \`${path}\`: ${what}` });
  const cameSince = since === undefined ? undefined : beginOfWords(since, now, zone);
  if (cameSince === null) fields.push({ path: 'since', message: BEGIN_WORDS });
  const cameBefore = until === undefined ? undefined : endOfWords(until, zone);
  if (cameBefore === null)
    fields.push({ path: 'until', message: 'must be a day such as 2026-03-31: the last one of the period' });
  const stageSince = inStageSince === undefined ? undefined : longSince(inStageSince, now, zone);
  if (stageSince === null)
    fields.push({
      path: 'inStageSince',
      message: 'must be a day such as 2026-01-31, or for how many days at least, such as 30d',
    });
  if (overdue !== undefined && overdue !== 'true' && overdue !== 'false')
    fields.push({ path: 'overdue', message: 'must be true or false' });
  if (fields.length > 0)
    throw new AppError('VALIDATION_FAILED', fields.map(({ path, message }) => `${path} ${message}`).join('; '), {
      fields,
    });
  const match: LeadMatch = {
    ...(cadence !== undefined &&
      (step === undefined
        ? left !== undefined
        : to === undefined || mail !== undefined || arm !== undefined || left !== undefined) && {
        at: { cadence, step: step ?? null, ...stated({ mail, arm, left }) },
      }),
    ...(cadence !== undefined && step !== undefined && to !== undefined && { way: { cadence, from: step, to } }),
    ...(cadence !== undefined && run !== undefined && { run: { cadence, was: run } }),
    ...(campaign !== undefined && { campaign }),
    ...(cameSince && { cameSince }),
    ...(cameBefore && { cameBefore }),
    ...(stageSince && { inStageSince: stageSince }),
    ...(overdue !== undefined && { overdue: overdue === 'true' }),
  };
  return Object.keys(match).length === 0 ? undefined : match;
}

/** The whole filter of a list: fields of the lead and the words. The cadence is a field only where nothing else of it is asked for. */
export function leadFilterOf(
  fields: Omit<LeadFilter, 'match'>,
  words: { [W in keyof LeadWords]?: string | undefined },
  at: { now: Date; zone: string },
): LeadFilter {
  const given = Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined));
  const match = readLeadMatch(given, at);
  if (match === undefined) return fields;
  const { cadence, ...others } = fields;
  return { ...others, ...(isOfCadence(match) || cadence === undefined ? {} : { cadence }), match };
}

function isOfCadence({ at, run, way }: LeadMatch): boolean {
  return at !== undefined || run !== undefined || way !== undefined;
}

/** The end of a day, or so many days ago to the minute: who is somewhere for 30 days came there then or before. */
function longSince(words: string, now: Date, zone: string): Date | null {
  const days = DAYS.exec(words)?.[1];
  return days === undefined ? endOfWords(words, zone) : new Date(now.getTime() - Number(days) * DAY_MS);
}
