/** The score of a lead: how points are added, fade, and are limited. Compared with a slow recomputation, written on its own. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pointsFor, type RuleHistory } from '../../src/domain/engagement.ts';
import { decay } from '../../src/domain/decay.ts';
import type { EngagementRule, ScoringModel } from '../../src/domain/scoring.ts';
import { proposedLine } from '../../src/domain/proposed-line.ts';
import { groupShares, lineScores, missingPoints } from '../../src/domain/score-explained.ts';
import { lineScoreAtMs, partsOfScore, scaled, scoreAtMs, type ScoreRow, withPoints } from '../../src/domain/score.ts';

const DAY = 86_400_000;
const HALF_LIFE = 30 * DAY;
const LINES = ['Greenhouse', 'Vineyard'];

function row(score = 0, scoreAtMs_ = 0): ScoreRow {
  return { score, scoreAt: new Date(scoreAtMs_), scoreParts: null };
}

describe('rules without a group', () => {
  const model = { halfLifeMs: HALF_LIFE };
  const add = (lead: ScoreRow, points: number, atMs: number) => withPoints(lead, { points }, atMs, model);

  it('halve after a half-life', () => {
    expect(decay(40, 0, HALF_LIFE, HALF_LIFE)).toBe(20);
    expect(decay(40, HALF_LIFE, 0, HALF_LIFE)).toBe(40);
    expect(add(row(40), 10, HALF_LIFE)).toMatchObject({ before: 20, after: 30, atMs: HALF_LIFE, lead: { score: 30 } });
  });

  it('add a late event with what its points are worth now', () => {
    expect(add(row(40, HALF_LIFE), 10, 0)).toMatchObject({ before: 40, after: 45, atMs: HALF_LIFE });
  });

  it('never fall below 0', () => {
    expect(add(row(3), -5, 0)).toMatchObject({ after: 0, lead: { score: 0, scoreParts: null } });
  });
});

const model: ScoringModel = {
  halfLifeMs: HALF_LIFE,
  groups: [
    { group: 'content', halfLifeMs: 7 * DAY, limit: 25 },
    { group: 'buying', halfLifeMs: 90 * DAY },
  ],
  limit: 60,
  engagement: [
    { rule: 'viewed', event: 'viewed', points: 3, cap: { points: 7, per: { amount: 2, unit: 'days' } } },
    { rule: 'read', event: 'read', points: 8, group: 'content', productLine: { from: 'line' } },
    { rule: 'careers', event: 'careers', points: -6, group: 'content' },
    { rule: 'first', event: 'read', points: 5, group: 'buying', once: true },
    {
      rule: 'ordered',
      event: 'ordered',
      points: { from: 'valueMinor', factor: 0.001, min: 1, max: 20 },
      group: 'buying',
      coolDown: { amount: 3, unit: 'days' },
      productLine: 'Vineyard',
    },
  ],
  fit: [],
  grades: { A: 3, B: 2, C: 1 },
  ready: { A: 1, B: 1, C: 1, D: null },
  highIntent: [],
};

interface Happened {
  type: string;
  at: number;
  line?: string;
  valueMinor?: number;
}
const happened: fc.Arbitrary<Happened> = fc.record({
  type: fc.constantFrom('viewed', 'read', 'careers', 'ordered'),
  at: fc.integer({ min: 0, max: 40 * 24 }).map((hours) => hours * 3_600_000),
  line: fc.constantFrom('greenhouse', ' VINEYARD', 'nobody knows it'),
  valueMinor: fc.integer({ min: -5000, max: 50_000 }),
});

interface Counted {
  rule: string;
  at: number;
  points: number;
  group: string;
  line: string | undefined;
}

/** As the engine does it: one event after the other, in the order in which they come in. */
function play(events: readonly Happened[]): { lead: ScoreRow; counted: Counted[] } {
  const counted: Counted[] = [];
  let lead = row();
  for (const { at, type, ...properties } of events) {
    const between = (rule: string, from: number, to: number) =>
      counted.filter((one) => one.rule === rule && one.at > from && one.at < to);
    const history: RuleHistory = {
      pointsBetween: (rule, from, to) => between(rule, from, to).reduce((sum, one) => sum + Math.max(0, one.points), 0),
      gaveBetween: (rule, from, to) => between(rule, from, to).length > 0,
      gave: (rule) => between(rule, -Infinity, Infinity).length > 0,
      sendSeen: () => false,
    };
    for (const given of pointsFor(model, { event: { type, ...properties } }, history, at, LINES)) {
      lead = withPoints(lead, given, at, model).lead;
      counted.push({ rule: given.rule, at, points: given.points, group: given.group ?? '', line: given.line });
    }
  }
  return { lead, counted };
}

