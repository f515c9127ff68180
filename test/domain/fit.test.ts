import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LeadFacts } from '../../src/domain/condition.ts';
import { gradeOf } from '../../src/domain/fit.ts';
import type { FitCriterion, ScoringModel } from '../../src/domain/scoring.ts';
import { valueTierOf } from '../../src/domain/value-tier.ts';

const TRADE: FitCriterion = {
  criterion: 'trade',
  field: 'industry',
  ideal: ['nursery', 'winery'],
  near: ['agriculture'],
  weight: 20,
  misfit: -10,
};
const SIZE: FitCriterion = {
  criterion: 'size',
  field: 'companySize',
  ideal: { gte: 50, lte: 200 },
  tolerance: 40,
  weight: 10,
  misfit: -10,
};
const model = (...idealCustomer: FitCriterion[]): Pick<ScoringModel, 'fit' | 'idealCustomer' | 'grades'> => ({
  fit: [{ rule: 'free', when: { freeMail: true }, points: -10 }],
  idealCustomer,
  grades: { A: 25, B: 10, C: 0 },
});
const points = (one: FitCriterion, facts: LeadFacts) => gradeOf(model(one), { ...facts, freeMail: false }).points;

describe('a criterion of the ideal customer', () => {
  it.each([
    ['nursery', 20],
    ['Winery', 20],
    ['agriculture', 10],
    ['banking', -10],
  ])('gives its weight, half of it, or the points of a misfit: %s', (industry, expected) => {
    expect(points(TRADE, { industry })).toBe(expected);
  });

  it.each([
    [50, 10],
    [200, 10],
    [40, 5],
    [30, 0],
    [220, 0],
    [10, -10],
    [1, -10],
    [5000, -10],
  ])('falls evenly within the tolerance: %i people', (companySize, expected) => {
    expect(points(SIZE, { companySize })).toBe(expected);
    expect(points({ ...SIZE, tolerance: { share: 0.2 } }, { companySize })).toBe(
      companySize === 220 ? 0 : companySize < 50 ? Math.max(-10, 10 - 2 * (50 - companySize)) : expected,
    );
  });

  it('can ask for one number, and for an attribute', () => {
    const one: FitCriterion = { ...SIZE, field: 'attributes.sites', ideal: 3, tolerance: 2 };
    const sites = (value: unknown) => points(one, { attributes: { sites: value } });
    expect([3, 4, 2, 5, 9].map(sites)).toEqual([10, 0, 0, -10, -10]);
    expect(sites(undefined)).toBe(0);
  });

  it('that asks about something unknown gives nothing, and says so', () => {
    const both = model(TRADE, SIZE);
    expect(gradeOf(both, {})).toEqual({
      grade: 'C',
      points: 0,
      rules: [],
      completeness: 0,
      unknown: ['trade', 'free', 'size'],
    });
    expect(gradeOf(both, { industry: 'winery', freeMail: false })).toMatchObject({
      grade: 'B',
      completeness: 75,
      unknown: ['size'],
    });
    expect(gradeOf(both, { industry: 'winery', freeMail: false, companySize: 60 })).toMatchObject({
      grade: 'A',
      points: 30,
      completeness: 100,
      rules: [
        { rule: 'trade', points: 20 },
        { rule: 'size', points: 10 },
      ],
    });
    expect(gradeOf({ fit: [], grades: { A: 2, B: 1, C: 0 } }, {}).completeness).toBe(100);
  });

  it('never gives more than its weight or less than a misfit, and no better number gives less', () => {
    const size = fc.integer({ min: 0, max: 1000 });
    fc.assert(
      fc.property(size, size, fc.integer({ min: 1, max: 500 }), (a, b, tolerance) => {
        const of = (companySize: number) => gradeOf(model({ ...SIZE, tolerance }), { companySize }).points;
        const away = (n: number) => Math.max(50 - n, n - 200, 0);
        expect(of(a)).toBeGreaterThanOrEqual(-10);
        expect(of(a)).toBeLessThanOrEqual(10);
        if (away(a) <= away(b)) expect(of(a)).toBeGreaterThanOrEqual(of(b));
      }),
    );
  });
});

it('the value tier is the first that holds, or none', () => {
  const valueTiers = [
    { tier: 'key', when: { orderValueMinor: { gte: 1_000_000 } } },
    { tier: 'regular', when: { orderCount: { gte: 1 } } },
  ];
  expect(valueTierOf({ valueTiers }, { orderValueMinor: 2_000_000, orderCount: 1 })).toBe('key');
  expect(valueTierOf({ valueTiers }, { orderValueMinor: 5, orderCount: 1 })).toBe('regular');
  expect(valueTierOf({ valueTiers }, {})).toBeNull();
  expect(valueTierOf({ valueTiers: [...valueTiers, { tier: 'rest' }] }, {})).toBe('rest');
  expect(valueTierOf({}, {})).toBeNull();
});
