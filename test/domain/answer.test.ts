import { describe, expect, it } from 'vitest';
import { chooseAnswer } from '../../src/domain/answer.ts';
import type { Cadence } from '../../src/domain/cadence.ts';

const cadence = (key: string, priority: number, more: Partial<Cadence>): Cadence => ({
  cadence: key,
  name: key,
  purpose: 'nurture',
  priority,
  reentry: 'never',
  whenDone: 'dormant',
  steps: [],
  ...more,
});

const GUIDE = cadence('guide', 10, { enroll: { when: { source: 'ebook' } }, answer: [{ template: 'guide' }] });
const SHOW = cadence('show', 20, {
  enroll: { when: { source: 'ebook', country: 'DE' } },
  answer: [{ when: { language: 'de' }, template: 'danke' }],
});
const FORMS = [{ form: 'prices', name: 'Prices', answer: [{ when: { country: 'DE' }, template: 'preise' }] }];

describe('what a request is answered with', () => {
  it('is the answer of the cadence that it fits, the highest priority that has one', () => {
    const cadences = [GUIDE, SHOW, cadence('quiet', 90, { enroll: { when: { source: 'ebook' } } })];
    const by = (facts: object) => chooseAnswer(cadences, [], undefined, facts);
    expect(by({ source: 'ebook' })).toEqual({ by: 'cadence:guide', template: 'guide' });
    expect(by({ source: 'ebook', country: 'DE', language: 'de' })).toEqual({ by: 'cadence:show', template: 'danke' });
    expect(by({ source: 'ebook', country: 'DE', language: 'fr' })).toEqual({ by: 'cadence:guide', template: 'guide' });
    expect(by({ source: 'trade-show' })).toBeNull();
  });

  it('is that of the form first, unless the form has none for this lead', () => {
    const by = (form: string, facts: object) => chooseAnswer([GUIDE], FORMS, form, facts)?.by ?? null;
    expect(by('prices', { source: 'ebook', country: 'DE' })).toBe('form:prices');
    expect(by('prices', { source: 'ebook', country: 'FR' })).toBe('cadence:guide');
    expect(by('unknown', { source: 'ebook', country: 'DE' })).toBe('cadence:guide');
    expect(by('prices', { country: 'FR' })).toBeNull();
  });
});
