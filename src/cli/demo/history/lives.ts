/**
 * Lives of leads over two years, made up: the same for the same seed. Some truths are planted in them, which the reports have to find:
 * docs/reports.md names them.
 */
import { chancesOf } from './chance.ts';
import { cadenceOf, runOf } from './cadence-runs.ts';
import { calmed, interestOf } from './interest.ts';
import { funnelOf } from './past-funnel.ts';
import { ordersOf } from './past-orders.ts';
import type { PastLife } from './past-life.ts';
import { profileOf } from './profile.ts';
import { endOf, givenUp, isHighIntent, offerOf, reasonOf, restsFrom, webinarOf } from './sales-of-past.ts';
import { placeOf, SOURCES } from './sources.ts';
import { nextStepOf, offeredOnes } from './today.ts';
import { TRUTHS } from './truths.ts';

export const DAYS = 730;

/** Germany and the United States have more leads than the others. */
const REGIONS: Readonly<Record<string, readonly string[]>> = {
  DE: ['Pfalz', 'Baden', 'Franken'],
  AT: ['Burgenland', 'Steiermark'],
  CH: ['Wallis', 'Waadt'],
  FR: ['Alsace', 'Bourgogne'],
  US: ['California', 'Oregon'],
};
const COUNTRIES = ['DE', 'DE', 'DE', 'AT', 'CH', 'FR', 'US'];

/** @param reps The number of reps who get leads. */
export function pastLife(seed: number, index: number, reps: number): PastLife {
  const chance = chancesOf(seed, index);
  const from = chance.weighted(SOURCES);
  // More leads come in spring, and each year more than the year before.
  const cameDaysAgo = DAYS * (1 - chance.next() ** 0.8);
  const grade = chance.weighted([
    { key: 'A', weight: 12 },
    { key: 'B', weight: 28 },
    { key: 'C', weight: 40 },
    { key: 'D', weight: 20 },
  ] as const).key;
  const productLine = chance.of(['vineyard', 'greenhouse']);
  const maturity = chance.weighted([
    { key: 'researching', weight: 60 },
    { key: 'evaluating', weight: 28 },
    { key: 'ready', weight: 12 },
  ] as const).key;
  const others = chancesOf(seed + 3, index);
  const phoneOnly = others.next() < 0.02;
  const hasConsent = chance.next() < 0.86 && !phoneOnly;
  const isControl = hasConsent && others.next() < TRUTHS.controlGroup;
  const arm =
    hasConsent && !isControl && !from.readers
      ? chance.weighted([
          { key: 'a', weight: 45 },
          { key: 'b', weight: 45 },
          { key: 'holdout', weight: 10 },
        ] as const).key
      : null;
  const fit = { A: 2, B: 1.4, C: 0.8, D: 0.3 }[grade] * { researching: 0.7, evaluating: 1.3, ready: 2 }[maturity];
  const cadence = isControl ? null : cadenceOf({ hasConsent, arm, readers: from.readers });
  const ofMails = arm === 'b' ? TRUTHS.armB : cadence === null || arm === 'holdout' ? TRUTHS.withoutMails : 1;
  const isQualified = chance.next() < Math.min(0.9, 0.2 * fit * ofMails);
  const qualified = isQualified ? 3 + 40 * chance.next() ** 2 : null;
  const share = Math.min(0.95, 0.72 * from.quality);
  const handed = qualified === null ? null : { ...offerOf(chance, qualified, reps, share), reason: reasonOf(others) };
  const opportunity =
    handed?.accepted === true && chance.next() < 0.6
      ? handed.afterDays + handed.answeredHours / 24 + 2 + 10 * chance.next()
      : null;
  const ended = opportunity === null ? givenUp(others, handed) : endOf(chance, opportunity, grade);
  const profile = profileOf(others, grade);
  const run = runOf(chance, { cadence, arm, qualified, jobTitle: profile.jobTitle });
  const highIntent = isHighIntent(chancesOf(seed + 2, index), handed?.accepted === true, grade);
  const places = chancesOf(seed + 4, index);
  const life: Omit<PastLife, 'region' | 'orders'> = {
    cameDaysAgo,
    ...placeOf(from),
    touches: chance.next() < 0.35 ? [{ afterDays: 1 + 20 * chance.next(), ...placeOf(chance.weighted(SOURCES)) }] : [],
    webinar: webinarOf(chancesOf(seed + 1, index)),
    productLine,
    needType: chance.of(['controller', 'frost warning']),
    maturity,
    grade,
    ...profile,
    country: chance.of(COUNTRIES),
    phoneOnly,
    hasConsent,
    isControl,
    arm,
    ...run,
    qualified,
    highIntent,
    handed,
    opportunity,
    ended,
    funnel: funnelOf(chancesOf(seed + 5, index), opportunity, ended, TRUTHS.quoted),
    interest: interestOf(chancesOf(seed + 7, index), { qualified, highIntent, handed, grade }),
    rests: restsFrom(qualified, handed, run.left),
    nextStep: nextStepOf(others),
    valueMinor: Math.round(200_000 + 1_800_000 * chance.next() ** 3),
  };
  const region = places.of(REGIONS[life.country] ?? ['']);
  const orders = ordersOf(chancesOf(seed + 6, index), ended, life.valueMinor);
  const offered = offeredOnes(index, life.handed?.rep ?? index % reps);
  return calmed({ ...life, region, orders, ...offered });
}
