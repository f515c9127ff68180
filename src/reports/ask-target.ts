/** What is asked of target planning, read from words as they stand in an address. */
import { inMinorUnits } from '../domain/currency.ts';
import { AppError, type FieldError } from '../domain/errors.ts';
import { type Goal, type Measured, TARGET_LAYERS, type TargetLayer } from '../domain/target.ts';
import { dayOf } from './periods.ts';

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
}

export type TargetWords = Readonly<Record<string, string | undefined>>;

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Without words: a hundred customers in half a year. @throws AppError VALIDATION_FAILED, with every field that is wrong */
export function readTargetAsk(
  words: TargetWords,
  { now, zone, currency }: { now: Date; zone: string; currency: string },
): TargetAsked {
  const fields: FieldError[] = [];
  const goal = goalOf(words, currency);
  if (goal === null)
    fields.push({
      path: 'amount',
      message: `must be a number of customers, or, for a target in money, an amount in ${currency} such as 250000`,
    });
  const until = words['until'] ?? dayOf(new Date(now.getTime() + 182 * 86_400_000), zone);
  if (!DAY.test(until) || Number.isNaN(Date.parse(until)) || until <= dayOf(now, zone))
    fields.push({ path: 'until', message: 'must be a day to come, such as 2027-06-30' });
  const today = dayOf(now, zone);
  const from = words['from'] ?? today;
  if (!DAY.test(from) || Number.isNaN(Date.parse(from)) || from < today || from >= until)
    fields.push({ path: 'from', message: 'must be today or a day to come, before `until`, such as 2027-04-01' });
  const rates: Partial<Record<keyof Measured['rates'], number>> = {};
  for (const layer of RATE_LAYERS) {
    const word = words[`rate-${layer}`];
    if (word === undefined) continue;
    const percent = Number(word);
    if (Number.isFinite(percent) && percent > 0 && percent <= 100) rates[layer] = percent / 100;
    else fields.push({ path: `rate-${layer}`, message: 'must be a percentage above 0, at most 100' });
  }
  const worth = words['value'] === undefined ? null : inMinorUnits(words['value'], currency);
  if (words['value'] !== undefined && worth === null)
    fields.push({ path: 'value', message: `must be an amount in ${currency} such as 4800` });
  if (fields.length > 0 || goal === null)
    throw new AppError('VALIDATION_FAILED', fields.map(({ path, message }) => `${path} ${message}`).join('; '), {
      fields,
    });
  return { goal, from, until, rates, valueMinor: worth };
}

function goalOf(words: TargetWords, currency: string): Goal | null {
  const amount = words['amount'] ?? '100';
  if (words['goal'] === 'money') {
    const moneyMinor = inMinorUnits(amount, currency);
    return moneyMinor === null || moneyMinor === 0 ? null : { moneyMinor };
  }
  return /^[1-9]\d{0,6}$/.test(amount) ? { customers: Number(amount) } : null;
}

/** What was measured, with what is assumed in its place. */
export function withAssumed(measured: Measured, { rates, valueMinor }: TargetAsked): Measured {
  return { ...measured, rates: { ...measured.rates, ...rates }, valueMinor: valueMinor ?? measured.valueMinor };
}
