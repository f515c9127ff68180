import { z } from 'zod';
import type { EngagementRule, PointsFrom, ScoringModel, ValueTier } from '../domain/scoring.ts';
import { fieldsOf } from '../domain/condition.ts';
import { spanToMs } from '../domain/span.ts';
import { stated } from '../domain/stated.ts';
import { condition } from '../language/condition-schema.ts';
import { checkConditionNames } from './condition-names.ts';
import { checkKnown, type KnownNames } from './context.ts';
import { criterion, checkCriterion } from './ideal-customer.ts';
import { readinessKeys, readReadiness } from './readiness-matrix.ts';
import { key, mapping, span, words, writtenAs } from '../language/schemas.ts';
import type { YamlFile } from '../language/yaml-file.ts';

const above0 = z.number().positive('expected a number above 0');

/** A number, or a property of the event times a factor. */
const points = writtenAs<number | PointsFrom>((value) =>
  typeof value === 'object' && value !== null
    ? mapping({
        from: words,
        factor: z.number().default(1),
        min: z.number().optional(),
        max: z.number().optional(),
      }).transform((one): PointsFrom => stated(one))
    : z.number({ error: 'expected a number, or { from: <property of the event>, factor: 0.01, max: 50 }' }),
);

/** A product line, or the property of the event that names it. */
const productLine = writtenAs<string | { from: string }>((value) =>
  typeof value === 'object' && value !== null
    ? mapping({ from: words })
    : z.string({ error: 'expected a product line, or { from: <property of the event> }' }),
);

const engagementRule = mapping({
  rule: key,
  event: words,
  when: condition('event').optional(),
  points,
  cap: mapping({ points: above0, per: span }).optional(),
  oncePerSend: z.boolean().optional(),
  once: z.boolean().optional(),
  coolDown: span.optional(),
  group: key.optional(),
  productLine: productLine.optional(),
});

const scoring = mapping({
  halfLife: span,
  groups: z.array(mapping({ group: key, halfLife: span.optional(), limit: above0.optional() })).optional(),
  limit: above0.optional(),
  engagement: z.array(engagementRule),
  fit: z.array(mapping({ rule: key, when: condition('fit'), points: z.number() })),
  idealCustomer: z.array(criterion).optional(),
  grades: mapping({ A: z.number(), B: z.number(), C: z.number() }),
  ...readinessKeys,
  account: mapping({
    people: z
      .number()
      .int('expected a whole number')
      .min(2, 'expected 2 people or more: one person qualifies by their own score'),
    personScore: above0,
    score: above0,
    within: span,
  }).optional(),
  lineNeed: mapping({
    score: above0,
    then: z.enum(['propose', 'fill'], { error: 'expected "propose" or "fill"' }).default('propose'),
  }).optional(),
  assessments: mapping({ validFor: span }).optional(),
  valueTiers: z.array(mapping({ tier: key, when: condition('fit').optional() })).optional(),
  learnedReady: z.number().positive('expected a percentage above 0').max(100, 'expected 100 at most').optional(),
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
  const { groups = [] } = read;
  groups.forEach(({ group }, i) => {
    if (groups.findIndex((one) => one.group === group) < i)
      file.report(['groups', i, 'group'], `the group "${group}" is there already`);
  });
  checkUnique(file, [['engagement', 'rule', read.engagement.map(({ rule }) => rule)]]);
  const { idealCustomer = [], valueTiers = [] } = read;
  checkUnique(file, [
    ['fit', 'rule', read.fit.map(({ rule }) => rule)],
    ['idealCustomer', 'criterion', idealCustomer.map((one) => one.criterion)],
  ]);
  checkUnique(file, [['valueTiers', 'tier', valueTiers.map(({ tier }) => tier)]]);
  idealCustomer.forEach((one, i) => checkCriterion(file, ['idealCustomer', i], one));
  valueTiers.forEach(({ when }, i) => {
    if (when === undefined && i < valueTiers.length - 1)
      file.report(['valueTiers', i], 'only the last tier can do without "when": no lead would come to those after it');
    if (when !== undefined && fieldsOf(when).includes('valueTier'))
      file.report(
        ['valueTiers', i, 'when'],
        'a value tier cannot ask for the value tier; ask for the orders or the profile',
      );
  });
  read.engagement.forEach((rule, i) => {
    checkKnown(file, ['engagement', i, 'event'], 'event', rule.event, known.events);
    if (rule.cap && typeof rule.points === 'number' && rule.points < 0)
      file.report(['engagement', i, 'cap'], 'only positive points can be capped');
    const { min = -Infinity, max = Infinity } = typeof rule.points === 'number' ? {} : rule.points;
    if (min > max) file.report(['engagement', i, 'points', 'min'], 'expected "min" not above "max"');
    checkKnown(file, ['engagement', i, 'group'], 'group', rule.group, new Set(groups.map(({ group }) => group)));
    const { productLine: line } = rule;
    if (typeof line === 'string')
      checkKnown(file, ['engagement', i, 'productLine'], 'product line', line, known.productLines);
  });
  read.highIntent.forEach((intent, i) => {
    const path = typeof file.at(['highIntent', i]) === 'string' ? ['highIntent', i] : ['highIntent', i, 'event'];
    checkKnown(file, path, 'event', intent.event, known.events);
  });
  const { A, B, C } = read.grades;
  if (!(A > B && B > C)) file.report(['grades'], 'expected A above B above C');
  const readiness = readReadiness(file, read);
  if (readiness === null) return null;

  return {
    halfLifeMs: spanToMs(read.halfLife),
    ...(read.groups && {
      groups: read.groups.map(({ halfLife = read.halfLife, ...group }) =>
        stated({ ...group, halfLifeMs: spanToMs(halfLife) }),
      ),
    }),
    ...(read.limit !== undefined && { limit: read.limit }),
    engagement: read.engagement.map((rule): EngagementRule => stated(rule)),
    fit: read.fit,
    ...(read.idealCustomer && { idealCustomer: read.idealCustomer }),
    grades: read.grades,
    ...readiness,
    ...(read.learnedReady !== undefined && { learnedReady: read.learnedReady }),
    highIntent: read.highIntent.map(({ event, when }) => ({ event, ...(when && { when }) })),
    ...(read.account && { account: read.account }),
    ...(read.lineNeed && { lineNeed: read.lineNeed }),
    ...(read.assessments && { assessments: read.assessments }),
    ...(read.valueTiers && { valueTiers: read.valueTiers.map((one): ValueTier => stated(one)) }),
  };
}

/** Reports a name that is there twice in these lists: where they stand, the key of the name, and the names. */
function checkUnique(file: YamlFile, lists: readonly [string, string, readonly string[]][]): void {
  const seen = new Set<string>();
  for (const [list, what, names] of lists)
    names.forEach((name, i) => {
      if (seen.has(name)) file.report([list, i, what], `the ${what} "${name}" is there already`);
      seen.add(name);
    });
}

/** The names of the tiers, mistakes or not; undefined when the file cannot be read. */
export function tierNames(file: YamlFile | null): ReadonlySet<string> | undefined {
  if (file === null) return undefined;
  const tiers = file.at(['valueTiers']);
  const named = Array.isArray(tiers) ? (tiers as ({ tier?: unknown } | null)[]).map((one) => one?.tier) : [];
  return new Set(named.filter((name) => typeof name === 'string'));
}
