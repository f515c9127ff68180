import { describe, expect, it } from 'vitest';
import type { Cadence } from '../../src/domain/cadence.ts';
import { chooseCadence, NO_PAST, whyNotAgain } from '../../src/domain/enrollment.ts';

const base: Cadence = {
  cadence: 'x',
  name: 'X',
  purpose: 'nurture',
  priority: 0,
  reentry: 'never',
  whenDone: 'dormant',
  steps: [],
};

describe('chooseCadence', () => {
  const named = (key: string, more: Partial<Cadence>): Cadence => ({ ...base, cadence: key, ...more });
  const all = [
    named('ebook', { enroll: { when: { source: 'ebook' } }, priority: 1 }),
    named('german-ebook', { enroll: { when: { source: 'ebook', country: 'DE' } }, priority: 5 }),
    named('always', { enroll: { when: { hasEmail: true } }, reentry: 'always' }),
    named('manual', { priority: 99 }),
    named('customers', { purpose: 'customer', enroll: { when: { source: 'ebook' } }, priority: 99 }),
  ];
  const choose = (facts: object, enrolledBefore: string[] = []): string | undefined =>
    chooseCadence(all, facts, { leftAt: new Map(enrolledBefore.map((key) => [key, 0])), atMs: 1 }).cadence?.cadence;

  it('takes the highest priority that fits', () => {
    expect(choose({ source: 'ebook', country: 'DE' })).toBe('german-ebook');
    expect(choose({ source: 'ebook' })).toBe('ebook');
    expect(choose({ source: 'ad' })).toBe(undefined);
  });

  it('respects re-entry', () => {
    expect(choose({ source: 'ebook', hasEmail: true }, ['ebook', 'always'])).toBe('always');
    expect(choose({ source: 'ebook' }, ['ebook'])).toBe(undefined);
  });

  it('may be entered again so long after it was left', () => {
    const day = 86_400_000;
    const again = (leftAtMs: number | null | undefined, days: number): string | null =>
      whyNotAgain({ after: { amount: 90, unit: 'days' } }, leftAtMs, days * day);
    expect(again(undefined, 0)).toBeNull();
    expect(again(null, 1_000)).toBe('has been in it, and may again 90 days after it');
    expect(again(0, 89)).not.toBeNull();
    expect(again(0, 90)).toBeNull();
  });

  it('enrolls nobody in a reminder, which runs beside it', () => {
    const reminder = named('beside', { kind: 'reminder', enroll: { when: { source: 'ebook' } }, priority: 99 });
    expect(chooseCadence([...all, reminder], { source: 'ebook' }, NO_PAST).cadence?.cadence).toBe('ebook');
  });

  it('says why and why not', () => {
    const choice = chooseCadence(
      all,
      { source: 'ebook', hasEmail: true },
      { leftAt: new Map(['ebook'].map((key) => [key, 0])), atMs: 1 },
    );
    expect(choice.because).toBe('always fits: has email is true');
    expect(choice.passedOver).toEqual([
      { cadence: 'ebook', because: 'has been in it before' },
      { cadence: 'german-ebook', because: 'not known: source is ebook and country is DE' },
    ]);
    expect(chooseCadence([], {}, NO_PAST)).toEqual({
      cadence: null,
      because: 'no cadence fits',
      passedOver: [],
    });
  });
});
