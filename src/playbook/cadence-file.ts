import { z } from 'zod';
import type { Cadence } from '../domain/cadence.ts';
import { stated } from '../domain/stated.ts';
import { PAUSE_CAUSES } from '../domain/pause-on.ts';
import { LEADS_OWN } from '../domain/playbook.ts';
import { NO_HOLIDAYS, opensEver } from '../domain/schedule.ts';
import { kindOf } from '../steps/kinds.ts';
import { checkGraph, checkTargets } from './cadence-graph.ts';
import { readSteps } from './cadence-steps.ts';
import { answer } from '../language/answer-schema.ts';
import { condition } from '../language/condition-schema.ts';
import { checkAnswers } from './answer-check.ts';
import { checkConditionNames } from './condition-names.ts';
import { checkKnown, type KnownNames } from './context.ts';
import { warnOfEndsAtOnce } from './ends-at-once.ts';
import { warnOfLongWaits } from './long-waits.ts';
import type { ValuePath } from '../language/problems.ts';
import { key, mapping, readBy, sendWindow, span, spanOrNone, words, WRITTEN_AS } from '../language/schemas.ts';
import type { YamlFile } from '../language/yaml-file.ts';

const EXPECTED_DONE = 'expected "dormant" or { move: <cadence> }';

const whenDone = readBy<Cadence['whenDone']>((value, report) => {
  if (value === 'dormant') return value;
  const move: unknown = typeof value === 'object' && value !== null && 'move' in value ? value.move : undefined;
  return typeof move === 'string' ? { move } : (report([], EXPECTED_DONE) ?? undefined);
}).meta({ [WRITTEN_AS]: [z.literal('dormant'), mapping({ move: key })], description: 'What follows the last step' });

const EXPECTED_REENTRY = 'expected "always", "never" or { after: <duration> }';

const reentry = z.union([z.enum(['always', 'never']), mapping({ after: span })], { error: EXPECTED_REENTRY });

const trigger = mapping({ event: words, when: condition('event').optional() });
const enrollWhen = mapping({ when: condition('lead') });

/** playbook/cadences/<key>.yaml, but for its steps. */
export const cadenceSchema = mapping({
  name: words,
  description: words.optional(),
  purpose: z.enum(['nurture', 'customer']).default('nurture'),
  // By a condition, or by an event: see readEnroll.
  enroll: z
    .unknown()
    .meta({ [WRITTEN_AS]: [enrollWhen, trigger] })
    .optional(),
  answer: answer.optional(),
  kind: z.literal('reminder').optional(),
  key: z
    .string()
    .regex(/^event\.[^.\s]+$/, 'expected a property of the event such as "event.webinar"')
    .transform((written) => written.slice('event.'.length))
    .optional(),
  cancel: trigger.optional(),
  priority: z.int().default(0),
  preempt: z.enum(['suspend', 'end']).optional(),
  reentry: reentry.default('never'),
  window: sendWindow.optional(),
  calendar: key.optional(),
  spread: spanOrNone.optional(),
  staleAfter: span.optional(),
  whenStale: z.enum(['skip', 'send']).optional(),
  campaign: words.optional(),
  pauseOn: z.array(z.enum(PAUSE_CAUSES), { error: `expected a list of ${PAUSE_CAUSES.join(', ')}` }).optional(),
  goal: mapping({ when: condition('lead'), name: words }).optional(),
  exit: mapping({ when: condition('lead'), reason: words }).optional(),
  whenDone: whenDone.default('dormant'),
  // Read step by step, see readSteps.
  steps: z.unknown().optional(),
});

/** A cadence and where in its file it names others: in a step, or (null) by `whenDone`. */
export interface CadenceFile {
  file: YamlFile;
  cadence: Cadence;
  leadsTo: { path: ValuePath; cadence: string; stepId: string | null }[];
}

