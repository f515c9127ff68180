import { z } from 'zod';
import type { Cadence } from '../domain/cadence.ts';
import { LEADS_OWN } from '../domain/playbook.ts';
import { kindOf } from '../steps/kinds.ts';
import { checkGraph, checkTargets } from './cadence-graph.ts';
import { readSteps } from './cadence-steps.ts';
import { answer } from '../language/answer-schema.ts';
import { condition } from '../language/condition-schema.ts';
import { checkAnswers } from './answer-check.ts';
import { checkConditionNames } from './condition-names.ts';
import { checkKnown, type KnownNames } from './context.ts';
import type { ValuePath } from '../language/problems.ts';
import { key, mapping, readBy, sendWindow, span, spanOrNone, words } from '../language/schemas.ts';
import type { YamlFile } from '../language/yaml-file.ts';

const EXPECTED_DONE = 'expected "dormant" or { move: <cadence> }';

const whenDone = readBy<Cadence['whenDone']>((value, report) => {
  if (value === 'dormant') return value;
  const move: unknown = typeof value === 'object' && value !== null && 'move' in value ? value.move : undefined;
  return typeof move === 'string' ? { move } : (report([], EXPECTED_DONE) ?? undefined);
});

/** playbook/cadences/<key>.yaml, but for its steps. */
const head = mapping({
  name: words,
  description: words.optional(),
  purpose: z.enum(['nurture', 'customer']).default('nurture'),
  enroll: mapping({ when: condition('lead') }).optional(),
  answer: answer.optional(),
  priority: z.int().default(0),
  reentry: z.enum(['always', 'never']).default('never'),
  window: sendWindow.optional(),
  calendar: key.optional(),
  spread: spanOrNone.optional(),
  staleAfter: span.optional(),
  whenStale: z.enum(['skip', 'send']).optional(),
  campaign: words.optional(),
  exit: mapping({ when: condition('lead'), reason: words }).optional(),
  whenDone: whenDone.default('dormant'),
  // Read step by step, see readSteps.
  steps: z.unknown().optional(),
});

/** A cadence and where in its file it names others. */
export interface CadenceFile {
  file: YamlFile;
  cadence: Cadence;
  leadsTo: { path: ValuePath; cadence: string }[];
}

/** Reads one cadence; null when it has mistakes, which are reported. */
export function readCadence(file: YamlFile, name: string, known: KnownNames): CadenceFile | null {
  const read = file.parse(head);
  checkConditionNames(file, known);
  const { steps, ids } = readSteps(file, known);
  const sound = checkTargets(file, steps, ids);
  const whole = steps.filter((one) => one !== null);
  if (sound && whole.length === steps.length) checkGraph(file, whole);

  const leadsTo: CadenceFile['leadsTo'] = whole.flatMap(({ path, step }) =>
    (kindOf(step).language.cadences?.(step) ?? []).map(({ at, cadence }) => ({ path: [...path, ...at], cadence })),
  );
  if (read && read.whenDone !== 'dormant') leadsTo.push({ path: ['whenDone', 'move'], cadence: read.whenDone.move });
  for (const { path, cadence } of leadsTo) checkKnown(file, path, 'cadence', cadence, known.cadences);
  checkAnswers(file, read?.answer, known);
  if (read?.answer !== undefined && read.enroll === undefined)
    file.report(['answer'], 'an answer needs "enroll", whose condition says which requests it answers', 'key');
  if (read?.calendar !== LEADS_OWN) checkKnown(file, ['calendar'], 'calendar', read?.calendar, known.calendars);
  checkKnown(file, ['campaign'], 'campaign', read?.campaign, known.campaigns);
  if (!read || whole.length === 0) return null;

  const { enroll, window, calendar, spread, staleAfter, whenStale, campaign, exit, description } = read;
  const cadence: Cadence = {
    cadence: name,
    name: read.name,
    ...(description !== undefined && { description }),
    purpose: read.purpose,
    ...(enroll && { enroll }),
    ...(read.answer && { answer: read.answer }),
    priority: read.priority,
    reentry: read.reentry,
    ...(window && { window }),
    ...(calendar !== undefined && { calendar }),
    ...(spread && { spread }),
    ...(staleAfter && { staleAfter }),
    ...(whenStale && { whenStale }),
    ...(campaign !== undefined && { campaign }),
    ...(exit && { exit }),
    whenDone: read.whenDone,
    steps: whole.map((one) => one.step),
  };
  return { file, cadence, leadsTo };
}

/** A lead in the pool is not moved into a cadence for customers, nor the other way round. */
export function checkPurposes(read: readonly CadenceFile[]): void {
  for (const { file, cadence, leadsTo } of read) {
    for (const { path, cadence: name } of leadsTo) {
      const other = read.find((one) => one.cadence.cadence === name)?.cadence;
      if (!other || other.purpose === cadence.purpose) continue;
      file.report(
        path,
        `"${name}" has the purpose ${other.purpose}, but this cadence has the purpose ${cadence.purpose}; name a cadence with the same purpose`,
      );
    }
  }
}
