import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { backtest, type PastHandOff } from '../../src/domain/backtest.ts';
import { learn, rankingOf } from '../../src/domain/learned/learn.ts';
import { fitLogistic, sigmoid } from '../../src/domain/learned/logistic.ts';
import { featureValue, learnedPercent, weightInWords } from '../../src/domain/learned/model.ts';

/** The same numbers each time. */
function drawing(seed: number): () => number {
  let state = seed;
  return () => {
    state = Math.trunc(state + 0x6d_2b_79_f5) % 2 ** 32;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('logistic regression', () => {
  it('of one flag is the logarithm of the odds, which is known without it', () => {
    // 30 of 40 with the flag, 10 of 50 without it.
    const rows = Array.from({ length: 90 }, (_, n) => [n < 40 ? 1 : 0]);
    const labels = rows.map((_, n) => (n < 40 ? n < 30 : n < 50));
    const { intercept, weights } = fitLogistic(rows, labels, 0);
    expect(intercept).toBeCloseTo(Math.log(10 / 40), 6);
    expect(weights[0]).toBeCloseTo(Math.log(30 / 10) - Math.log(10 / 40), 6);
  });

  it('finds the weights by which outcomes were drawn', () => {
    const draw = drawing(5);
    const rows = Array.from({ length: 20_000 }, () => [draw() * 4, draw() < 0.3 ? 1 : 0, 7]);
    const labels = rows.map(([a = 0, b = 0]) => draw() < sigmoid(-2 + 0.8 * a + 1.5 * b));
    const { intercept, weights } = fitLogistic(rows, labels);
    expect(weights[0]).toBeCloseTo(0.8, 1);
    expect(weights[1]).toBeCloseTo(1.5, 1);
    // A column that never varies says nothing.
    expect(weights[2]).toBe(0);
    expect(intercept).toBeCloseTo(-2, 0);
  });

  it('stays finite where a flag tells the outcome for certain', () => {
    const rows = Array.from({ length: 60 }, (_, n) => [n % 2]);
    const { weights } = fitLogistic(
      rows,
      rows.map(([flag]) => flag === 1),
    );
    expect(weights[0]).toBeGreaterThan(1);
    expect(weights[0]).toBeLessThan(20);
  });
});

test('the order of outcomes is told by all pairs', () => {
  const ranked = fc.array(fc.record({ rank: fc.integer({ min: 0, max: 5 }), success: fc.boolean() }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(ranked, (all) => {
      const pairs = all
        .filter(({ success }) => success)
        .flatMap((won) => all.filter(({ success }) => !success).map((lost) => Math.sign(won.rank - lost.rank)));
      const right = pairs.reduce((sum, sign) => sum + (sign + 1) / 2, 0);
      expect(rankingOf(all)).toBeCloseTo(pairs.length === 0 ? 0.5 : right / pairs.length, 2);
    }),
  );
});

function handOffs(
  count: number,
  isWon: (one: Omit<PastHandOff, 'result'>, draw: () => number) => boolean,
): PastHandOff[] {
  const draw = drawing(11);
  return Array.from({ length: count }, (_, n) => {
    const one = {
      atMs: Date.parse('2026-01-01') + n * 3_600_000,
      score: Math.round(draw() * 100),
      grade: (['A', 'B', 'C', 'D'] as const)[Math.floor(draw() * 4)] ?? 'C',
      source: draw() < 0.5 ? 'ebook' : 'webinar',
      freeMail: false,
      opportunity: false,
      reason: null,
      ready: draw() < 0.5,
      rules: ['clicked'],
    };
    return { ...one, result: isWon(one, draw) ? 'won' : 'rejected' };
  });
}

describe('a learned readiness', () => {
  const bySource = handOffs(
    400,
    ({ source, grade }, draw) => draw() < (source === 'webinar' ? 0.7 : 0.1) + (grade === 'A' ? 0.2 : 0),
  );

  it('is better than the rules where something else than the score decides, on outcomes that it had not seen', () => {
    const learning = learn(bySource, 'won');
    if (!learning.enough) throw new Error('there are enough');
    const { quality, model, better } = learning;
    expect(better).toBe(true);
    expect(quality).toMatchObject({ unseen: 120 });
    expect(quality.learned).toBeGreaterThan(0.75);
    expect(quality.rules).toBeLessThan(0.65);
    expect(quality.bestFifth.learned).toBeGreaterThan(quality.bestFifth.all);
    for (const { predicted, observed } of quality.calibration) expect(Math.abs(predicted - observed)).toBeLessThan(25);
    const odds = model.weights.find(({ feature }) => feature === 'source:webinar');
    expect(weightInWords(odds ?? { feature: '', weight: 0 })).toMatch(
      /^source webinar instead of the rare ones: .* times the odds$/,
    );
    const facts = { score: 50, grade: 'C', source: 'webinar', freeMail: false } as const;
    expect(learnedPercent(model, facts)).toBeGreaterThan(learnedPercent(model, { ...facts, source: 'ebook' }) + 30);
  });

  it('says so where there are too few outcomes, and where it is no better', () => {
    expect(learn(bySource.slice(0, 50), 'won')).toMatchObject({ enough: false, needed: 30 });
    expect(learn([], 'won')).toEqual({ enough: false, successes: 0, failures: 0, needed: 30 });
    const byScore = handOffs(400, ({ score, ready }) => ready && score > 40);
    expect(learn(byScore, 'won')).toMatchObject({ enough: true, better: false });
  });

  it('counts an opportunity as success where that is the goal, and leaves out what has no outcome', () => {
    const open = bySource.map((one, n) => ({ ...one, result: 'open' as const, opportunity: n % 2 === 0 }));
    expect(learn(open, 'won')).toMatchObject({ enough: false, successes: 0, failures: 0 });
    expect(learn(open, 'opportunity')).toMatchObject({ enough: false, successes: 200, failures: 0 });
  });

  it('knows nothing of a feature that is not there', () => {
    expect(featureValue('source:gone', { score: 0, grade: 'C', source: null, freeMail: false })).toBe(0);
  });
});

test('a backtest counts by band, grade and rule; what has no outcome is in no rate', () => {
  const [one] = handOffs(1, () => true);
  if (one === undefined) throw new Error('there is one');
  const all: PastHandOff[] = [
    { ...one, score: 45, grade: 'A', rules: ['clicked', 'clicked', 'prices'] },
    { ...one, score: 41, grade: 'B', result: 'rejected', reason: 'too-early', rules: ['clicked'] },
    { ...one, score: 5, grade: 'B', result: 'open', rules: [] },
  ];
  const { all: sum, bands, grades, rules } = backtest(all, undefined);
  expect(sum).toMatchObject({ handOffs: 3, won: 1, rejected: 1, open: 1, winRate: 50, rejectRate: 50 });
  expect(bands.map(({ name, winRate }) => [name, winRate])).toEqual([
    ['40 to 49', 50],
    ['0 to 9', null],
  ]);
  expect(grades.map(({ name }) => name)).toEqual(['A', 'B']);
  expect(rules).toMatchObject([
    { name: 'clicked', handOffs: 2, rejectRate: 50, reason: 'too-early' },
    { name: 'prices', handOffs: 1, rejectRate: 0, winRate: 100 },
  ]);
  expect(backtest(all, [{ band: 'hot', from: 40 }]).bands.map(({ name }) => name)).toEqual(['hot', 'cold']);
});
