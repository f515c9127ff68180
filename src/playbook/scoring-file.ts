import { z } from 'zod';
import type { ScoringModel } from '../domain/scoring.ts';
import { spanToMs } from '../domain/span.ts';
import { condition } from '../language/condition-schema.ts';
import { checkConditionNames } from './condition-names.ts';
import { checkKnown, type KnownNames } from './context.ts';
import { key, mapping, readBy, span, words } from '../language/schemas.ts';
import type { YamlFile } from '../language/yaml-file.ts';

const threshold = readBy<number | null>((value, report) => {
  if (value === 'never') return null;
  return typeof value === 'number' && value > 0
    ? value
    : (report([], 'expected a score above 0, or "never"') ?? undefined);
});

const scoring = mapping({
  halfLife: span,
  engagement: z.array(
    mapping({
      rule: key,
      event: words,
      when: condition('event').optional(),
      points: z.number(),
      cap: mapping({ points: z.number().positive('expected a number above 0'), per: span }).optional(),
      oncePerSend: z.boolean().optional(),
    }),
  ),
  fit: z.array(mapping({ rule: key, when: condition('fit'), points: z.number() })),
  grades: mapping({ A: z.number(), B: z.number(), C: z.number() }),
  ready: mapping({ A: threshold, B: threshold, C: threshold, D: threshold }),
  highIntent: z.array(
    z.preprocess(
      (value) => (typeof value === 'string' ? { event: value } : value),
      mapping({ event: words, when: condition('event').optional() }),
    ),
  ),
});

/** Reads scoring.yaml; null when it has mistakes, which are reported. */
export function readScoring(file: YamlFile, known: KnownNames): ScoringModel | null {
  const read = file.parse(scoring);
  checkConditionNames(file, known);
  if (!read) return null;
  for (const list of ['engagement', 'fit'] as const) {
    const seen = new Set<string>();
    read[list].forEach(({ rule }, i) => {
      if (seen.has(rule)) file.report([list, i, 'rule'], `the rule "${rule}" is there already`);
      seen.add(rule);
    });
  }
  read.engagement.forEach((rule, i) => {
    checkKnown(file, ['engagement', i, 'event'], 'event', rule.event, known.events);
    if (rule.cap && rule.points < 0) file.report(['engagement', i, 'cap'], 'only positive points can be capped');
  });
  read.highIntent.forEach((intent, i) => {
    const path = typeof file.at(['highIntent', i]) === 'string' ? ['highIntent', i] : ['highIntent', i, 'event'];
    checkKnown(file, path, 'event', intent.event, known.events);
  });
  const { A, B, C } = read.grades;
  if (!(A > B && B > C)) file.report(['grades'], 'expected A above B above C');

  return {
    halfLifeMs: spanToMs(read.halfLife),
    engagement: read.engagement.map(({ rule, event, when, points, cap, oncePerSend }) => ({
      rule,
      event,
      ...(when && { when }),
      points,
      ...(cap && { cap }),
      ...(oncePerSend !== undefined && { oncePerSend }),
    })),
    fit: read.fit,
    grades: read.grades,
    ready: read.ready,
    highIntent: read.highIntent.map(({ event, when }) => ({ event, ...(when && { when }) })),
  };
}
