/**
 * Lives of leads over two years, made up: the same for the same seed. Some truths are planted in them, which the reports have to find:
 * docs/reports.md names them.
 */
import { type Chance, chancesOf } from './chance.ts';
import { cadenceOf, lastStepAfter, type PastRun, runOf } from './cadence-runs.ts';
import { funnelOf, type PastFunnel } from './past-funnel.ts';
import { ordersOf, type PastOrders } from './past-orders.ts';
import { nextStepOf, offeredOnes } from './today.ts';

export interface PastLife extends PastRun {
  /** Days before the end of the history at which it came in, with a fraction. */
  cameDaysAgo: number;
  source: string;
  medium: string;
  campaign: string;
  channel: string;
  /** Later contacts, in days after it came in. */
  touches: readonly { afterDays: number; source: string; medium: string; campaign: string; channel: string }[];
  /** The webinar that it has to do with, if any: days after it came in; the rating is of who came. */
  webinar: { afterDays: number; attended: boolean; rating: number | null } | null;
  productLine: string;
  needType: string;
  maturity: 'researching' | 'evaluating' | 'ready';
  grade: 'A' | 'B' | 'C' | 'D';
  industry: string;
  country: string;
  region: string;
  companySize: number;
  jobTitle: string;
  hasConsent: boolean;
  /** Arm of the split of the cadence; null: it came to none. */
  arm: 'a' | 'b' | 'holdout' | null;
  /** Its way through the stages, in days after it came in. */
  qualified: number | null;
  /** It qualified at once, by a sign of high intent, and not by score and grade. */
  highIntent: boolean;
  handed: { afterDays: number; rep: number; answeredHours: number; accepted: boolean } | null;
  opportunity: number | null;
  ended: { afterDays: number; won: boolean; reason: string } | null;
  /** Its way through the funnel, in days after it came in: what comes after it was lost does not happen. */
  funnel: PastFunnel;
  orders: PastOrders;
  /** It rests in the nurture pool from then on: nothing is left to send. Null: sales had the last word. */
  rests: number | null;
  /** What its rep plans next, while it is open: in days from the end of the history, below 0 when that is overdue. Null: nothing. */
  nextStep: { inDays: number; words: string } | null;
  valueMinor: number;
}

/** The planted truths. */
export const TRUTHS = {
  /** Channel search brings so many times the leads of the trade fairs, of which sales accepts this share of theirs. */
  leadsOfSearch: 2,
  acceptanceOfSearch: 0.5,
  /** Arm b qualifies so many times the leads of arm a. */
  armB: 1.2,
  /** The rep (by place) who answers slowest, and how many times slower. */
  slowRep: 2,
  slowness: 4,
  /** The shares of the accepted needs, and of the others, that qualified at once: by high intent sales accepts more. */
  highIntentOfAccepted: 0.6,
  highIntentOfOthers: 0.2,
  /** The share of the opportunities that get a quote. */
  quoted: 0.8,
  /** The campaign of the webinar, and the share of those who registered for it that comes. */
  webinar: 'frost-webinar',
  attendance: 0.6,
  /** By the channel of the fairs sales accepts the largest share. */
  bestChannel: 'event',
} as const;

export const DAYS = 730;

/** `readers`: the readers of the ebook get the cadence for them, and have no part in the split. */
const SOURCES = [
  {
    source: 'search',
    medium: 'cpc',
    campaign: 'guide-search',
    channel: 'search',
    weight: 40,
    quality: TRUTHS.acceptanceOfSearch,
    readers: false,
  },
  {
    source: 'trade-show',
    medium: 'fair',
    campaign: 'GreenTech Expo',
    channel: TRUTHS.bestChannel,
    weight: 40 / TRUTHS.leadsOfSearch,
    quality: 1,
    readers: false,
  },
  {
    source: 'web',
    medium: 'organic',
    campaign: 'newsletter-page',
    channel: 'website',
    weight: 22,
    quality: 0.9,
    readers: false,
  },
  {
    source: 'referral',
    medium: 'partner',
    campaign: 'partners',
    channel: 'partner',
    weight: 8,
    quality: 0.8,
    readers: false,
  },
  {
    source: 'webinar',
    medium: 'email',
    campaign: 'frost-webinar',
    channel: 'email',
    weight: 10,
    quality: 0.85,
    readers: false,
  },
  {
    source: 'ebook',
    medium: 'download',
    campaign: 'Smart Irrigation Guide',
    channel: 'website',
    weight: 14,
    quality: 0.8,
    readers: true,
  },
] as const;

