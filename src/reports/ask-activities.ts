/** What is asked of activities in target planning: `mix-NAME`, percent of the leads, and `cost-NAME`, what a lead costs. */
import type { FieldError } from '../domain/errors.ts';
import type { ActivityAssumed } from '../domain/target.ts';
import { readMoney } from '../domain/written-money.ts';

/** Before the name of an activity; no name: of those whose activity is not known. */
export const ACTIVITY_WORDS = ['mix-', 'cost-'] as const;

/** Percent that shares may sum to beyond a hundred: they are rounded where they are shown. */
const ROUNDED = 0.5;

/** @param fields Gets what is wrong, as `mix` */
export function readActivities(
  words: Readonly<Record<string, string | undefined>>,
  currency: string,
  fields: FieldError[],
): ReadonlyMap<string, ActivityAssumed> {
  const assumed = new Map<string, ActivityAssumed>();
  const wrong = (name: string, message: string) =>
    fields.push({ path: 'mix', message: `${name === '' ? 'leads of no known campaign' : `‘${name}’`}: ${message}` });
  for (const [key, word = ''] of Object.entries(words)) {
    const what = ACTIVITY_WORDS.find((one) => key.startsWith(one));
    if (what === undefined) continue;
    const name = key.slice(what.length);
    if (what === 'mix-') {
      const percent = Number(word);
      if (word !== '' && percent >= 0 && percent <= 100)
        assumed.set(name, { ...assumed.get(name), share: percent / 100 });
      else wrong(name, 'its share of the leads must be a percentage from 0 to 100');
    } else {
      const read = readMoney(word, currency);
      if (read.kind === 'money') assumed.set(name, { ...assumed.get(name), costMinor: read.minor });
      else wrong(name, `the cost of a lead must be an amount in ${currency} such as 12.50`);
    }
  }
  const all = [...assumed.values()].reduce((sum, { share = 0 }) => sum + share * 100, 0);
  if (all > 100 + ROUNDED)
    fields.push({
      path: 'mix',
      message: `the shares that are given must be at most 100% together, and are ${Math.round(all * 10) / 10}%`,
    });
  return assumed;
}
