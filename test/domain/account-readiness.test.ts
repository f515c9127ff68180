import { describe, expect, test } from 'vitest';
import {
  bestOf,
  type Candidate,
  engagedSince,
  explainAccount,
  isAccountReady,
} from '../../src/domain/account-readiness.ts';

const RULE = { people: 2, personScore: 10, score: 40, within: { amount: 30, unit: 'days' } } as const;
const person = (leadId: string, more: Partial<Candidate> = {}): Candidate => ({
  leadId,
  score: 20,
  lastEngagedAtMs: 1_000,
  readiness: 'later',
  grade: 'B',
  fitPoints: 10,
  ...more,
});

describe('an account', () => {
  test('is ready with enough people and enough points together, not with one of them', () => {
    expect(isAccountReady(RULE, [person('a'), person('b')])).toBe(true);
    expect(isAccountReady(RULE, [person('a'), person('b', { score: 19.99 })])).toBe(false);
    expect(isAccountReady(RULE, [person('a', { score: 90 })])).toBe(false);
    expect(explainAccount(RULE, [person('a', { score: 19.99 })])).toBe(
      '1 person of its account has 19 points together, of 2 people and 40 points needed',
    );
  });

  test('has somebody called: the readiest, then the best grade, then who fits best, then the most interested', () => {
    const bestIs = (...people: Candidate[]) => bestOf(people)?.leadId;
    expect(bestIs(person('a'), person('b', { readiness: 'soon', grade: 'C' }))).toBe('b');
    expect(bestIs(person('a'), person('b', { grade: 'A', fitPoints: 0 }))).toBe('b');
    expect(bestIs(person('a'), person('b', { fitPoints: 20 }))).toBe('b');
    expect(bestIs(person('a'), person('b', { score: 21 }))).toBe('b');
    expect(bestIs(person('b'), person('a'))).toBe('a');
    expect(bestIs()).toBeUndefined();
  });

  test('is news after sales had it only when somebody has done something since', () => {
    expect(engagedSince([person('a')], null)).toBe(true);
    expect(engagedSince([person('a')], 1_000)).toBe(false);
    expect(engagedSince([person('a'), person('b', { lastEngagedAtMs: 1_001 })], 1_000)).toBe(true);
  });
});
