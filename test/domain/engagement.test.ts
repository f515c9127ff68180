import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  gradeOf,
  isHighIntent,
  isReady,
  pointsFor,
  type EventFacts,
  type RuleHistory,
} from '../../src/domain/engagement.ts';
import { explainReadiness } from '../../src/domain/readiness.ts';
import type { ScoringModel } from '../../src/domain/scoring.ts';

const DAY = 86_400_000;
const HALF_LIFE = 30 * DAY;
const model: ScoringModel = {
  halfLifeMs: HALF_LIFE,
  engagement: [
    { rule: 'clicked', event: 'email.clicked', points: 10, oncePerSend: true },
    { rule: 'viewed', event: 'page.viewed', points: 3, cap: { points: 7, per: { amount: 1, unit: 'days' } } },
    { rule: 'careers', event: 'page.viewed', when: { 'event.path': { startsWith: '/careers' } }, points: -5 },
  ],
  fit: [
    { rule: 'grower', when: { industry: 'horticulture' }, points: 20 },
    { rule: 'not-abroad', when: { not: { country: 'ZZ' } }, points: 5 },
    { rule: 'free', when: { freeMail: true }, points: -10 },
  ],
  grades: { A: 25, B: 15, C: 0 },
  ready: { A: 30, B: 45, C: 70, D: null },
  highIntent: [{ event: 'demo.requested' }, { event: 'form.submitted', when: { 'event.form': 'quote' } }],
};
const NO_HISTORY: RuleHistory = {
  pointsBetween: () => 0,
  gaveBetween: () => false,
  gave: () => false,
  sendSeen: () => false,
};
const event = (type: string, more: Record<string, unknown> = {}): EventFacts => ({ event: { type, ...more } });

describe('pointsFor', () => {
  it('gives points by rule', () => {
    expect(pointsFor(model, event('email.clicked'), NO_HISTORY, 0)).toEqual([{ rule: 'clicked', points: 10 }]);
    expect(pointsFor(model, event('page.viewed', { path: '/careers/x' }), NO_HISTORY, 0)).toEqual([
      { rule: 'viewed', points: 3 },
      { rule: 'careers', points: -5 },
    ]);
    expect(pointsFor(model, event('email.opened'), NO_HISTORY, 0)).toEqual([]);
  });

  it('counts once for each send', () => {
    expect(pointsFor(model, event('email.clicked'), { ...NO_HISTORY, sendSeen: () => true }, 0)).toEqual([]);
  });

  it('gives what is left under a cap, asked for the period before the event and the one after it', () => {
    const asked: [string, number, number][] = [];
    const history = (given: number): RuleHistory => ({
      ...NO_HISTORY,
      pointsBetween: (rule, fromMs, toMs) => {
        asked.push([rule, fromMs, toMs]);
        return given;
      },
    });
    expect(pointsFor(model, event('page.viewed'), history(6), 5 * DAY)).toEqual([{ rule: 'viewed', points: 1 }]);
    expect(pointsFor(model, event('page.viewed'), history(7), 5 * DAY)).toEqual([]);
    expect(asked[0]).toEqual(['viewed', 4 * DAY, 6 * DAY]);
  });

  it('never gives more than the cap in any period, in whatever order events arrive', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 * DAY }), { maxLength: 30 }), (times) => {
        const ledger: { at: number; points: number }[] = [];
        for (const at of times) {
          const history: RuleHistory = {
            ...NO_HISTORY,
            pointsBetween: (_, from, to) =>
              ledger.filter((one) => one.at > from && one.at < to).reduce((sum, one) => sum + one.points, 0),
          };
          for (const { points } of pointsFor(model, event('page.viewed'), history, at)) ledger.push({ at, points });
        }
        for (const { at } of ledger) {
          const within = ledger.filter((one) => one.at > at - DAY && one.at <= at);
          expect(within.reduce((sum, one) => sum + one.points, 0)).toBeLessThanOrEqual(7);
        }
      }),
    );
  });
});

describe('grade and readiness', () => {
  it.each([
    [{}, 'C', 0],
    [{ country: 'DE' }, 'C', 5],
    [{ industry: 'Horticulture' }, 'B', 20],
    [{ industry: 'horticulture', country: 'DE' }, 'A', 25],
    [{ freeMail: true }, 'D', -10],
  ] as const)('%j', (facts, grade, points) => {
    expect(gradeOf(model, facts)).toMatchObject({ grade, points });
  });

  it('is reached at the threshold', () => {
    expect(isReady(model, 'B', 45)).toBe(true);
    expect(isReady(model, 'B', 44.999)).toBe(false);
    expect(isReady(model, 'D', 1e9)).toBe(false);
    expect(explainReadiness(model, 'B', 44.999)).toBe('score 44 of 45 needed for grade B');
    expect(explainReadiness(model, 'D', 5)).toBe('grade D is never ready by its score');
  });

  it('knows high intent', () => {
    expect(isHighIntent(model, event('demo.requested'))).toBe(true);
    expect(isHighIntent(model, event('form.submitted', { form: 'quote' }))).toBe(true);
    expect(isHighIntent(model, event('form.submitted', { form: 'newsletter' }))).toBe(false);
    expect(isHighIntent(model, event('form.submitted'))).toBe(false);
  });
});
