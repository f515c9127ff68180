/** What can be said of a campaign. campaigns.yaml and the API say it by the same schemas, and write moments and money each in their own way. */
import { DateTime } from 'luxon';
import { z } from 'zod';
import type { CampaignAttendance, CampaignFeedback, UtmRule } from '../domain/campaign.ts';
import { stated } from '../domain/stated.ts';
import { key, mapping } from '../language/schemas.ts';
import { unstorableBecause } from '../store/storable.ts';

export interface Money {
  minor: number;
  currency: string;
}

/** How a moment and money are written. A moment comes out as ISO 8601, without a zone where it is of the campaign's own. */
export interface Spelling {
  moment: z.ZodType<string>;
  money: z.ZodType<Money>;
}

/** A text of one to so many characters. */
function text(most: number) {
  return z
    .string()
    .trim()
    .min(1, 'expected a text')
    .max(most, `expected a text of at most ${most} characters`)
    .refine((one) => unstorableBecause(one) === null, 'expected a text without NUL and broken characters');
}

/** What requests state, and so what rules compare with. */
export const campaignKey = text(100);
const word = key.max(100, 'expected at most 100 characters');

const DAY = 'expected a date such as "2027-03-10"';
export const day = z
  .string({ error: DAY })
  .max(10, DAY)
  .refine((one) => /^\d{4}-\d\d-\d\d$/.test(one) && DateTime.fromISO(one, { zone: 'utc' }).isValid, DAY);

function countFrom(least: number) {
  const most = 1_000_000_000;
  const number = z.int('expected a whole number').min(least, `expected at least ${least}`);
  return number.max(most, `expected at most ${most}`).optional();
}
const goal = countFrom(1);
const heads = countFrom(0);
const isSaid = (value: object): boolean => Object.values(value).some((one) => one !== undefined);

/** What of a touch makes it one of the campaign. */
export const utmRule = mapping({
  source: text(100).optional(),
  medium: text(100).optional(),
  campaign: text(100).optional(),
})
  .refine(isSaid, 'expected what touches state: source, medium or campaign')
  .transform((one): UtmRule => stated(one));

/** Keys of what it gives to who takes part. */
export const materials = z
  .array(text(100), { error: 'expected a list of keys, as templates name them' })
  .min(1, 'expected a list of keys, as templates name them')
  .max(50, 'expected at most 50');

/** Who came on a day. */
export const attendance = mapping({ on: day, registered: heads, attended: heads, missed: heads })
  .refine(
    ({ registered, attended, missed }) => isSaid({ registered, attended, missed }),
    'expected how many people: registered, attended or missed',
  )
  .transform((one): CampaignAttendance => stated(one));

/** How people liked it. */
export const feedback = mapping({
  on: day,
  rating: z.number('expected a number').min(0, 'expected at least 0').max(100, 'expected at most 100').optional(),
  answers: goal,
  words: text(2_000).optional(),
})
  .refine(({ rating, words }) => isSaid({ rating, words }), 'expected a rating or words')
  .transform((one): CampaignFeedback => stated(one));

/** What was spent on a day. */
export function costIn({ money }: Pick<Spelling, 'money'>) {
  return mapping({ on: day, cost: money, for: text(200).optional() });
}

/** What it is. What was spent, who came and how they liked it is said apart. */
export function definitionIn({ moment, money }: Spelling) {
  return {
    name: text(200).optional(),
    type: word.optional(),
    channel: word.optional(),
    productLine: text(200).optional(),
    goal: mapping({ leads: goal, qualified: goal, won: goal })
      .refine(isSaid, 'expected numbers of leads: leads, qualified or won')
      .transform((one) => stated(one))
      .optional(),
    budget: money.optional(),
    starts: moment.optional(),
    ends: moment.optional(),
    event: moment.optional(),
    url: z
      .url('expected an address such as "https://www.example.com/webinar"')
      .max(2_000, 'expected at most 2000 characters')
      .optional(),
    audience: text(500).optional(),
  };
}
