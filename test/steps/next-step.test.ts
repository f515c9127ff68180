import { describe, expect, it } from 'vitest';
import type { Cadence } from '../../src/domain/cadence.ts';
import { type BranchStep, takeBranch } from '../../src/steps/branch/position.ts';
import { kindOf } from '../../src/steps/kinds.ts';
import { entryStep, following, reach, stepById } from '../../src/steps/next-step.ts';
import { timetableIn } from '../support/timetable.ts';
import { at, text } from '../domain/times.ts';

const ZONE = 'Europe/Berlin';
const base: Cadence = {
  cadence: 'x',
  name: 'X',
  purpose: 'nurture',
  priority: 0,
  reentry: 'never',
  whenDone: 'dormant',
  window: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' }],
  steps: [],
};
const TABLE = timetableIn(ZONE, base);
const branch: BranchStep = {
  id: 'hot',
  kind: 'branch',
  cases: [
    { when: { score: { gte: 20 } }, go: 'offer' },
    { when: { country: 'DE' }, go: 'welcome' },
  ],
  otherwise: 'last',
};
const cadence: Cadence = {
  ...base,
  steps: [
    { id: 'welcome', kind: 'email', template: 't' },
    { id: 'w1', kind: 'wait', for: { amount: 2, unit: 'days' } },
    { id: 'w2', kind: 'wait', for: { amount: 4, unit: 'hours' } },
    { id: 'case-study', kind: 'email', template: 't', next: 'listen' },
    { id: 'offer', kind: 'email', template: 't' },
    {
      id: 'listen',
      kind: 'waitFor',
      event: 'email.clicked',
      within: { amount: 3, unit: 'days' },
      then: 'offer',
      otherwise: 'hot',
    },
    branch,
    { id: 'w3', kind: 'wait', for: { amount: 1, unit: 'days' } },
    { id: 'away', kind: 'move', cadence: 'other' },
    { id: 'last', kind: 'email', template: 't' },
  ],
};

describe('reach', () => {
  it.each([
    ['welcome', '2026-12-01T10:00', 'welcome', '2026-12-01T10:00'],
    ['welcome', '2026-12-01T18:00', 'welcome', '2026-12-02T09:00'],
    // Two waits in a row add up: Tuesday 10:00, Thursday 10:00, Thursday 14:00.
    ['w1', '2026-12-01T10:00', 'case-study', '2026-12-03T14:00'],
    ['w1', '2026-12-03T10:00', 'case-study', '2026-12-07T09:00'],
    // Listening goes on whatever the hour.
    ['listen', '2026-12-01T20:00', 'listen', '2026-12-04T20:00'],
    ['hot', '2026-12-05T20:00', 'hot', '2026-12-05T20:00'],
    ['w3', '2026-12-04T20:00', 'away', '2026-12-07T09:00'],
    ['away', '2026-12-05T20:00', 'away', '2026-12-05T20:00'],
  ])('%s on %s', (stepId, from, stands, due) => {
    const standing = reach(cadence, stepId, at(from, ZONE), TABLE);
    expect([standing?.stepId, text(standing?.dueAtMs ?? 0, ZONE)]).toEqual([stands, due]);
  });

  it('returns null after the last step: the cadence is out of content', () => {
    expect(following(cadence, 'last')).toBe(null);
    expect(reach(cadence, null, 0, TABLE)).toBe(null);
    const ends: Cadence = { ...base, steps: [{ id: 'w', kind: 'wait', for: { amount: 1, unit: 'days' } }] };
    expect(reach(ends, 'w', 0, TABLE)).toBe(null);
  });

  it('does not send on holidays of the cadence', () => {
    const standing = reach(cadence, 'welcome', at('2026-12-01T10:00', ZONE), {
      ...TABLE,
      times: { ...TABLE.times, isHoliday: (date) => date === '2026-12-01' },
    });
    expect(text(standing?.dueAtMs ?? 0, ZONE)).toBe('2026-12-02T09:00');
  });

  it('throws for waits that lead back to themselves, instead of looping', () => {
    const circle: Cadence = {
      ...base,
      steps: [{ id: 'w', kind: 'wait', for: { amount: 1, unit: 'days' }, next: 'w' }],
    };
    expect(() => reach(circle, 'w', 0, TABLE)).toThrow(/circle/);
  });
});

describe('steps', () => {
  it('follow the file, or what is written', () => {
    expect(entryStep(cadence)).toBe('welcome');
    expect(entryStep(base)).toBe(null);
    expect(following(cadence, 'welcome')).toBe('w1');
    expect(following(cadence, 'case-study')).toBe('listen');
    expect(following(cadence, 'hot')).toBe(null);
    expect(() => stepById(cadence, 'nope')).toThrow(/no step ‘nope’/);
  });

  it('branch to the first case that is known to hold', () => {
    expect(takeBranch(branch, { score: 20, country: 'DE' })).toBe('offer');
    expect(takeBranch(branch, { country: 'DE' })).toBe('welcome');
    expect(takeBranch(branch, {})).toBe('last');
  });

  it('are described in one line', () => {
    const waiting = (stepId: string): string => {
      const step = stepById(cadence, stepId);
      return kindOf(step).position.waiting(step, 'Tue 1 Dec 09:00 Europe/Berlin');
    };
    expect(waiting('case-study')).toBe('Wait until Tue 1 Dec 09:00 Europe/Berlin for ‘case-study’');
    expect(waiting('listen')).toBe('Wait for email.clicked until Tue 1 Dec 09:00 Europe/Berlin at ‘listen’');
  });
});