/** Points by what the rules say in words, from all events so far: no state, no history of the engine, nothing added up on the way. */
function recount(events: readonly Happened[]): Counted[] {
  const out: Counted[] = [];
  for (const one of events) {
    const near = (rule: string, days: number) =>
      out.filter((other) => other.rule === rule && Math.abs(other.at - one.at) < days * DAY);
    const line = LINES.find((known) => known.toLowerCase() === one.line?.trim().toLowerCase());
    const say = (rule: string, points: number, group: string, of?: string): unknown =>
      points !== 0 && out.push({ rule, at: one.at, points, group, line: of });
    if (one.type === 'viewed') {
      const spent = near('viewed', 2).reduce((sum, { points }) => sum + points, 0);
      say('viewed', Math.max(0, Math.min(3, 7 - spent)), '');
    }
    if (one.type === 'read') say('read', 8, 'content', line);
    if (one.type === 'read' && !out.some(({ rule }) => rule === 'first')) say('first', 5, 'buying');
    if (one.type === 'careers') say('careers', -6, 'content');
    if (one.type === 'ordered' && near('ordered', 3).length === 0)
      say('ordered', Math.min(20, Math.max(1, (one.valueMinor ?? 0) * 0.001)), 'buying', 'Vineyard');
  }
  return out;
}

function recomputed(counted: readonly Counted[], now: number): number {
  const halfLife: Record<string, number> = { '': 30, content: 7, buying: 90 };
  const most: Record<string, number> = { content: 25 };
  const groups = ['', 'content', 'buying'].map((group) => {
    const sum = counted
      .filter((one) => one.group === group)
      .reduce(
        (all, { points, at }) => all + points * Math.pow(0.5, Math.max(0, now - at) / DAY / (halfLife[group] ?? 1)),
        0,
      );
    return Math.min(most[group] ?? Infinity, Math.max(0, sum));
  });
  return Math.min(60, groups[0]! + groups[1]! + groups[2]!);
}