/** Reads one cadence; null when it has mistakes, which are reported. */
export function readCadence(file: YamlFile, name: string, known: KnownNames): CadenceFile | null {
  const read = file.parse(cadenceSchema);
  checkConditionNames(file, known);
  const { steps, ids } = readSteps(file, known);
  const sound = checkTargets(file, steps, ids);
  const whole = steps.filter((one) => one !== null);
  if (sound && whole.length === steps.length) checkGraph(file, whole);

  const leadsTo: CadenceFile['leadsTo'] = whole.flatMap(({ path, step }) =>
    (kindOf(step).language.cadences?.(step) ?? []).map(({ at, cadence }) => ({
      path: [...path, ...at],
      cadence,
      stepId: step.id,
    })),
  );
  if (read && read.whenDone !== 'dormant')
    leadsTo.push({ path: ['whenDone', 'move'], cadence: read.whenDone.move, stepId: null });
  for (const { path, cadence } of leadsTo) checkKnown(file, path, 'cadence', cadence, known.cadences);
  const entry = readEnroll(file);
  if (read) checkReminder(file, { ...read, ...entry }, known);
  checkAnswers(file, read?.answer, known);
  if (read?.answer !== undefined && file.at(['enroll', 'when']) === undefined)
    file.report(['answer'], 'an answer needs "enroll", whose condition says which requests it answers', 'key');
  if (read?.calendar !== LEADS_OWN) checkKnown(file, ['calendar'], 'calendar', read?.calendar, known.calendars);
  if (read?.window && !opensEver({ window: read.window, quietHours: known.quietHours, isHoliday: NO_HOLIDAYS }))
    file.report(
      ['window'],
      'the quiet hours of settings.yaml leave no time in this window; make the window longer, or the quiet hours shorter',
    );
  checkKnown(file, ['campaign'], 'campaign', read?.campaign, known.campaigns);
  warnOfNoName(file, read?.campaign, known);
  if (!read || whole.length === 0) return null;
  warnOfEndsAtOnce(file, stated({ ...entry, exit: read.exit, goal: read.goal }), known.segmentConditions);
  warnOfLongWaits(
    file,
    whole,
    { purpose: read.purpose, ...stated({ kind: read.kind, enroll: entry.enroll, exit: read.exit, goal: read.goal }) },
    { sunset: known.sunset, segments: known.segmentConditions },
  );

  const { window, calendar, spread, staleAfter, whenStale, campaign, exit, description } = read;
  const cadence: Cadence = {
    cadence: name,
    name: read.name,
    ...(description !== undefined && { description }),
    purpose: read.purpose,
    ...stated(entry),
    ...(read.answer && { answer: read.answer }),
    ...stated({ kind: read.kind, key: read.key }),
    ...(read.cancel && { cancel: stated(read.cancel) }),
    priority: read.priority,
    ...stated({ preempt: read.preempt }),
    reentry: read.reentry,
    ...(window && { window }),
    ...(calendar !== undefined && { calendar }),
    ...(spread && { spread }),
    ...(staleAfter && { staleAfter }),
    ...(whenStale && { whenStale }),
    ...(campaign !== undefined && { campaign }),
    ...(read.pauseOn && { pauseOn: read.pauseOn }),
    ...(read.goal && { goal: read.goal }),
    ...(exit && { exit }),
    whenDone: read.whenDone,
    steps: whole.map((one) => one.step),
  };
  return { file, cadence, leadsTo };
}

/** Its mails could say what they are about, and have only a key. */
function warnOfNoName(file: YamlFile, campaign: string | undefined, { unnamedCampaigns }: KnownNames): void {
  if (campaign === undefined || unnamedCampaigns?.has(campaign) !== true) return;
  file.warn(
    ['campaign'],
    `"${campaign}" is a key and no name for people, so mails leave out what the campaign is called; give it a "name" in campaigns.yaml`,
  );
}

/** What begins it: a condition, or (of a reminder) an event. */
function readEnroll(file: YamlFile): Pick<Cadence, 'enroll' | 'on'> {
  if (file.at(['enroll']) === undefined) return {};
  if (file.at(['enroll', 'event']) === undefined) {
    const enroll = file.parse(enrollWhen, ['enroll']);
    return enroll === null ? {} : { enroll };
  }
  const on = file.parse(trigger, ['enroll']);
  return on === null ? {} : { on: stated(on) };
}

/** Events begin and end reminders alone: whether a lead leaves its cadence is never decided by one event. */
function checkReminder(
  file: YamlFile,
  {
    kind,
    key: keyed,
    on,
    cancel,
    preempt,
  }: Pick<z.output<typeof cadenceSchema>, 'kind' | 'key' | 'cancel' | 'preempt'> & Pick<Cadence, 'on'>,
  known: KnownNames,
): void {
  checkKnown(file, ['enroll', 'event'], 'event', on?.event, known.events);
  checkKnown(file, ['cancel', 'event'], 'event', cancel?.event, known.events);
  const only = (path: ValuePath, what: string): void =>
    file.report(path, `${what} is for reminders; write "kind: reminder" or remove it`, 'key');
  if (kind === 'reminder') {
    if (keyed !== undefined && on === undefined)
      file.report(['key'], 'a key needs an event that begins it: "enroll: { event: … }"');
    if (preempt !== undefined)
      file.report(['preempt'], 'a reminder runs beside other cadences and preempts none; remove "preempt"', 'key');
    return;
  }
  if (on !== undefined) only(['enroll', 'event'], 'an event that enrolls');
  if (keyed !== undefined) only(['key'], '"key"');
  if (cancel !== undefined) only(['cancel'], '"cancel"');
}

/** A lead in the pool is not moved into a cadence for customers, nor the other way round. */
export function checkPurposes(read: readonly CadenceFile[]): void {
  for (const { file, cadence, leadsTo } of read) {
    for (const { path, cadence: name } of leadsTo) {
      const other = read.find((one) => one.cadence.cadence === name)?.cadence;
      if (!other) continue;
      if ((other.kind === 'reminder') !== (cadence.kind === 'reminder'))
        file.report(
          path,
          `"${name}" is ${other.kind === 'reminder' ? 'a' : 'no'} reminder, and this cadence is ${cadence.kind === 'reminder' ? 'one' : 'none'}; name another`,
        );
      if (other.purpose === cadence.purpose) continue;
      file.report(
        path,
        `"${name}" has the purpose ${other.purpose}, but this cadence has the purpose ${cadence.purpose}; name a cadence with the same purpose`,
      );
    }
  }
}
