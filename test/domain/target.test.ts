import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  beginOfLayer,
  earliestEnd,
  expectedOf,
  type Measured,
  planTarget,
  type TargetPlan,
} from '../../src/domain/target.ts';

const MEASURED: Measured = {
  rates: { qualified: 0.25, handed: 1, accepted: 0.5, opportunity: 0.5, won: 0.4 },
  days: { qualified: 10, handed: 11, accepted: 12, opportunity: 20, won: 60 },
  valueMinor: 500_000,
  activities: [
    { activity: 'webinar', leads: 300, won: 9, costMinor: 900_000 },
    { activity: null, leads: 100, won: 1, costMinor: null },
  ],
  productLines: [
    { productLine: 'vineyard', share: 0.75 },
    { productLine: null, share: 0.25 },
  ],
};

describe('planning backwards from a target', () => {
  test('says how many each layer needs, by when, from where, and for how much', () => {
    expect(planTarget({ customers: 10 }, '2027-06-30', MEASURED)).toEqual({
      customers: 10,
      layers: [
        { layer: 'came', needed: 400, by: '2027-05-01' },
        { layer: 'qualified', needed: 100, by: '2027-05-11' },
        { layer: 'handed', needed: 100, by: '2027-05-12' },
        { layer: 'accepted', needed: 50, by: '2027-05-13' },
        { layer: 'opportunity', needed: 25, by: '2027-05-21' },
        { layer: 'won', needed: 10, by: '2027-06-30' },
      ],
      activities: [
        { activity: 'webinar', leads: 300, won: 9, costMinor: 900_000 },
        { activity: null, leads: 100, won: 1, costMinor: null },
      ],
      productLines: [
        { productLine: 'vineyard', leads: 300, customers: 7.5 },
        { productLine: null, leads: 100, customers: 2.5 },
      ],
      costMinor: 900_000,
    });
  });

  test('makes customers of money, rounded up', () => {
    expect(planTarget({ moneyMinor: 4_600_000 }, '2027-06-30', MEASURED)).toMatchObject({ customers: 10 });
  });

  test('says which end leads of today reach, when the first have to come in, and what open needs are expected to become', () => {
    expect(earliestEnd('2027-01-01', MEASURED.days)).toBe('2027-03-02');
    expect(earliestEnd('2027-01-01', { ...MEASURED.days, won: null })).toBeNull();
    expect(beginOfLayer('2027-05-01', '2027-04-01', '2027-06-30')).toBe('2027-01-31');
    const open = { came: 100, qualified: 20, handed: 0, accepted: 10, opportunity: 5 };
    // 100 × 5% / 2, 20 × 10%, 10 × 20%, 5 × 40%
    expect(expectedOf({ ...MEASURED, open })).toBeCloseTo(2.5 + 2 + 2 + 2);
    expect(expectedOf(MEASURED)).toBeNull();
  });

  test('takes another mix and dearer leads, and what is left is as it was', () => {
    const activities = MEASURED.activities.map((one) =>
      one.activity === null ? one : { ...one, assumed: { share: 0.5, costMinor: 10_000 } },
    );
    expect(planTarget({ customers: 10 }, '2027-06-30', { ...MEASURED, activities })).toMatchObject({
      activities: [
        { activity: 'webinar', leads: 200, won: 7.5, costMinor: 2_000_000 },
        { activity: null, leads: 200, won: 2.5, costMinor: null },
      ],
      costMinor: 2_000_000,
    });
  });

  test('gives every lead to one activity and one product line, however many there are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 900 }),
        (of, n) => {
          const all = of.reduce((sum, one) => sum + one, 0);
          const plan = planTarget({ customers: n }, '2027-06-30', {
            ...MEASURED,
            activities: of.map((leads) => ({ activity: null, leads, won: 0, costMinor: null })),
            productLines: of.map((one) => ({ productLine: null, share: one / all })),
          }) as TargetPlan;
          for (const parts of [plan.activities, plan.productLines])
            expect(parts.reduce((sum, { leads }) => sum + leads, 0)).toBe(plan.layers[0]?.needed);
        },
      ),
    );
  });

  test('says what is missing', () => {
    expect(planTarget({ moneyMinor: 1 }, '2027-06-30', { ...MEASURED, valueMinor: null })).toEqual({
      missing: 'what a won need is worth',
    });
    expect(
      planTarget({ customers: 1 }, '2027-06-30', { ...MEASURED, rates: { ...MEASURED.rates, accepted: 0 } }),
    ).toEqual({ missing: 'the share that comes to ‘accepted’' });
  });

  test('goes forward again to the target, whatever the rates', () => {
    const rate = fc.double({ min: 0.01, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.record({ qualified: rate, handed: rate, accepted: rate, opportunity: rate, won: rate }),
        fc.integer({ min: 1, max: 10_000 }),
        (rates, customers) => {
          const plan = planTarget({ customers }, '2027-06-30', { ...MEASURED, rates }) as TargetPlan;
          const forward = (plan.layers[0]?.needed ?? 0) * Object.values(rates).reduce((all, one) => all * one, 1);
          expect(forward).toBeGreaterThanOrEqual(customers - 1e-6);
          // No more than the leads that make one customer less.
          expect(forward - Object.values(rates).reduce((all, one) => all * one, 1)).toBeLessThanOrEqual(
            customers + 1e-6,
          );
          for (const [i, { needed }] of plan.layers.entries())
            expect(needed).toBeLessThanOrEqual(plan.layers[i - 1]?.needed ?? Infinity);
        },
      ),
    );
  });
});
