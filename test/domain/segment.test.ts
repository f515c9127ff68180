import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/domain/condition.ts';
import { askedBy } from '../../src/domain/fields/asked.ts';
import { circleIn, segmentConditions, segmentsIn } from '../../src/domain/segment.ts';

const SEGMENTS = segmentConditions([
  { segment: 'warm', when: { score: { gte: 20 } } },
  { segment: 'large', when: { companySize: { gte: 50 } } },
  { segment: 'clicked', when: { events: { type: 'email.clicked', gte: 1 } } },
  { segment: 'both', when: { all: [{ segment: 'warm' }, { segment: 'large' }] } },
]);
const of = (facts: object) => ({ ...facts, segments: SEGMENTS });

describe('membership in a segment', () => {
  it('is what its condition says of the lead, unknown included', () => {
    expect(evaluate({ segment: 'warm' }, of({ score: 30 }))).toBe(true);
    expect(evaluate({ segment: 'Warm' }, of({ score: 30 }))).toBe(true);
    expect(evaluate({ segment: 'warm' }, of({ score: 3 }))).toBe(false);
    expect(evaluate({ segment: { not: 'warm' } }, of({ score: 3 }))).toBe(true);
    expect(evaluate({ segment: 'large' }, of({ score: 3 }))).toBeNull();
    expect(evaluate({ segment: ['large', 'warm'] }, of({ score: 30 }))).toBe(true);
    expect(evaluate({ segment: { notIn: ['large', 'warm'] } }, of({ score: 3 }))).toBeNull();
    expect(evaluate({ segment: 'both' }, of({ score: 30, companySize: 60 }))).toBe(true);
    expect(evaluate({ segment: 'gone' }, of({ score: 30 }))).toBeNull();
  });

  it('asks for what the segment asks for', () => {
    expect([...segmentsIn({ not: { segment: 'both' } }, SEGMENTS).keys()]).toEqual(['both', 'warm', 'large']);
    expect(askedBy([{ segment: 'clicked' }], SEGMENTS).behaviors.size).toBe(1);
    expect(askedBy([{ segment: 'warm' }], SEGMENTS).behaviors.size).toBe(0);
  });

  it('finds a segment that asks for itself', () => {
    const round = segmentConditions([
      { segment: 'a', when: { segment: 'b' } },
      { segment: 'b', when: { any: [{ stage: 'new' }, { not: { segment: 'a' } }] } },
    ]);
    expect(circleIn(round)).toBe('a');
    expect(circleIn(SEGMENTS)).toBeNull();
  });
});
