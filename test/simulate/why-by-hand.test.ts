/** A persona that does not fit a cadence is told which condition failed, with what it is instead. */
import { expect, test } from 'vitest';
import type { Condition, LeadFacts } from '../../src/domain/condition.ts';
import { unmetIn } from '../../src/domain/unmet.ts';

const FACTS = { source: 'trade-show', country: 'DE', companySize: 40, attributes: { role: 'owner' } } as LeadFacts;

test.each<[Condition, string[]]>([
  [{ source: 'trade-show', country: ['DE', 'AT'] }, []],
  [{ source: 'ebook', country: 'DE' }, ['source is ebook, and it is trade-show']],
  [
    { source: 'ebook', companySize: { gte: 50 }, industry: 'winery' },
    [
      'source is ebook, and it is trade-show',
      'company size at least 50 people, and it is 40',
      'industry is winery, and it is not known',
    ],
  ],
  [{ all: [{ country: 'DE' }, { 'attributes.role': 'student' }] }, ['attribute ‘role’ is student, and it is owner']],
  [
    { any: [{ country: 'FR' }, { source: 'ebook' }] },
    ['none holds of country is FR, and it is DE, or source is ebook, and it is trade-show'],
  ],
  [{ not: { country: 'DE' } }, ['not (country is DE)']],
])('%j', (condition, unmet) => {
  expect(unmetIn(condition, FACTS)).toEqual(unmet);
});
