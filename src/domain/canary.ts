import { stableShare } from './stable-share.ts';

/** Whether a lead is of the share of a cadence's new enrollments that gets its canary. Who is of 5 percent is of 20 percent as well. */
export function isOfCanary(cadence: string, leadId: string, percent: number): boolean {
  return stableShare('canary', cadence, leadId) * 100 < percent;
}

/** When a canary is halted without a person. */
export interface HaltRule {
  /** Nothing is judged before so many of its leads got a message (or, for leads that are held, entered it). */
  leads: number;
  /** So many of them at least must have done it. */
  cases: number;
  /** Their share is at least so many times that of the revision in force. */
  times: number;
}

export const DEFAULT_HALT: HaltRule = { leads: 50, cases: 5, times: 2 };

/** What became of the leads of a revision since its canary began. */
export interface Outcomes {
  entered: number;
  /** Who got a message at all. */
  mailed: number;
  unsubscribed: number;
  complained: number;
  /** A message came back, or was refused. */
  undelivered: number;
  /** Leads that could not go on, such as with a template that cannot be rendered. */
  held: number;
}

const BAD = {
  unsubscribed: { of: 'mailed', words: 'unsubscribed' },
  complained: { of: 'mailed', words: 'complained' },
  undelivered: { of: 'mailed', words: 'could not be delivered to' },
  held: { of: 'entered', words: 'are held' },
} as const;

/** A difference that chance alone makes less often than once in a thousand times counts: the figures are looked at again and again. */
const CHANCE = 0.001;

/** Why the canary is clearly worse than the revision in force, in words; null: it is not, as far as can be told. */
export function clearlyWorse(rule: HaltRule, canary: Outcomes, inForce: Outcomes): string | null {
  for (const [what, { of, words }] of Object.entries(BAD) as [keyof typeof BAD, (typeof BAD)[keyof typeof BAD]][]) {
    const [cases, leads] = [canary[what], canary[of]];
    const [usual, others] = [inForce[what], inForce[of]];
    if (leads < rule.leads || cases < rule.cases || others === 0) continue;
    if (cases / leads < rule.times * (usual / others)) continue;
    if (chanceOf(cases, leads, usual, others) < CHANCE)
      return `${inShares(cases, leads)} ${words}, with the revision in force ${inShares(usual, others)}`;
  }
  return null;
}

function inShares(cases: number, leads: number): string {
  return `${cases} of ${leads} leads (${Math.round((1_000 * cases) / leads) / 10}%)`;
}

/** Fisher's exact test: how likely so many cases, or more, would be among the first leads if both groups were alike. */
export function chanceOf(cases: number, leads: number, usual: number, others: number): number {
  const all = cases + usual;
  const whole = choose(leads + others, all);
  let chance = 0;
  for (let n = cases; n <= Math.min(all, leads); n += 1)
    if (all - n <= others) chance += Math.exp(choose(leads, n) + choose(others, all - n) - whole);
  return Math.min(1, chance);
}

/** The logarithm of the binomial coefficient. */
function choose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** Stirling's series, exact enough from 10 on. */
function logFactorial(n: number): number {
  if (n < 10) return Math.log([1, 1, 2, 6, 24, 120, 720, 5_040, 40_320, 362_880][n] ?? 1);
  return n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + 1 / (12 * n) - 1 / (360 * n ** 3);
}
