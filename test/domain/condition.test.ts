import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  evaluate,
  explainCondition,
  fieldsOf,
  holds,
  type Condition,
  type LeadFacts,
  type Truth,
} from '../../src/domain/condition.ts';
import { askedBy } from '../../src/domain/fields/asked.ts';

const facts: LeadFacts = {
  source: 'Trade-Show',
  score: 20,
  grade: 'B',
  country: 'DE',
  freeMail: false,
  company: null,
  attributes: { role: 'Owner', crops: ['Tomato', 'Basil'], size: '12', empty: '' },
  event: { type: 'page.viewed', path: '/pricing', seconds: 75 },
};

describe('evaluate', () => {
  const table: [Condition, Truth][] = [
    [{}, true],
    [{ source: 'trade-show' }, true],
    [{ source: ['ebook', 'TRADE-SHOW'] }, true],
    [{ source: 'ebook' }, false],
    [{ source: { not: 'ebook' } }, true],
    [{ country: { notIn: ['US', 'de'] } }, false],
    [{ score: { gte: 20, lt: 21 } }, true],
    [{ score: { gt: 20 } }, false],
    [{ score: 20 }, true],
    [{ freeMail: false }, true],
    [{ company: 'Acme' }, null],
    [{ company: { not: 'Acme' } }, null],
    [{ company: { exists: false } }, true],
    [{ source: { exists: true } }, true],
    [{ 'attributes.empty': { exists: true } }, false],
    [{ 'attributes.empty': { startsWith: 'a' } }, null],
    [{ 'attributes.role': 'owner' }, true],
    [{ 'attributes.size': { gte: 5 } }, true],
    [{ 'attributes.role': { gte: 5 } }, null],
    [{ 'attributes.crops': 'basil' }, true],
    [{ 'attributes.crops': { not: 'basil' } }, false],
    [{ 'attributes.constructor': { exists: true } }, false],
    [{ 'attributes.role': { contains: 'WNE' } }, true],
    [{ 'event.type': 'page.viewed', 'event.path': { startsWith: '/Pri' } }, true],
    [{ 'event.seconds': { gte: 60 } }, true],
    [{ 'event.other': 1 }, null],
    [{ source: 'trade-show', company: 'Acme' }, null],
    [{ source: 'ebook', company: 'Acme' }, false],
    [{ any: [{ company: 'Acme' }, { source: 'trade-show' }] }, true],
    [{ any: [{ company: 'Acme' }, { source: 'ebook' }] }, null],
    [{ not: { company: 'Acme' } }, null],
    [{ all: [] }, true],
    [{ any: [] }, false],
    [{ source: 'trade-show', any: [{ grade: 'A' }, { grade: 'b' }] }, true],
  ];
  it.each(table)('%j is %s', (condition, truth) => {
    expect(evaluate(condition, facts)).toBe(truth);
    expect(holds(condition, facts)).toBe(truth === true);
  });

  it('a field of the event is unknown where there is no event', () => {
    expect(evaluate({ 'event.path': '/pricing' }, { source: 'x' })).toBe(null);
  });
});

// Conditions that are true, false or unknown by themselves.
const LEAVES: readonly Condition[] = [{ source: 'trade-show' }, { source: 'ebook' }, { company: 'Acme' }];
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(...LEAVES),
    fc.record({ all: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ not: tie('condition') }),
  ),
}));

describe('three-valued logic', () => {
  const t = (one: Condition): Truth => evaluate(one, facts);

  it('keeps the laws of Kleene', () => {
    fc.assert(
      fc.property(condition, condition, condition, (a, b, c) => {
        expect(t({ not: { not: a } })).toBe(t(a));
        expect(t({ not: { all: [a, b] } })).toBe(t({ any: [{ not: a }, { not: b }] }));
        expect(t({ not: { any: [a, b] } })).toBe(t({ all: [{ not: a }, { not: b }] }));
        expect(t({ all: [a, b] })).toBe(t({ all: [b, a] }));
        expect(t({ any: [a, { any: [b, c] }] })).toBe(t({ any: [a, b, c] }));
        expect(t({ all: [a, { any: [b, c] }] })).toBe(t({ any: [{ all: [a, b] }, { all: [a, c] }] }));
      }),
    );
  });

  it('never changes an answer when an unknown becomes known, unless the answer was unknown', () => {
    fc.assert(
      fc.property(condition, fc.constantFrom('Acme', 'Other'), (one, company) => {
        const before = t(one);
        if (before !== null) expect(evaluate(one, { ...facts, company })).toBe(before);
      }),
    );
  });

  it('neither matches nor excludes on an unknown value', () => {
    const matcher = fc.constantFrom(
      'x',
      ['x'],
      { not: 'x' },
      { notIn: ['x'] },
      { gt: 1 },
      { lte: 1 },
      { contains: 'x' },
    );
    fc.assert(
      fc.property(matcher, (one) => {
        expect(t({ industry: one })).toBe(null);
        expect(t({ not: { industry: one } })).toBe(null);
      }),
    );
  });
});

