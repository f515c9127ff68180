/** What a request for a broadcast says, held against the rules in force. */
import type { z } from 'zod';
import type { Audience, BroadcastSchedule, BroadcastVariant } from '../domain/broadcast.ts';
import { isPast } from '../domain/broadcast-times.ts';
import type { BroadcastTrial } from '../domain/broadcast-trial.ts';
import { audienceFor } from '../domain/audience.ts';
import type { Condition } from '../domain/condition.ts';
import { hintFor } from '../domain/did-you-mean.ts';
import { segmentConditions } from '../domain/segment.ts';
import { parseSpan, spanToMs } from '../domain/span.ts';
import type { TemplateSource } from '../domain/template.ts';
import { liquidProblem, textLiquid } from '../email/liquid.ts';
import type { PublishedRules } from '../store/rules/in-force.ts';
import { Trial } from './schemas/broadcast.ts';
import { invalid } from './validate.ts';

/** The template as it is published now. @throws AppError VALIDATION_FAILED */
function publishedTemplate({ templates }: PublishedRules, template: string, path: string): TemplateSource {
  const source = templates.get(template);
  const mailed = [...templates.values()].filter(({ kind }) => kind !== 'transactional').map(({ key }) => key);
  if (source === undefined) throw invalid('body', [{ path, message: `is not published${hintFor(template, mailed)}` }]);
  if (source.kind === 'transactional')
    throw invalid('body', [{ path, message: 'is for mails to reps: a broadcast needs one for leads' }]);
  return source;
}

interface Worded {
  template?: string | undefined;
  variants?: readonly { template: string; subject?: string | undefined }[] | undefined;
  trial?: z.output<typeof Trial> | undefined;
}

/** @throws AppError VALIDATION_FAILED */
export function variantsOf(
  rules: PublishedRules,
  { template, variants }: Worded,
): { variants: BroadcastVariant[]; topic: string } {
  if ((template === undefined) === (variants === undefined))
    throw invalid('body', [
      { path: 'template', message: 'is needed, or `variants`: one of the two says what is sent' },
    ]);
  const worded = variants ?? [{ template: template ?? '' }];
  const found = worded.map(({ template: key, subject }, n) => {
    const source = publishedTemplate(rules, key, variants === undefined ? 'template' : `variants.${n}.template`);
    const variant = { key: 'abcde'.charAt(n), template: key, hash: source.hash };
    if (subject !== undefined) checkSubject(subject, `variants.${n}.subject`);
    return { topic: source.topic, variant: subject === undefined ? variant : { ...variant, subject } };
  });
  const topics = [...new Set(found.map(({ topic }) => topic))];
  const [topic = ''] = topics;
  if (topics.length > 1)
    throw invalid('body', [
      { path: 'variants', message: `have different topics (${topics.join(', ')}): consent is asked for one` },
    ]);
  return { variants: found.map(({ variant }) => variant), topic };
}

/** @throws AppError VALIDATION_FAILED for Liquid that cannot be read */
function checkSubject(subject: string, path: string): void {
  try {
    textLiquid.parse(subject);
  } catch (error) {
    throw invalid('body', [{ path, message: liquidProblem(error)?.message ?? 'cannot be read as Liquid' }]);
  }
}

/** @throws AppError VALIDATION_FAILED */
export function trialOf({ variants, trial }: Worded): BroadcastTrial | null {
  if (variants === undefined) {
    if (trial === undefined) return null;
    throw invalid('body', [{ path: 'trial', message: 'needs `variants` to try' }]);
  }
  const { share, for: written, by, ifUnclear } = trial ?? Trial.parse({});
  const span = parseSpan(written);
  return { share, forMs: span === null ? 0 : spanToMs(span), by, ifUnclear };
}

/** @throws AppError VALIDATION_FAILED */
export function audienceOf(
  { playbook }: PublishedRules,
  { segment, when }: { segment?: string | undefined; when?: Condition | undefined },
): Audience {
  if ((segment === undefined) === (when === undefined))
    throw invalid('body', [{ path: 'segment', message: 'is needed, or `when`: one of the two says whom it is for' }]);
  const known = segmentConditions(playbook.segments);
  if (segment !== undefined && !known.has(segment))
    throw invalid('body', [{ path: 'segment', message: `is not in the playbook${hintFor(segment, known.keys())}` }]);
  return audienceFor(playbook.segments, { segment, when });
}

/** @throws AppError VALIDATION_FAILED for a time that has passed */
export function scheduleOf(schedule: { at: Date } | { local: string } | undefined, nowMs: number): BroadcastSchedule {
  const written = writtenSchedule(schedule);
  if (!isPast(written, nowMs)) return written;
  const path = `schedule.${written.kind}`;
  const where = written.kind === 'local' ? ' everywhere' : '';
  const message = `has passed${where}: write a time that is to come, or leave \`schedule\` out to have it sent as soon as it is started`;
  throw invalid('body', [{ path, message }]);
}

function writtenSchedule(schedule: { at: Date } | { local: string } | undefined): BroadcastSchedule {
  if (schedule === undefined) return { kind: 'now' };
  return 'at' in schedule ? { kind: 'at', at: schedule.at.toISOString() } : { kind: 'local', at: schedule.local };
}
