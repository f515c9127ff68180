import { describe, expect, it } from 'vitest';
import { bandOf, explainReadiness, isReady, type Rating, readinessOf } from '../../src/domain/readiness.ts';
import { bandReached } from '../../src/domain/score-explained.ts';
import type { ScoringModel } from '../../src/domain/scoring.ts';
import { load } from '../playbook/folder.ts';

const lead = { lastHighIntentAt: null, armedAt: null };

describe('readiness', () => {
  it('follows from the score that the grade needs', () => {
    const rating: Rating = { halfLifeMs: 1, ready: { A: 30, B: 40, C: 60, D: null } };
    const is = (fitGrade: 'A' | 'D', score: number) => readinessOf(rating, { ...lead, fitGrade }, score);
    expect([0, 14.9, 15, 29.99, 30].map((score) => is('A', score))).toEqual([
      'later',
      'later',
      'soon',
      'soon',
      'ready',
    ]);
    expect(is('D', 1000)).toBe('never');
    expect(bandOf(rating, 1000)).toBeNull();
  });

  it('is a matter of grade and band where the file has a matrix', () => {
    const { scoring } = load({ 'scoring.yaml': MATRIX });
    const is = (fitGrade: 'A' | 'B' | 'D', score: number) => readinessOf(scoring, { ...lead, fitGrade }, score);
    expect([19, 20, 49, 50].map((score) => is('A', score))).toEqual(['later', 'ready', 'ready', 'ready']);
    expect([19, 20, 50].map((score) => is('B', score))).toEqual(['later', 'soon', 'ready']);
    expect([0, 90].map((score) => is('D', score))).toEqual(['never', 'later']);
    expect([0, 20, 50].map((score) => bandOf(scoring, score))).toEqual(['cold', 'warm', 'hot']);
    expect(scoring.ready).toEqual({ A: 20, B: 50, C: null, D: null });
    expect([isReady(scoring, 'B', 49.99), isReady(scoring, 'B', 50), isReady(scoring, 'C', 99)]).toEqual([
      false,
      true,
      false,
    ]);
    expect(explainReadiness(scoring, 'B', 30)).toBe('score 30 of 50 needed for grade B');
  });

  it('is there at once by high intent since it was armed, whatever the grade', () => {
    const rating: Rating = { halfLifeMs: 1, ready: { A: 30, B: 40, C: 60, D: null } };
    const at = (ms: number) => new Date(ms);
    const is = (lastHighIntentAt: Date, armedAt: Date | null) =>
      readinessOf(rating, { fitGrade: 'D', lastHighIntentAt, armedAt }, 0);
    expect(is(at(5), null)).toBe('ready');
    expect(is(at(5), at(4))).toBe('ready');
    expect(is(at(5), at(5))).toBe('never');
  });

  it('why says the band, and what is missing to the next one', () => {
    const model: ScoringModel = load({ 'scoring.yaml': MATRIX }).scoring;
    const reached = (score: number) => bandReached({ score, scoreAt: new Date(0), scoreParts: null }, 0, model);
    expect(reached(12.5)).toEqual({
      now: 'cold',
      next: { band: 'warm', points: 8, by: [{ rule: 'clicked', event: 'email.clicked', points: 10 }] },
    });
    expect(reached(20)).toEqual({ now: 'warm', next: { band: 'hot', points: 30, by: [] } });
    expect(reached(60)).toEqual({ now: 'hot', next: null });
  });
});

const MATRIX = `halfLife: 30 days
engagement:
  - { rule: clicked, event: email.clicked, points: 10 }
fit: []
grades: { A: 30, B: 15, C: 0 }
bands: { warm: 20, hot: 50 }
readiness:
  A: { hot: ready, warm: ready, cold: later }
  B: { hot: ready, warm: soon, cold: later }
  C: { hot: soon, warm: later, cold: later }
  D: { hot: later, warm: never, cold: never }
highIntent: []
`;
