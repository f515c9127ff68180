import { describe, expect, it } from 'vitest';
import type { Cadence } from '../../src/domain/cadence.ts';
import { chooseCadence } from '../../src/domain/enrollment.ts';

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
    chooseCadence(all, facts, { enrolledBefore }).cadence?.cadence;

  it('takes the highest priority that fits', () => {
    expect(choose({ source: 'ebook', country: 'DE' })).toBe('german-ebook');
    expect(choose({ source: 'ebook' })).toBe('ebook');
    expect(choose({ source: 'ad' })).toBe(undefined);
  });

  it('respects re-entry', () => {
    expect(choose({ source: 'ebook', hasEmail: true }, ['ebook', 'always'])).toBe('always');
    expect(choose({ source: 'ebook' }, ['ebook'])).toBe(undefined);
  });

  it('says why and why not', () => {
    const choice = chooseCadence(all, { source: 'ebook', hasEmail: true }, { enrolledBefore: ['ebook'] });
    expect(choice.because).toBe('always fits: has email is true');
    expect(choice.passedOver).toEqual([
      { cadence: 'ebook', because: 'has been in it before' },
      { cadence: 'german-ebook', because: 'not known: source is ebook and country is DE' },
    ]);
    expect(chooseCadence([], {}, { enrolledBefore: [] })).toEqual({
      cadence: null,
      because: 'no cadence fits',
      passedOver: [],
    });
  });
});
