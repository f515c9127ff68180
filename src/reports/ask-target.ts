/** What is asked of target planning, read from words as they stand in an address. */
import { AppError, type FieldError } from '../domain/errors.ts';
import { type ActivityAssumed, type Goal, type Measured, TARGET_LAYERS, type TargetLayer } from '../domain/target.ts';
import { readMoney, readWhole } from '../domain/written-money.ts';
import { readActivities } from './ask-activities.ts';
import { dayOf, isDay } from './periods.ts';

/** Rates by their layer, in percent. */
export const RATE_LAYERS = TARGET_LAYERS.filter((layer): layer is Exclude<TargetLayer, 'came'> => layer !== 'came');

export interface TargetAsked {
  goal: Goal;
  /** The first and the last day (YYYY-MM-DD) whose customers count. */
  from: string;
  until: string;
  /** Shares, 0 to 1, in the place of those that were measured. */
  rates: Partial<Measured['rates']>;
  /** In minor units, in the place of the measured one. */
  valueMinor: number | null;
  /** What is assumed of activities, by their names; empty: of those whose activity is not known. */
  activities: ReadonlyMap<string, ActivityAssumed>;
}

export type TargetWords = Readonly<Record<string, string | undefined>>;

const MOST_CUSTOMERS = 9_999_999;

/** Without words: a hundred customers in half a year. @throws AppError VALIDATION_FAILED, with every field that is wrong */
export function readTargetAsk(
  words: TargetWords,
  { now, zone, currency }: { now: Date; zone: string; currency: string },
): TargetAsked {
  const fields: FieldError[] = [];
  const goal = goalOf(words, currency);
  if (typeof goal === 'string') fields.push({ path: 'amount', message: goal });
  const until = words['until'] ?? dayOf(new Date(now.getTime() + 182 * 86_400_000), zone);
  if (!isDay(until) || until <= dayOf(now, zone))
    fields.push({ path: 'until', message: 'must be a day to come, such as 2027-06-30' });
  const today = dayOf(now, zone);
  const from = words['from'] ?? today;
  if (!isDay(from) || from < today || (isDay(until) && from >= until))
    fields.push({ path: 'from', message: 'must be today or a day to come, before the end, such as 2027-04-01' });
  const rates: Partial<Record<keyof Measured['rates'], number>> = {};
  for (const layer of RATE_LAYERS) {
    const word = words[`rate-${layer}`];
    if (word === undefined) continue;
    const percent = Number(word);
    if (Number.isFinite(percent) && percent > 0 && percent <= 100) rates[layer] = percent / 100;
    else fields.push({ path: `rate-${layer}`, message: 'must be a percentage above 0, at most 100' });
  }
  const worth = words['value'] === undefined ? null : amountOf(words['value'], currency);
  if (typeof worth === 'string') fields.push({ path: 'value', message: worth });
  const activities = readActivities(words, currency, fields);
  if (fields.length > 0 || typeof goal === 'string' || typeof worth === 'string')
    throw new AppError('VALIDATION_FAILED', fields.map(({ path, message }) => `${path} ${message}`).join('; '), {
      fields,
    });
  return { goal, from, until, rates, valueMinor: worth, activities };
}

/** Or what would be right. */
function goalOf(words: TargetWords, currency: string): Goal | string {
  const amount = words['amount'] ?? '100';
  if (words['goal'] === 'money') {
    const moneyMinor = amountOf(amount, currency);
    return typeof moneyMinor === 'string' ? moneyMinor : { moneyMinor };
  }
  const customers = readWhole(amount);
  if (customers !== null && customers > 0 && customers <= MOST_CUSTOMERS) return { customers };
  return 'must be a whole number of customers, such as 250 or 1,200; an amount is for a target in money';
}

/** Minor units above 0, or what would be right. */
function amountOf(words: string, currency: string): number | string {
  const read = readMoney(words, currency);
  if (read.kind === 'money' && read.minor > 0) return read.minor;
  if (read.kind !== 'ambiguous') return `must be an amount in ${currency} above 0, such as 4800, 206,628 or 206.628,50`;
  const [whole, decimal] = read.readings;
  return `can be read as ${whole} or as ${decimal}: write ${whole}, or ${whole}.00`;
}

/** What was measured, with what is assumed in its place. */
export function withAssumed(measured: Measured, { rates, valueMinor, activities }: TargetAsked): Measured {
  return {
    ...measured,
    rates: { ...measured.rates, ...rates },
    valueMinor: valueMinor ?? measured.valueMinor,
    activities: measured.activities.map((one) => {
      const assumed = activities.get(one.activity ?? '');
      return assumed === undefined ? one : { ...one, assumed };
    }),
  };
}