describe('words and fields', () => {
  it.each<[Condition, string]>([
    [{ source: 'trade-show', score: { gte: 20 } }, 'source is trade-show and score at least 20 points'],
    [{ any: [{ country: ['DE', 'AT'] }, { not: { grade: 'D' } }] }, '(country is one of DE, AT or not (grade is D))'],
    [{ productLine: { exists: false } }, 'product line is unknown'],
    [{ 'attributes.role': 'owner' }, 'attribute ‘role’ is owner'],
    [{ 'event.path': { startsWith: '/x' } }, 'path of the event starts with /x'],
    [{ valueMinor: { gt: 1, lte: 5 } }, 'value more than 1 minor units and value at most 5 minor units'],
    [{}, 'always'],
  ])('%j', (one, words) => {
    expect(explainCondition(one)).toBe(words);
  });

  it('lists each field once', () => {
    expect(
      fieldsOf({ any: [{ source: 'a', score: 1 }, { not: { source: 'b' } }, { all: [{ 'event.x': 1 }] }] }),
    ).toEqual(['source', 'score', 'event.x']);
  });
});

describe('what a lead did', () => {
  const clicked: Condition = { events: { type: 'email.clicked', within: '14 days', gte: 2 } };

  it('is asked about with its parameters, and read only where a condition asks', () => {
    const { parts, behaviors } = askedBy([
      clicked,
      { any: [{ not: clicked }, { score: 1, consented: true }] },
      undefined,
    ]);
    expect([...parts]).toEqual(['lead', 'consent']);
    const fortnight = { type: 'email.clicked', within: 14 * 86_400_000 };
    expect([...behaviors.values()].map(({ field, values }) => [field.name, values])).toEqual([['events', fortnight]]);
    const [key = ''] = behaviors.keys();
    expect(evaluate(clicked, { behaviors: { [key]: 2 } })).toBe(true);
    expect(evaluate(clicked, { behaviors: { [key]: 1 } })).toBe(false);
    expect(evaluate({ events: { type: 'email.clicked', within: 'P14D', lt: 2 } }, { behaviors: { [key]: 1 } })).toBe(
      true,
    );
  });

  it('is unknown where it was not read', () => {
    expect(evaluate(clicked, {})).toBe(null);
    expect(evaluate({ events: { type: 'page.viewed', gte: 2 } }, { behaviors: {} })).toBe(null);
  });

  it('is told in words', () => {
    expect(explainCondition(clicked)).toBe('events (type email.clicked, within 14 days) at least 2 times');
    expect(explainCondition({ companySize: { lt: 50 }, value: { gte: 100 } })).toBe(
      'company size less than 50 people and value at least 100',
    );
  });
});

describe('odd values', () => {
  it.each<[unknown, Condition, Truth]>([
    ['1e3', { 'attributes.x': 1000 }, false],
    ['0x10', { 'attributes.x': 16 }, false],
    [' 5. ', { 'attributes.x': 5 }, true],
    [50_667, { 'attributes.x': { startsWith: '506' } }, true],
    [1e21, { 'attributes.x': { contains: '1' } }, null],
    ['\u{1F345}', { 'attributes.x': { gt: '\u{FFFD}' } }, true],
    ['ab', { 'attributes.x': { lt: 'abc' } }, true],
  ])('%j, asked %j: %j', (x, one, truth) => {
    expect(evaluate(one, { attributes: { x } })).toBe(truth);
  });
});