const INDUSTRIES = ['viticulture', 'horticulture', 'municipality', 'golf', 'agriculture'];
/** Germany and the United States have more leads than the others. */
const REGIONS: Readonly<Record<string, readonly string[]>> = {
  DE: ['Pfalz', 'Baden', 'Franken'],
  AT: ['Burgenland', 'Steiermark'],
  CH: ['Wallis', 'Waadt'],
  FR: ['Alsace', 'Bourgogne'],
  US: ['California', 'Oregon'],
};
const COUNTRIES = ['DE', 'DE', 'DE', 'AT', 'CH', 'FR', 'US'];
const ROLES = ['Owner', 'Head of operations', 'Grower', 'Buyer', 'Student'];
const GIVEN_UP = ['no budget', 'no answer', 'timing'];
/** Days. */
const RESTS_AFTER = 10;
const LOST = ['price', 'competitor', 'no budget', 'timing'];

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
  const hasConsent = chance.next() < 0.86;
  const arm =
    hasConsent && !from.readers
      ? chance.weighted([
          { key: 'a', weight: 45 },
          { key: 'b', weight: 45 },
          { key: 'holdout', weight: 10 },
        ] as const).key
      : null;
  const fit = { A: 2, B: 1.4, C: 0.8, D: 0.3 }[grade] * { researching: 0.7, evaluating: 1.3, ready: 2 }[maturity];
  const ofArm = arm === 'b' ? TRUTHS.armB : arm === 'a' ? 1 : 0.55;
  const isQualified = chance.next() < Math.min(0.9, 0.2 * fit * ofArm);
  const qualified = isQualified ? 3 + 40 * chance.next() ** 2 : null;
  const handed = qualified === null ? null : offerOf(chance, qualified, reps, Math.min(0.95, 0.72 * from.quality));
  const opportunity =
    handed?.accepted === true && chance.next() < 0.6
      ? handed.afterDays + handed.answeredHours / 24 + 2 + 10 * chance.next()
      : null;
  const others = chancesOf(seed + 3, index);
  const ended = opportunity === null ? givenUp(others, handed) : endOf(chance, opportunity);
  const jobTitle = others.of(ROLES);
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
    industry: chance.of(INDUSTRIES),
    country: chance.of(COUNTRIES),
    companySize: Math.round(3 * 10 ** (3 * chance.next())),
    jobTitle,
    hasConsent,
    arm,
    ...runOf(chance, { cadence: cadenceOf({ hasConsent, arm, readers: from.readers }), arm, qualified, jobTitle }),
    qualified,
    highIntent: isHighIntent(chancesOf(seed + 2, index), handed?.accepted === true),
    handed,
    opportunity,
    ended,
    funnel: funnelOf(chancesOf(seed + 5, index), opportunity, ended, TRUTHS.quoted),
    rests: restsFrom(qualified, handed),
    nextStep: nextStepOf(others),
    valueMinor: Math.round(200_000 + 1_800_000 * chance.next() ** 3),
  };
  const region = places.of(REGIONS[life.country] ?? ['']);
  const orders = ordersOf(chancesOf(seed + 6, index), ended, life.valueMinor);
  return { ...life, region, orders, ...offeredOnes(index, life.handed?.rep ?? index % reps) };
}

function placeOf({ source, medium, campaign, channel }: (typeof SOURCES)[number]) {
  return { source, medium, campaign, channel };
}

/** What nobody took further is closed, or rests. */
function givenUp(chance: Chance, handed: PastLife['handed']): PastLife['ended'] {
  if (handed?.accepted !== true) return null;
  const afterDays = handed.afterDays + handed.answeredHours / 24 + 12 + 20 * chance.next();
  return { afterDays, won: false, reason: chance.of(GIVEN_UP) };
}

function restsFrom(qualified: number | null, handed: PastLife['handed']): number | null {
  if (qualified === null) return lastStepAfter + RESTS_AFTER;
  if (handed === null || handed.accepted) return null;
  return handed.afterDays + handed.answeredHours / 24 + RESTS_AFTER;
}

function offerOf(chance: Chance, qualified: number, reps: number, share: number): NonNullable<PastLife['handed']> {
  const rep = Math.floor(chance.next() * reps);
  const hours = 0.5 + 5 * chance.next();
  return {
    afterDays: qualified + 0.05,
    rep,
    answeredHours: rep === TRUTHS.slowRep % reps ? hours * TRUTHS.slowness : hours,
    accepted: chance.next() < share,
  };
}

function isHighIntent(chance: Chance, accepted: boolean): boolean {
  return chance.next() < (accepted ? TRUTHS.highIntentOfAccepted : TRUTHS.highIntentOfOthers);
}

function webinarOf(chance: Chance): PastLife['webinar'] {
  if (chance.next() > 0.25) return null;
  const attended = chance.next() < TRUTHS.attendance;
  const rating = attended && chance.next() < 0.3 ? 3 + Math.floor(3 * chance.next()) : null;
  return { afterDays: 1 + 30 * chance.next(), attended, rating };
}

function endOf(chance: Chance, opportunity: number): PastLife['ended'] {
  const won = chance.next() < 0.45;
  return { afterDays: opportunity + 10 + 60 * chance.next(), won, reason: won ? '' : chance.of(LOST) };
}