describe('groups, limits and product lines', () => {
  it('are what a slow recomputation of all events makes them, in whatever order they come in', () => {
    fc.assert(
      fc.property(fc.array(happened, { maxLength: 40 }), fc.integer({ min: 40, max: 100 }), (events, days) => {
        const { lead, counted } = play(events);
        const slow = recount(events);
        expect(counted).toEqual(slow);
        const now = days * DAY;
        expect(Math.abs(scoreAtMs(lead, now, model) - recomputed(slow, now))).toBeLessThan(0.00501);
        for (const line of LINES) {
          const ofLine = slow.filter((one) => one.line === line);
          expect(Math.abs(lineScoreAtMs(lead, line, now, model) - recomputed(ofLine, now))).toBeLessThan(0.00501);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('do not depend on the order of events that no cap, rest or "once" makes rivals', () => {
    const free = fc.array(
      happened.filter(({ type }) => type === 'careers' || type === 'read'),
      { maxLength: 20 },
    );
    const pair = free.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length })),
    );
    fc.assert(
      fc.property(pair, ([one, other]) => {
        const content = (list: readonly Happened[]) => partsOfScore(play(list).lead).groups?.['content'];
        expect(content(other)?.atMs).toBe(content(one)?.atMs);
        expect(content(other)?.points ?? 0).toBeCloseTo(content(one)?.points ?? 0, 9);
      }),
    );
  });

  it('a late event meets a cap only by what was given within a period of it', () => {
    const viewed = (day: number): Happened => ({ type: 'viewed', at: day * DAY });
    const points = (...days: number[]) => play(days.map(viewed)).counted.map((one) => one.points);
    expect(points(10, 10.5, 11)).toEqual([3, 3, 1]);
    // Three days before all of them: it counts in full.
    expect(points(10, 10.5, 11, 7)).toEqual([3, 3, 1, 3]);
    // A day before: a period with it in it would give more than the cap.
    expect(points(10, 10.5, 11, 9.5)).toEqual([3, 3, 1]);
  });

  it('what anybody may state makes no product line', () => {
    expect(play([{ type: 'read', at: 0, line: '__proto__' }]).lead.scoreParts).not.toHaveProperty('lines');
    const rules: EngagementRule[] = [{ rule: 'o', event: 'e', points: { from: 'constructor', factor: 1 } }];
    const nothing: RuleHistory = {
      pointsBetween: () => 0,
      gaveBetween: () => false,
      gave: () => false,
      sendSeen: () => false,
    };
    expect(pointsFor({ ...model, engagement: rules }, { event: { type: 'e' } }, nothing, 0)).toEqual([]);
  });

  it('why says what groups and lines have, and what is missing to be ready', () => {
    const { lead } = play([
      { type: 'viewed', at: 0 },
      ...Array.from({ length: 4 }, () => ({ type: 'read', at: 0, line: 'greenhouse' })),
    ]);
    expect(groupShares(lead, 0, model)).toEqual([
      { group: 'content', points: 32, counts: 25, limit: 25 },
      { group: 'buying', points: 5, counts: 5, limit: null },
    ]);
    expect(lineScores(lead, 0, model)).toEqual([{ line: 'Greenhouse', score: 25 }]);
    const ready = { A: 37.5, B: 33, C: null, D: 60 };
    const missing = (grade: 'A' | 'B' | 'C' | 'D') => missingPoints(lead, grade, 0, { ...model, ready });
    expect(missing('A')).toEqual({
      points: 5,
      by: [
        { rule: 'first', event: 'read', points: 5 },
        { rule: 'read', event: 'read', points: 8 },
      ],
    });
    expect(missing('B')).toBeNull();
    expect(missing('C')).toBeNull();
    expect(missing('D')).toEqual({ points: 27, by: [] });
  });

  it('a recycle halves every part, and says what it took', () => {
    const { lead } = play([
      { type: 'read', at: 0, line: 'greenhouse' },
      { type: 'viewed', at: 0 },
      { type: 'read', at: 0 },
      { type: 'read', at: 0 },
      { type: 'read', at: 0 },
    ]);
    const { lead: after, taken } = scaled(lead, 0.5, 0, model);
    // 3, 25 of 32, and 5.
    expect([scoreAtMs(lead, 0, model), scoreAtMs(after, 0, model)]).toEqual([33, 20]);
    expect(taken).toEqual([
      { group: null, points: -1.5, before: 33, after: 31.5 },
      { group: 'content', points: -16, before: 31.5, after: 22.5 },
      { group: 'buying', points: -2.5, before: 22.5, after: 20 },
    ]);
    expect([lineScoreAtMs(lead, 'Greenhouse', 0, model), lineScoreAtMs(after, 'Greenhouse', 0, model)]).toEqual([8, 4]);
  });
});

it('proposes the product line with the highest score that the need is not about, from so many points on', () => {
  const rating = { halfLifeMs: HALF_LIFE, lineNeed: { score: 20, then: 'propose' } } as const;
  const points = (n: number) => ({ '': { points: n, atMs: 0 } });
  const lead = {
    ...row(),
    scoreParts: { lines: { Greenhouse: points(40), Vineyard: points(25), Orchard: points(5) } },
  };
  const propose = (current: string | null, atMs = 0) => proposedLine(rating, lead, current, atMs)?.line ?? null;
  expect([propose(null), propose('Greenhouse'), propose('Orchard')]).toEqual(['Greenhouse', 'Vineyard', 'Greenhouse']);
  // It fades.
  expect([propose('Greenhouse', HALF_LIFE), propose(null, 2 * HALF_LIFE)]).toEqual([null, null]);
  expect(proposedLine({ halfLifeMs: HALF_LIFE }, lead, null, 0)).toBe(null);
});
